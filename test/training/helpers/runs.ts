/**
 * A run of the tiny world that has everything: two stages, or two networks that learn from each other; best and last, metrics,
 * checkpoints; and how two of them compare.
 */
import { join } from 'node:path';
import type { Network } from 'iekd/dist/models/types';
import { variablesHash } from 'iekd/dist/training/facts';
import { METRICS_FILE, metricsFile, readMetrics } from 'iekd/dist/training/metrics';
import { type TrainingResult, train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { tinyData, tinyMatch, tinyNetwork } from './tiny';

/** What must not depend on where a run was broken. */
export interface Outcome {
  /** Of the student, then its peers. */
  readonly weights: readonly string[];
  readonly method: string;
  readonly best: readonly string[];
  readonly bestEpoch: readonly unknown[];
  readonly history: unknown;
  readonly state: unknown;
  readonly rows: unknown;
}

export interface RunSettings
  extends Partial<
    Pick<TrainOptions, 'checkpoint' | 'listeners' | 'resume' | 'stop' | 'training' | 'stages' | 'seed' | 'data' | 'method'>
  > {
  /** Fresh networks, the student first, then its peers where the method has them, else its teachers; default two of the tiny world. */
  readonly networks?: () => readonly [Network, ...Network[]];
}

/** Steps of the run without peers: 2 epochs of the teacher's code, 3 of the student, 3 steps each. */
export const TINY_STEPS = 15;

/** Trains in `folder`, with fresh networks: from a teacher, or with a peer where the method has peers. @returns the outcome, and whether the run is complete */
export async function tinyRun(
  folder: string,
  settings: RunSettings = {},
): Promise<{ complete: boolean; outcome: Outcome; result: TrainingResult }> {
  const { listeners = [], networks = tinyNetworks, method = tinyMatch(), ...rest } = settings;
  const [student, ...others] = networks();
  const path = join(folder, METRICS_FILE);
  const trained = method.peers ? [student, ...others] : [student];
  const result = await train({
    student,
    ...(method.peers ? { peers: others } : { teachers: others }),
    method,
    data: tinyData(),
    training: { epochs: 3, batch: 8, learningRate: { kind: 'cosine', base: 0.05, warmUp: { epochs: 1 } } },
    seed: 3,
    checkpoint: { folder, everySteps: 2 },
    listeners: [metricsFile(path, { everySteps: 2 }), ...listeners],
    ...rest,
  });
  const bests = [result.best, ...result.peers.map((peer) => peer.best)];
  const outcome: Outcome = {
    weights: trained.map(({ variables }) => variablesHash(variables)),
    method: variablesHash(result.distillation.variables),
    best: bests.map((best) => sha256(...Object.values(best?.weights ?? {}).map(({ data }) => new Uint8Array(data.buffer)))),
    bestEpoch: bests.map((best) => best?.epoch),
    history: result.history.map(withoutTimes),
    state: result.facts.state,
    rows: readMetrics(path).map(withoutTimes),
  };
  result.dispose();
  for (const network of [student, ...others]) network.dispose();
  return { complete: result.complete, outcome, result };
}

function tinyNetworks(): readonly [Network, Network] {
  return [tinyNetwork('small', random(1)), tinyNetwork('large', random(2))];
}

/** A row or event without what a clock decides. */
export function withoutTimes(row: object): object {
  const times = ['seconds', 'imagesPerSecond', 'etaSeconds', 'fallbackMs'];
  return Object.fromEntries(Object.entries(row).filter(([key]) => !times.includes(key)));
}
