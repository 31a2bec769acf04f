/** On what a run began, as the first row of its log says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_NAMES, PRECISIONS } from '../../engine/types';
import { METRICS_FILE, readMetrics } from '../../training/metricsFile';
import { integerIn, nameIn } from '../../util/check';
import type { Provenance } from './runProvenance';

/** What decides the bits of a run beside its configuration, as far as one may choose it. */
export type RunEngine = Pick<Provenance['engine'], 'threads' | 'precision'> & { readonly name: (typeof ENGINE_NAMES)[number] };

/** The engine of the run in a folder; undefined where no log says it. @throws InputError for a log that is damaged */
export function engineOfRun(folder: string): RunEngine | undefined {
  const path = join(folder, METRICS_FILE);
  const [first] = existsSync(path) ? readMetrics(path) : [];
  const { engine } = (first?.provenance ?? {}) as Partial<Provenance>;
  if (!engine) return undefined;
  const where = `${path}: line 1: provenance: engine`;
  return {
    name: nameIn(`${where}: name`, ENGINE_NAMES, engine.name),
    threads: integerIn(`${where}: threads`, engine.threads, 1, 1024),
    precision: nameIn(`${where}: precision`, PRECISIONS, engine.precision),
  };
}
