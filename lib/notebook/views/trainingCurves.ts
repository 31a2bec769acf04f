/**
 * What is drawn of a training stage while it goes on: its losses, and the task’s primary metric epoch by epoch. The last batch of an epoch may hold
 * a few images, whose loss says little: a point is a mean over the images of several steps, and the numbers beside the curves are means
 * over an epoch, as a log and a table have them.
 */

import type { TermValues } from '../../optim/objective';
import { metricStyle } from '../../tasks';
import type { EpochMeans } from '../../training/epochMeans';
import type { EpochEvent, StageEvent, StepEvent } from '../../training/events';
import type { Line, Panel } from '../plots/lineChart';

/** The curves of a stage's losses, as they grow. */
export interface LossCurves {
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  /** Each with the mean of the last whole epoch as its value; in the first, of the images so far. */
  lines(): Line[];
  panel(title: string): Panel;
}

/** At most this many points a curve. */
const POINTS = 200;

/** The total loss, and each weighted term where there are several. */
export function lossCurves(stage: Pick<StageEvent, 'epochs' | 'stepsPerEpoch'>): LossCurves {
  const curvesByName = new Map<string, MeanCurve>();
  let means: Readonly<Record<string, number>> = {};
  let whole: number | undefined;
  const lines = (): Line[] =>
    [...curvesByName].map(([name, curve]) => ({ name, ...curve.points(), ...(name in means ? { value: means[name] } : {}) }));
  return {
    step(event) {
      const part = partOf(event.done, stage);
      for (const [name, y] of shown(event)) {
        const curve = curvesByName.get(name) ?? meanCurve();
        curvesByName.set(name, curve);
        curve.add(part, { x: event.epoch, y, images: event.images });
      }
      if (whole === undefined) means = Object.fromEntries(shown(event.mean));
    },
    epoch(event) {
      whole = event.epoch;
      means = Object.fromEntries(shown(event));
    },
    lines,
    panel(title) {
      const numbers = whole === undefined ? 'means so far' : `means of epoch ${whole}`;
      return { title, xTitle: `epoch (numbers: ${numbers})`, lines: lines(), xEnd: stage.epochs };
    },
  };
}

/** By name: the loss, and its weighted terms where there are several. */
function shown({ loss, terms }: EpochMeans): [string, number][] {
  return [['loss', loss], ...weightedTerms(terms)];
}

function weightedTerms(terms: TermValues): [string, number][] {
  const list = Object.entries(terms);
  return list.length > 1 ? list.map(([name, { weighted }]) => [name, weighted]) : [];
}

/**
 * To which point of a curve a step belongs: parts of an epoch of about as many steps each, the last step always with the one before it;
 * whole epochs where there are more of them than points.
 */
function partOf(done: number, { epochs, stepsPerEpoch }: Pick<StageEvent, 'epochs' | 'stepsPerEpoch'>): number {
  const [epoch, step] = [Math.floor((done - 1) / stepsPerEpoch), (done - 1) % stepsPerEpoch];
  if (epochs > POINTS) return Math.floor(epoch / Math.ceil(epochs / POINTS));
  const full = Math.max(1, stepsPerEpoch - 1);
  const parts = Math.min(full, Math.floor(POINTS / epochs));
  return epoch * parts + Math.min(parts - 1, Math.floor((step * parts) / full));
}

interface MeanCurve {
  add(part: number, step: { readonly x: number; readonly y: number; readonly images: number }): void;
  points(): { readonly x: readonly number[]; readonly y: readonly number[] };
}

/** Five digits: more than a curve shows, and a third of the text. */
const short = (value: number): number => Number(value.toPrecision(5));

/** Means over the images of each part. */
function meanCurve(): MeanCurve {
  const parts: { part: number; x: number; y: number; images: number }[] = [];
  return {
    add(part, { x, y, images }) {
      if (parts.at(-1)?.part !== part) parts.push({ part, x: 0, y: 0, images: 0 });
      const sum = parts.at(-1);
      if (!sum) return;
      sum.x += images * x;
      sum.y += images * y;
      sum.images += images;
    },
    points: () => ({ x: parts.map((p) => short(p.x / p.images)), y: parts.map((p) => short(p.y / p.images)) }),
  };
}

/** The curves of the task’s primary metric, as they grow. */
export interface MetricCurves {
  add(event: EpochEvent): void;
  panels(epochs: number): Panel[];
  /** `test 87.3 %`; empty before the first evaluation. */
  text(): string;
}

/** A metric after each epoch, of classification top-1 accuracy, by part of the data, of the student and its peers (`peer1 test`); nothing for stages that measure none. */
export function metricCurves(metric: string): MetricCurves {
  const { quantity, percent: inPercent } = metricStyle(metric);
  const [scale, unit, digits] = inPercent ? [100, ' %', 1] : [1, '', 3];
  const parts = new Map<string, { x: number[]; y: number[] }>();
  const text = (value: number): string => value.toFixed(digits) + unit;
  return {
    add({ epoch, evaluations, peers = [] }) {
      const named = peers.flatMap(({ peer, evaluations: own }) => own.map((e) => ({ ...e, split: `${peer} ${e.split}` })));
      for (const { split, metrics } of [...evaluations, ...named]) {
        const part = parts.get(split) ?? { x: [], y: [] };
        part.x.push(epoch);
        part.y.push(scale * (metrics[metric] ?? Number.NaN));
        parts.set(split, part);
      }
    },
    panels(epochs) {
      const lines = [...parts].map(([name, points]) => ({ name, ...points }));
      if (lines.length === 0) return [];
      return [
        { title: inPercent ? `${quantity} (%)` : quantity, xTitle: 'epoch', lines, xEnd: epochs, markers: true, format: text },
      ];
    },
    text: () => [...parts].map(([name, { y }]) => `${name} ${text(y.at(-1) ?? Number.NaN)}`).join(', '),
  };
}
