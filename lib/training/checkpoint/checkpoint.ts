/**
 * A checkpoint: one safetensors file, written whole or not at all, with tensors, the description of the run (its facts) and its progress as JSON,
 * and a SHA-256 over all of it. Random streams have no position to keep: batches draw by epoch and step, the rest by name.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { TensorData } from '../../engine/variables';
import { refuse, refusePhrase } from '../../util/check';
import { writeAtomic } from '../../util/files';
import { sha256 } from '../../util/hash';
import { decodeSafetensors, encodeSafetensors } from '../../weights/safetensors';
import type { RunDescription } from '../events';
import type { StoredProgress } from './runProgress';

/** Its name in the folder of a run. */
export const CHECKPOINT_FILE = 'checkpoint.safetensors';

const FORMAT = 'iekd-checkpoint';
const VERSION = '1';

export interface Checkpoint {
  readonly facts: RunDescription;
  readonly progress: StoredProgress;
  readonly tensors: Readonly<Record<string, TensorData>>;
}

/** What a file holds: whole and unchanged since it was written, but not yet checked against the run. */
export interface StoredCheckpoint {
  readonly facts: unknown;
  readonly progress: unknown;
  readonly tensors: Readonly<Record<string, TensorData>>;
}

export function writeCheckpoint(path: string, { facts, progress, tensors }: Checkpoint): void {
  const texts = { facts: JSON.stringify(facts), progress: JSON.stringify(progress) };
  const metadata = { format: FORMAT, version: VERSION, ...texts, sha256: digest(texts, tensors) };
  writeAtomic(path, encodeSafetensors(tensors, metadata));
}

/** @throws InputError when the file is missing, damaged, no checkpoint, or of another version */
export function readCheckpoint(path: string): StoredCheckpoint {
  if (!existsSync(path)) throw refusePhrase(path, 'a checkpoint', 'no such file');
  const { tensors: stored, metadata } = decodeSafetensors(readFileSync(path), path);
  const { format, version, facts, progress, sha256: expected } = metadata;
  if (format !== FORMAT) throw refuse(path, `the format ${FORMAT}`, format);
  if (version !== VERSION) throw refuse(path, `version ${VERSION} of the format`, version, 'another version of iekd wrote it');
  if (facts === undefined || progress === undefined) {
    throw refusePhrase(path, 'the entries facts and progress', Object.keys(metadata).join(', '));
  }
  const tensors: Record<string, TensorData> = {};
  for (const [name, { shape, data }] of Object.entries(stored)) {
    if (!(data instanceof Float32Array)) throw refusePhrase(`${path}: ${name}`, 'float32 values', 'int32');
    tensors[name] = { shape, data };
  }
  const found = digest({ facts, progress }, tensors);
  if (found !== expected) throw refuse(path, `content with the SHA-256 ${expected}`, found, 'the file is damaged');
  return { facts: parse(path, facts), progress: parse(path, progress), tensors };
}

function digest(texts: { facts: string; progress: string }, tensors: Readonly<Record<string, TensorData>>): string {
  const parts = Object.entries(tensors).flatMap(([name, { shape, data }]) => [
    `\n${JSON.stringify([name, shape])}\n`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  return sha256(JSON.stringify([texts.facts, texts.progress]), ...parts);
}

function parse(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusePhrase(where, 'facts and progress in JSON', 'text that does not parse');
  }
}
