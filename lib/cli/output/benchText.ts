/** What the bench found, for people: rates and memory beside the peer's, growth with threads, profiles. */
import type { BenchResult } from '../../bench/bench';
import type { BenchProfile } from '../../bench/benchProfile';
import { type BenchRow, scalingRows, workNetwork } from '../../bench/benchRow';
import type { DataRow } from '../../bench/dataBench';
import type { MeasureRow } from '../../bench/measureRow';
import type { PeerRates } from '../../bench/pytorch';
import type { Row } from '../../notebook/display/table';
import { profileRows } from '../../notebook/views/profileTable';
import { fittedText, textTable } from './output';

/** The table of rows; below it that of growth, where rows differ in their threads, and what they have in common. */
export function benchText({ rows, peer }: BenchResult): string {
  const growth = scalingRows(rows).map(({ peer: theirs, ...ours }) => ({ ...ours, ...peerCells(theirs) }));
  const { precision, threads } = rows.at(-1) as BenchRow;
  const settings = [...new Set(rows.map(({ work, depth, batch }) => `${workNetwork(work, depth)}, batch ${batch}`))];
  const common = `${settings.join('; ')}, ${precision}, ${threads} threads; peer: ${peer}`;
  return [
    textTable(rows.map((row) => cells(row, growth.length > 0))),
    ...(growth.length > 0 ? ['', textTable(growth, { caption: 'rates, by those with fewer threads' }), ''] : []),
    fittedText(common),
  ].join('\n');
}

function cells({ work, engine, threads, imagesPerSecond, peer, ...row }: BenchRow, withThreads: boolean): Row {
  const rates = peerCells(peer, shownRate);
  const { ratio, ratioDefault, peakMemoryMb, peerPeakMemoryMb } = row;
  return {
    ...{ work, engine, ...(withThreads ? { threads } : {}), 'images/s': shownRate(imagesPerSecond), ...rates },
    ...(ratio === undefined ? {} : { ratio, 'to default': ratioDefault }),
    ...(peakMemoryMb === undefined ? {} : { 'peak MiB': peakMemoryMb }),
    ...(peerPeakMemoryMb === undefined ? {} : { 'PyTorch peak MiB': peerPeakMemoryMb }),
  };
}

/** Rates below 100 with a decimal. */
const shownRate = (rate: number): number => (rate < 100 ? rate : Math.round(rate));

const peerCells = (rates: PeerRates | undefined, shown = (rate: number): number => rate): Row =>
  Object.fromEntries(Object.entries(rates ?? {}).map(([layout, rate]) => [`PyTorch ${layout}`, shown(rate)]));

/** A row a measure: the bar, and a column a program. */
export function measuresText(rows: readonly MeasureRow[]): string {
  return textTable(
    rows.map(({ measure, unit, bar, values }): Row => {
      const shown = Object.entries(values).map(([name, value]) => [name, value === null ? null : Number(value.toPrecision(3))]);
      return { measure, unit, bar: bar === undefined ? null : `≤ ${bar}`, ...Object.fromEntries(shown) };
    }),
  );
}

/** A row for each place that images come from. */
export function dataText(rows: readonly DataRow[]): string {
  return textTable(
    rows.map(({ images, imagesPerSecond, ratio, readPerSecond = null, coreMs = null }): Row => {
      const [rate, read] = [imagesPerSecond, readPerSecond].map((value) => value && Number(value.toPrecision(3)));
      return {
        images,
        'trained/s': rate ?? null,
        'to memory': ratio.toFixed(2),
        'read/s alone': read ?? null,
        'core ms': coreMs?.toFixed(2) ?? null,
      };
    }),
  );
}

/** A table for each work. */
export function profileText(profiles: readonly BenchProfile[]): string {
  return profiles
    .map(profileRows)
    .map(({ rows, options }) => textTable(rows, options))
    .join('\n\n');
}
