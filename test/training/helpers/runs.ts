/** A run of the tiny world that has everything: two stages, best and last, metrics, checkpoints; and how two of them compare. */
import { join } from 'node:path';
import { variablesHash } from 'iekd/dist/training/facts';
import { METRICS_FILE, metricsFile, readMetrics } from 'iekd/dist/training/metrics';
import { type TrainingResult, train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { tinyData, tinyMatch, tinyNetwork } from './tiny';

/** What must not depend on where a run was broken. */
export interface Outcome {
  readonly weights: string;
  readonly method: string;
  readonly best: string;
  readonly bestEpoch: unknown;
  readonly history: unknown;
  readonly state: unknown;
  readonly rows: unknown;
}

export type RunSettings = Partial<
  Pick<TrainOptions, 'checkpoint' | 'listeners' | 'resume' | 'stop' | 'training' | 'seed' | 'data' | 'method'>
>;

/** Steps of the whole run: 2 epochs of the teacher's code, 3 of the student, 3 steps each. */
export const TINY_STEPS = 15;

/** Trains in `folder`, with fresh networks. @returns the outcome, and whether the run is complete */
export async function tinyRun(
  folder: string,
  settings: RunSettings = {},
): Promise<{ complete: boolean; outcome: Outcome; result: TrainingResult }> {
  const student = tinyNetwork('small', random(1));
  const teacher = tinyNetwork('large', random(2));
  const { listeners = [], ...rest } = settings;
  const path = join(folder, METRICS_FILE);
  const result = await train({
    student,
    teachers: [teacher],
    method: tinyMatch(),
    data: tinyData(),
    training: { epochs: 3, batch: 8, learningRate: { kind: 'cosine', base: 0.05, warmUp: { epochs: 1 } } },
    seed: 3,
    checkpoint: { folder, everySteps: 2 },
    listeners: [metricsFile(path, { everySteps: 2 }), ...listeners],
    ...rest,
  });
  const outcome: Outcome = {
    weights: variablesHash(student.variables),
    method: variablesHash(result.distillation.variables),
    best: sha256(...Object.values(result.best?.weights ?? {}).map(({ data }) => new Uint8Array(data.buffer))),
    bestEpoch: result.best?.epoch,
    history: result.history.map(withoutTimes),
    state: result.facts.state,
    rows: readMetrics(path).map(withoutTimes),
  };
  result.dispose();
  student.dispose();
  teacher.dispose();
  return { complete: result.complete, outcome, result };
}

/** A row or event without what a clock decides. */
export function withoutTimes(row: object): object {
  const times = ['seconds', 'imagesPerSecond', 'etaSeconds', 'fallbackMs'];
  return Object.fromEntries(Object.entries(row).filter(([key]) => !times.includes(key)));
}
