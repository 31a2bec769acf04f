/**
 * Training as it goes on: for each stage a progress bar and the curves of its loss, updated in place, as a listener to the
 * trainer's events. When the stage ends the display becomes a figure: a picture, and the same curves as Plotly data. It holds
 * no times, so that the same run leaves the same notebook.
 */
import { relative } from 'node:path';
import type {
  EpochEvent,
  StageEvent,
  StepEvent,
  StoppedEvent,
  TermValues,
  TrainingEvent,
  TrainingListener,
} from '../training/types';
import { curves } from './curves';
import { createSlot, type MimeBundle, type Slot } from './display';
import { PLOTLY_MIME, themed } from './figure';
import { CHART_HEIGHT, type Line, lineCharts, type Panel } from './lineChart';
import { type Progress, progressBundle, progressHtml } from './progress';
import { rasterize } from './raster';
import { FIGURE_SIZE } from './theme';

export interface LiveTrainingOptions {
  /** Before the stage's name: `ResNet-20 alone`. */
  readonly title?: string;
  /** Between two updates, at least. Default 500. */
  readonly everyMs?: number;
}

/** A listener that shows a run. Each stage has a display of its own. */
export function liveTraining({ title = '', everyMs = 500 }: LiveTrainingOptions = {}): TrainingListener {
  let stage: StageView | undefined;
  return (event: TrainingEvent) => {
    if (event.kind === 'stage') stage = stageView(title, event, everyMs);
    else if (event.kind === 'step') stage?.step(event);
    else if (event.kind === 'epoch') stage?.epoch(event);
    else if (event.kind === 'stopped') stage?.stopped(event);
  };
}

interface StageView {
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  stopped(event: StoppedEvent): void;
}

function stageView(title: string, stage: StageEvent, everyMs: number): StageView {
  const name = title ? `${title}: ${stage.stage}` : stage.stage;
  const slot = createSlot();
  const losses = lossCurves(stage.epochs);
  const accuracy = accuracyCurves();
  const total = stage.epochs * stage.stepsPerEpoch;
  const idle = { stage: name, total, unit: 'steps', rate: 0, etaSeconds: null };
  let done = 0;
  let drawn = 0;
  const panels = (): Panel[] => [losses.panel('loss'), ...accuracy.panels(stage.epochs)];
  const finish = (note: string): void => {
    const text = [note, accuracy.text()].filter(Boolean).join(' · ');
    showFinal(slot, { ...idle, done, note: text }, panels(), losses.lines());
  };
  slot.show(progressBundle({ ...idle, done, note: '' }));
  return {
    step(event) {
      done = event.done;
      losses.add(event);
      const now = Date.now();
      if (now - drawn < everyMs) return;
      drawn = now;
      const note = [`epoch ${Math.min(stage.epochs, Math.floor(event.epoch) + 1)} of ${stage.epochs}`, accuracy.text()];
      const rate = { rate: event.imagesPerSecond, rateUnit: 'images', etaSeconds: event.etaSeconds };
      showLive(slot, { ...idle, ...rate, done, note: note.filter(Boolean).join(' · ') }, panels());
    },
    epoch(event) {
      accuracy.add(event);
      if (event.epoch >= stage.epochs) finish('');
    },
    stopped(event) {
      const checkpoint = event.path ? `, checkpoint in ${relative(process.cwd(), event.path)}` : '';
      finish(`stopped (${event.reason})${checkpoint}`);
    },
  };
}

function showLive(slot: Slot, progress: Progress, panels: readonly Panel[]): void {
  slot.show({ ...progressBundle(progress), 'text/html': progressHtml(progress) + lineCharts(panels) });
}

function showFinal(slot: Slot, progress: Progress, panels: readonly Panel[], lines: readonly Line[]): void {
  const titled = panels.map((panel, i) => (i === 0 ? { ...panel, title: progress.stage } : panel));
  const figure = themed(curves(lines, { title: progress.stage, x: 'epoch', y: 'loss', markers: false }));
  const data: MimeBundle = {
    ...progressBundle(progress),
    [PLOTLY_MIME]: { ...figure, config: {} },
    'image/png': rasterize(lineCharts(titled)).toString('base64'),
  };
  const { 'text/html': _, ...kept } = data; // the picture takes its place
  slot.show(kept, { final: true, metadata: { 'image/png': { width: FIGURE_SIZE.width, height: CHART_HEIGHT } } });
}

interface LossCurves {
  add(event: StepEvent): void;
  lines(): Line[];
  panel(title: string): Panel;
}

/** At most this many points a curve: each is the mean over its share of the steps. */
const POINTS = 200;

/** The total loss, and each weighted term where there are several. */
function lossCurves(epochs: number): LossCurves {
  const curvesByName = new Map<string, MeanCurve>();
  const add = (name: string, place: number, value: number): void => {
    const curve = curvesByName.get(name) ?? meanCurve(epochs);
    curvesByName.set(name, curve);
    curve.add(place, value);
  };
  const lines = (): Line[] => [...curvesByName].map(([name, curve]) => ({ name, ...curve.points() }));
  return {
    add({ epoch, loss, terms }) {
      add('loss', epoch, loss);
      for (const [name, value] of shownTerms(terms)) add(name, epoch, value);
    },
    lines,
    panel: (title) => ({ title, xTitle: 'epoch', lines: lines(), xEnd: epochs }),
  };
}

function shownTerms(terms: TermValues): [string, number][] {
  const list = Object.entries(terms);
  return list.length > 1 ? list.map(([name, { weighted }]) => [name, weighted]) : [];
}

interface MeanCurve {
  add(x: number, y: number): void;
  points(): { readonly x: readonly number[]; readonly y: readonly number[] };
}

/** Five digits: more than a curve shows, and a third of the text. */
const short = (value: number): number => Number(value.toPrecision(5));

/** Means of the values that fall into each of `POINTS` equal parts of [0, end]. */
function meanCurve(end: number): MeanCurve {
  const parts: { x: number; y: number; count: number }[] = [];
  let last = -1;
  return {
    add(x, y) {
      const part = Math.floor((x / end) * POINTS);
      if (part !== last) parts.push({ x: 0, y: 0, count: 0 });
      last = part;
      const sum = parts.at(-1);
      if (!sum) return;
      sum.x += x;
      sum.y += y;
      sum.count++;
    },
    points: () => ({ x: parts.map((p) => short(p.x / p.count)), y: parts.map((p) => short(p.y / p.count)) }),
  };
}

interface AccuracyCurves {
  add(event: EpochEvent): void;
  panels(epochs: number): Panel[];
  /** `test 87.3 %`; empty before the first evaluation. */
  text(): string;
}

/** Top-1 accuracy after each epoch, by part of the data; nothing for stages that classify nothing. */
function accuracyCurves(): AccuracyCurves {
  const parts = new Map<string, { x: number[]; y: number[] }>();
  const percent = (value: number): string => `${value.toFixed(1)} %`;
  return {
    add({ epoch, evaluations }) {
      for (const { split, top1 } of evaluations) {
        const part = parts.get(split) ?? { x: [], y: [] };
        part.x.push(epoch);
        part.y.push(100 * top1);
        parts.set(split, part);
      }
    },
    panels(epochs) {
      const lines = [...parts].map(([name, points]) => ({ name, ...points }));
      if (lines.length === 0) return [];
      return [{ title: 'accuracy (%)', xTitle: 'epoch', lines, xEnd: epochs, markers: true, format: percent }];
    },
    text: () => [...parts].map(([name, { y }]) => `${name} ${percent(y.at(-1) ?? Number.NaN)}`).join(', '),
  };
}
