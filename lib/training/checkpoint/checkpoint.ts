/**
 * A checkpoint: one safetensors file, written whole or not at all, with tensors, the description of the run (its facts) and its progress as JSON,
 * and a SHA-256 over all of it. Random streams have no position to keep: batches draw by epoch and step, the rest by name.
 */

import type { TensorData } from '../../engine/variables';
import { hinted, refuse, refusePhrase } from '../../util/check';
import { readBytes, writeAtomic } from '../../util/files';
import { asBytes, sha256 } from '../../util/hash';
import { parseJson } from '../../util/json';
import { CHECKPOINT_FORMAT } from '../../weights/fileFormats';
import { decodeSafetensors, encodeSafetensors } from '../../weights/safetensors';
import type { RunDescription } from '../events';
import type { StoredProgress } from './runProgress';
import type { SeenInputs } from './seenInputs';

/** Its name in the folder of a run. */
export const CHECKPOINT_FILE = 'checkpoint.safetensors';

const VERSION = '1';

/** The description of a run, with what its networks see and start from. */
export interface CheckpointFacts extends RunDescription {
  readonly inputs?: SeenInputs | undefined;
}

/** What is written: JSON-ready facts and progress, whatever they are of. */
export interface Checkpoint<Facts extends object = CheckpointFacts, Progress extends object = StoredProgress> {
  readonly facts: Facts;
  readonly progress: Progress;
  readonly tensors: Readonly<Record<string, TensorData>>;
}

/** What a file holds: whole and unchanged since it was written, but not yet checked against the run. */
export interface StoredCheckpoint {
  readonly facts: unknown;
  readonly progress: unknown;
  readonly tensors: Readonly<Record<string, TensorData>>;
}

export function writeCheckpoint(path: string, { facts, progress, tensors }: Checkpoint<object, object>): void {
  const texts = { facts: JSON.stringify(facts), progress: JSON.stringify(progress) };
  const metadata = { format: CHECKPOINT_FORMAT.name, version: VERSION, ...texts, sha256: digest(texts, tensors) };
  writeAtomic(path, encodeSafetensors(tensors, metadata));
}

const DAMAGED = 'the file is damaged: put a copy in its place, or remove it, and the run begins anew';
const OTHER_VERSION = 'another version of iekd wrote it: go on with that one, or remove the file, and the run begins anew';

/**
 * @param damaged what to do with a file that is damaged
 * @throws InputError when the file is missing, damaged, no checkpoint, or of another version, saying what to do
 */
export function readCheckpoint(path: string, damaged = DAMAGED): StoredCheckpoint {
  const bytes = readBytes(path, CHECKPOINT_FORMAT.is);
  const { tensors: stored, metadata } = decodeSafetensors(bytes, path, { format: CHECKPOINT_FORMAT, damaged });
  const { version, facts, progress, sha256: expected } = metadata;
  if (version !== VERSION) throw refuse(path, `version ${VERSION} of the format`, version, OTHER_VERSION);
  return hinted(damaged, () => {
    if (facts === undefined || progress === undefined) {
      throw refusePhrase(path, 'the entries facts and progress', Object.keys(metadata).join(', '));
    }
    const tensors: Record<string, TensorData> = {};
    for (const [name, { shape, data }] of Object.entries(stored)) {
      if (!(data instanceof Float32Array)) throw refusePhrase(`${path}: ${name}`, 'float32 values', 'int32');
      tensors[name] = { shape, data };
    }
    const found = digest({ facts, progress }, tensors);
    if (found !== expected) throw refuse(path, `content with the SHA-256 ${expected}`, found);
    return { facts: parseJson(facts, `${path}: facts`), progress: parseJson(progress, `${path}: progress`), tensors };
  });
}

function digest(texts: { facts: string; progress: string }, tensors: Readonly<Record<string, TensorData>>): string {
  const parts = Object.entries(tensors).flatMap(([name, { shape, data }]) => [
    `\n${JSON.stringify([name, shape])}\n`,
    asBytes(data),
  ]);
  return sha256(JSON.stringify([texts.facts, texts.progress]), ...parts);
}
