/** Weights in the folder of their run: they are those that its result.json says, or refused. */
import { basename, dirname } from 'node:path';
import type { NetworkSpec } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { readWeights, type StoredWeights } from '../../weights/networkFile';
import { readReport } from './reportFile';
import { RUN_FILES } from './runFiles';

const LAST = /^(\w+)-last\.safetensors$/;
const HINT = 'they were changed or damaged since: use a copy, or train the run again';

/**
 * As `readWeights`; last weights that lie beside a `result.json` must have the SHA-256 that it notes.
 * @param other the network that a file of another program has; default what its tensors say @throws InputError as that, too
 */
export function readRunWeights(path: string, other?: NetworkSpec): StoredWeights {
  const stored = readWeights(path, other);
  const role = LAST.exec(basename(path))?.[1];
  const { weights = {} } = (role !== undefined && readReport(dirname(path))) || {};
  const noted = role !== undefined && Object.hasOwn(weights, role) ? weights[role] : undefined;
  if (noted === undefined) return stored;
  if (noted === stored.sha256) return { ...stored, checked: true };
  throw refusePhrase(path, `the weights of its run, SHA-256 ${noted} in ${RUN_FILES.result}`, stored.sha256, HINT);
}
