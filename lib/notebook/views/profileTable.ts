/** The profile of a step as a table, with a line above it that says of what. */

import type { BenchProfile } from '../../bench/benchProfile';
import { workNetwork } from '../../bench/benchRow';
import type { ProfileRow } from '../../engine/profile/profileRows';
import { counted } from '../../util/text';
import type { MimeBundle } from '../display/display';
import { type Row, type TableOptions, tableBundle } from '../display/table';

const DIGITS = { ms: 2, 'share %': 1, 'GFLOP/s': 1, 'GB/s': 1 };

/** The table of one work: kernels, slowest first, then what no kernel explains. */
export function profileTable(profile: BenchProfile): MimeBundle {
  const { rows, options } = profileRows(profile);
  return tableBundle(rows, options);
}

/** What the table shows. */
export function profileRows(profile: BenchProfile): { readonly rows: readonly Row[]; readonly options: TableOptions } {
  const columns = [
    'kernel',
    'path',
    ...(profile.rows.some(({ shape }) => shape) ? ['shape'] : []),
    'calls',
    ...Object.keys(DIGITS),
  ];
  const options = { caption: profileCaption(profile), columns, digits: DIGITS, mostRows: 200 };
  return { rows: profile.rows.map(cells), options };
}

/** `supervised: 205.3 ms a step, 204.9 ms unprofiled (…)` */
function profileCaption({ work, engine, precision, threads, depth, batch, steps, ms, plainMs }: BenchProfile): string {
  const setting = `${workNetwork(work, depth)}, batch ${batch}, ${engine} in ${precision}, threads: ${threads}, mean of ${counted(steps, 'step')}`;
  return `${work}: ${ms.toFixed(1)} ms a step, ${plainMs.toFixed(1)} ms unprofiled (${setting})`;
}

function cells({ kernel, path, shape, calls, ms, share, gflopPerSecond, gbPerSecond }: ProfileRow): Row {
  const place = { kernel, path, shape, calls: path === undefined ? undefined : Number(calls.toFixed(2)) };
  return { ...place, ms, 'share %': 100 * share, 'GFLOP/s': gflopPerSecond, 'GB/s': gbPerSecond };
}
