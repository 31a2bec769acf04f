/**
 * Progress as data, and as a bar that is updated in place. A notebook shows the bar; the executor takes the data out of the
 * display (`PROGRESS_MIME`) for a bar in the terminal. The last state holds no times, so that a notebook run again is the same.
 */
import { knownKeys } from '../../util/check';
import { count, duration, unitOf } from '../../util/text';
import { createSlot, escapeHtml, type MimeBundle, type Slot } from './display';

/** MIME type of `Progress` in a display; never kept in a saved notebook. */
export const PROGRESS_MIME = 'application/vnd.iekd.progress+json';

/** How far a task is: a state of a progress bar. */
export interface Progress {
  /** What is being done: `teacher`. */
  readonly stage: string;
  /** Units done so far. */
  readonly done: number;
  /** Units in all. */
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

/** A bar that is updated in place. */
export interface ProgressBar {
  /** Sets the units done, and shows the bar unless it was shown less than `everyMs` ago. What `more` names is taken as given. */
  update(done: number, more?: Partial<Pick<Progress, 'rate' | 'rateUnit' | 'etaSeconds' | 'note' | 'total'>>): void;
  /** Shows the last state, without rate and time left. @param note how it ended, in a few words */
  finish(note?: string): void;
}

/** Options of `progressBar`. */
export interface ProgressBarOptions {
  /** What is counted: `steps`. Default nothing. */
  readonly unit?: string;
  /** Milliseconds between two updates, at least. Default 200. */
  readonly everyMs?: number;
  /** The display that shows the bar. Default a new one. */
  readonly slot?: Slot;
}

/**
 * A progress bar that computes rate and time left from the time since it was made, unless an update states them.
 * @param stage what is being done, before the bar
 * @param total units in all
 * @throws InputError for an option that is not known
 */
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

/** What a progress bar shows of a state: a bar as HTML, a line of text, and the state itself as JSON. */
export function progressBundle(state: Progress): MimeBundle {
  return { 'text/html': progressHtml(state), 'text/plain': progressText(state), [PROGRESS_MIME]: { ...state } };
}

/** `teacher  120 / 470 steps · 2,310 images/s · 41 s left · epoch 2 of 6` */
export function progressText({ stage, done, total, unit, rate, rateUnit, etaSeconds, note }: Progress): string {
  const parts = [`${count(done)} / ${count(total)}${unit ? ` ${unitOf(total, unit)}` : ''}`];
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

/** Whether data, read from a display, is a `Progress`. */
export function isProgress(value: unknown): value is Progress {
  if (typeof value !== 'object' || value === null) return false;
  const { stage, done, total, unit, rate, note } = value as Record<string, unknown>;
  return [stage, unit, note].every((v) => typeof v === 'string') && [done, total, rate].every((v) => typeof v === 'number');
}
