/** What is drawn of a training stage while it goes on: its losses step by step, its accuracy epoch by epoch. */

import type { TermValues } from '../../optim/objective';
import { metricStyle } from '../../tasks';
import type { EpochEvent, StepEvent } from '../../training/events';
import type { Line, Panel } from '../plots/lineChart';

/** The curves of a stage's losses, as they grow. */
export interface LossCurves {
  add(event: StepEvent): void;
  lines(): Line[];
  panel(title: string): Panel;
}

/** At most this many points a curve: each is the mean over its share of the steps. */
const POINTS = 200;

/** The total loss, and each weighted term where there are several. */
export function lossCurves(epochs: number): LossCurves {
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

/** The curves of accuracy, as they grow. */
export interface AccuracyCurves {
  add(event: EpochEvent): void;
  panels(epochs: number): Panel[];
  /** `test 87.3 %`; empty before the first evaluation. */
  text(): string;
}

/** A metric after each epoch, of classification top-1 accuracy, by part of the data, of the student and its peers (`peer1 test`); nothing for stages that measure none. */
export function accuracyCurves(metric: string): AccuracyCurves {
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
