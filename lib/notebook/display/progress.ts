/**
 * Progress as data, and as a bar that is updated in place. A notebook shows the bar; the executor takes the data out of the
 * display (`PROGRESS_MIME`) for a bar in the terminal. The last state holds no times, so that a notebook run again is the same.
 */
import { knownKeys } from '../../util/check';
import { count, duration } from '../../util/text';
import { createSlot, escapeHtml, type MimeBundle, type Slot } from './display';

/** MIME type of `Progress` in a display; never kept in a saved notebook. */
export const PROGRESS_MIME = 'application/vnd.iekd.progress+json';

/** How far something is. */
export interface Progress {
  /** What is being done: `teacher`. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** What is counted: `steps`. */
  readonly unit: string;
  /** Units (or what `rateUnit` says) a second; 0 while unknown. */
  readonly rate: number;
  /** What the rate counts when it is not `unit`: `images`. */
  readonly rateUnit?: string;
  /** Seconds left; NaN or null while unknown. */
  readonly etaSeconds: number | null;
  /** Anything else worth a few words. */
  readonly note: string;
}

export interface ProgressBar {
  update(done: number, more?: Partial<Pick<Progress, 'rate' | 'rateUnit' | 'etaSeconds' | 'note' | 'total'>>): void;
  /** The last state: how far it came, and a word on how it ended. */
  finish(note?: string): void;
}

export interface ProgressBarOptions {
  readonly unit?: string;
  /** Between two updates, at least. */
  readonly everyMs?: number;
  readonly slot?: Slot;
}

/** A bar that measures its own rate and time left unless it is told them. */
export function progressBar(stage: string, total: number, options: ProgressBarOptions = {}): ProgressBar {
  knownKeys('progressBar', options, ['unit', 'everyMs', 'slot']);
  const { unit = '', everyMs = 200, slot = createSlot() } = options;
  const start = Date.now();
  let shown = 0;
  let state: Progress = { stage, done: 0, total, unit, rate: 0, etaSeconds: null, note: '' };
  return {
    update(done, more = {}) {
      const now = Date.now();
      const rate = done / Math.max(1e-3, (now - start) / 1000);
      state = { ...state, done, rate, etaSeconds: rate > 0 ? (state.total - done) / rate : null, ...more };
      if (now - shown < everyMs) return;
      shown = now;
      slot.show(progressBundle(state));
    },
    finish(note = '') {
      state = { ...state, rate: 0, etaSeconds: null, note };
      slot.show(progressBundle(state), { final: true });
    },
  };
}

/** The display of a state: a bar, a line of text, and the data. */
export function progressBundle(state: Progress): MimeBundle {
  return { 'text/html': progressHtml(state), 'text/plain': progressText(state), [PROGRESS_MIME]: { ...state } };
}

/** `teacher  120 / 470 steps · 2,310 images/s · 41 s left · epoch 2 of 6` */
export function progressText({ stage, done, total, unit, rate, rateUnit, etaSeconds, note }: Progress): string {
  const parts = [`${count(done)} / ${count(total)}${unit ? ` ${unit}` : ''}`];
  if (rate > 0) parts.push(`${count(rate)}${(rateUnit ?? unit) ? ` ${rateUnit ?? unit}` : ''}/s`);
  if (etaSeconds !== null && Number.isFinite(etaSeconds) && done < total) parts.push(`${duration(etaSeconds)} left`);
  if (note) parts.push(note);
  return `${stage}  ${parts.join(' · ')}`;
}

/** A bar over a line of text; colours follow the front end's own theme. */
export function progressHtml(state: Progress): string {
  const percent = state.total > 0 ? Math.min(100, Math.max(0, (100 * state.done) / state.total)) : 0;
  const [stage = '', rest = ''] = progressText(state).split(/ {2}(.*)/s);
  return (
    `<div style="max-width:720px;margin:.3em 0;font:13px/1.5 system-ui,sans-serif">` +
    `<div style="display:flex;justify-content:space-between;gap:1em"><b>${escapeHtml(stage)}</b><span style="opacity:.75;font-variant-numeric:tabular-nums">${escapeHtml(rest)}</span></div>` +
    `<div style="height:6px;border-radius:3px;background:rgba(128,128,128,.25);overflow:hidden">` +
    `<div style="height:100%;width:${percent.toFixed(1)}%;border-radius:3px;background:#0072b2"></div></div></div>`
  );
}

/** Checks data that came out of a display. */
export function isProgress(value: unknown): value is Progress {
  if (typeof value !== 'object' || value === null) return false;
  const { stage, done, total, unit, rate, note } = value as Record<string, unknown>;
  return [stage, unit, note].every((v) => typeof v === 'string') && [done, total, rate].every((v) => typeof v === 'number');
}
