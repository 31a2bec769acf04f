/**
 * Fitted teacher sides that are kept: the state after a stage that fits one, under the hash of everything that made it, so that the
 * next run of that teacher takes it in the place of fitting the same one again. What is taken is the same to the bit: the key has the
 * teacher, the images, the stage's settings, the initial values, the seed, and what computes.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../data/types';
import type { TensorData } from '../engine/variables';
import { trainingRecord } from '../optim/trainingOptions';
import { configHash } from '../util/hash';
import { readCheckpoint, writeCheckpoint } from './checkpoint/checkpoint';
import { checkSame } from './checkpoint/checkSame';
import { variablesHash } from './checkpoint/runDescription';
import { checkHistory } from './checkpoint/runProgress';
import { seenTraining } from './checkpoint/seenInputs';
import type { EpochEvent, RunDescription } from './events';
import type { PlannedStage } from './planStages';

/** What decides the values after a stage that fits a teacher's side. JSON-ready. */
export type FittedKey = Readonly<Record<string, unknown>>;

/** A stage as it ended. */
export interface FittedStage {
  /** Of all variables that the stage trained. */
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** Its epochs. */
  readonly history: readonly EpochEvent[];
}

/** Where fitted stages are kept. */
export interface FittedStages {
  /** Path of the file of a key. */
  path(key: FittedKey): string;
  /** What is kept under a key; undefined where nothing is. @throws InputError for a file that is damaged or of another key */
  find(key: FittedKey): FittedStage | undefined;
  /** Keeps a stage; what is there already is replaced by the same. */
  keep(key: FittedKey, stage: FittedStage): void;
}

/** Fitted stages as files of a folder, which is made with the first. @param computedBy engine, precision, threads, processor */
export function fittedStages(folder: string, computedBy: FittedKey): FittedStages {
  const whole = (key: FittedKey): FittedKey => ({ ...key, computedBy });
  const path = (key: FittedKey): string => join(folder, `${configHash(whole(key))}.safetensors`);
  return {
    path,
    find(key) {
      const file = path(key);
      if (!existsSync(file)) return undefined;
      const { facts, progress, tensors } = readCheckpoint(file, 'the file is damaged');
      checkSame(file, facts, JSON.parse(JSON.stringify(whole(key))), 'it is of another stage');
      return { tensors, history: checkHistory(`${file}: history`, progress) };
    },
    keep: (key, { tensors, history }) => writeCheckpoint(path(key), { facts: whole(key), progress: history, tensors }),
  };
}

/** The key of a stage before its first step; undefined for one that says nothing of what it fits. */
export function fittedKey(stage: PlannedStage, { teachers }: RunDescription, data: Dataset, seed: number): FittedKey | undefined {
  const { name, fits, objective, training, stepsPerEpoch } = stage;
  if (!fits) return undefined;
  return {
    stage: name,
    fits,
    teachers: teachers.map(({ sha256, spec }) => ({ sha256, spec })),
    data: seenTraining(data),
    training: trainingRecord(training),
    stepsPerEpoch,
    initial: variablesHash(objective.variables),
    seed,
  };
}
