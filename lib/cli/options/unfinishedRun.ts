/** What is said of the folder of a run that has no weights yet: how far it is, and how to go on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type InputError, refusePhrase } from '../../util/check';
import { shownPath } from '../output/output';

/** The refusal of a folder that ought to have weights and has none. */
export async function withoutWeights(where: string, folder: string): Promise<InputError> {
  const { RUN_FILES } = await import('../../experiments/run/runFiles.js');
  const expected = `a folder with ${RUN_FILES.last}`;
  if (!existsSync(join(folder, RUN_FILES.config))) return refusePhrase(where, expected, folder, 'it is not the folder of a run');
  const hint = `it is there once the run is complete: npx iekd resume ${shownPath(folder)}`;
  return refusePhrase(where, expected, `a run ${await progress(folder)}`, hint);
}

/** `after epoch 3 of 10 ("student")` */
async function progress(folder: string): Promise<string> {
  const { METRICS_FILE, readMetrics } = await import('../../training/metricsFile.js');
  const path = join(folder, METRICS_FILE);
  const last = existsSync(path)
    ? readMetrics(path)
        .filter(({ kind }) => kind === 'epoch')
        .at(-1)
    : undefined;
  return last ? `after epoch ${last.epoch} of ${last.epochs} ("${last.stage}")` : 'before the end of its first epoch';
}
