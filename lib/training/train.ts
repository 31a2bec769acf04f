/** Training by any method: the teacher's side is fitted, then the student and its peers are trained; it can stop, and go on bit for bit. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorData } from '../engine/variables';
import type { Distillation } from '../methods/distillation';
import { refusePhrase } from '../util/check';
import { removeLeftovers } from '../util/files';
import { random } from '../util/rng';
import { roleOf } from '../util/roles';
import { interruptSignal } from '../util/stopSignal';
import type { BestEpoch } from './checkpoint/bestEpoch';
import { CHECKPOINT_FILE } from './checkpoint/checkpoint';
import { runFacts } from './checkpoint/facts';
import type { EpochEvent, Evaluation, RunFacts } from './events';
import { BY_ITSELF } from './roundRobin';
import { Run } from './runState';
import { runSession } from './session';
import { planStages, STUDENT_STAGE } from './stages';
import { type CheckpointOptions, checkTrainOptions, type TrainOptions } from './trainOptions';

/** What came of a run. The student and its peers themselves hold the last weights. */
export interface TrainingResult {
  /** False when the run was stopped; `stopped` says why. */
  readonly complete: boolean;
  readonly stopped?: string;
  readonly facts: RunFacts;
  /** Every epoch of every stage. */
  readonly history: readonly EpochEvent[];
  /** The student's last finished epoch. */
  readonly last?: EpochEvent;
  readonly best?: BestResult;
  /** What came of the student's peers, in their order. */
  readonly peers: readonly PeerResult[];
  /** Training time over all sittings. */
  readonly seconds: number;
  /** The method bound to the networks: fitted encoders, the split. */
  readonly distillation: Distillation;
  /** Disposes of the distillation; the networks are the caller's. */
  dispose(): void;
}

/** A peer after its last finished epoch, and its best. */
export interface PeerResult {
  /** `peer1`, `peer2`, … */
  readonly peer: string;
  readonly evaluations: readonly Evaluation[];
  readonly best?: BestResult;
}

/** A network's best epoch and its weights then. */
export interface BestResult extends BestEpoch {
  readonly weights: Readonly<Record<string, TensorData>>;
}

/**
 * Trains the student and its peers in place; teachers are not touched.
 * @throws InputError on what does not fit together, on a loss that is not finite, and on a checkpoint of another run
 */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  checkTrainOptions(options);
  const { student, method, peers = [], teachers = [], data, training, checkpoint, engine } = options;
  const { stages = {}, seed = 0, listeners = [], stop = interruptSignal(), turn = BY_ITSELF } = options;
  const resumed = openCheckpoint(checkpoint, options.resume ?? false);
  const distillation = method.build({ student, peers, teachers, random: random(seed).child('method') });
  let run: Run | undefined;
  try {
    const planned = planStages({ student, peers, teachers, distillation, data, training, stages });
    const facts = runFacts({ student, peers, teachers, method, distillation, data, stages: planned, seed });
    run = new Run({ student, peers, distillation, stages: planned, facts, now: turn.now });
    if (resumed) run.restore(resumed);
    await runSession(run, { data, seed, listeners, stop, checkpoint, engine, turn, resumed: resumed !== undefined });
    return result(run, stop.reason);
  } catch (error) {
    distillation.dispose();
    throw error;
  } finally {
    run?.dispose();
  }
}

/** The checkpoint to go on from, if any. A run that nobody asked to resume must not be written over. */
function openCheckpoint(checkpoint: CheckpointOptions | undefined, resume: boolean): string | undefined {
  if (!checkpoint) return undefined;
  const path = join(checkpoint.folder, CHECKPOINT_FILE);
  removeLeftovers(path);
  if (!existsSync(path)) return undefined;
  if (!resume) throw refusePhrase('train', 'a folder without a checkpoint', path, 'set resume, or choose another folder');
  return path;
}

function result(run: Run, reason: string | undefined): TrainingResult {
  const { facts, history, keeper } = run;
  const { distillation } = run.plan;
  const last = history.filter((epoch) => epoch.stage === STUDENT_STAGE).at(-1);
  const [best, ...peerBests] = keeper.bests.map(({ epoch, weights }) => (epoch ? { best: { ...epoch, weights } } : {}));
  return {
    complete: run.current === undefined,
    ...(run.current && reason !== undefined ? { stopped: reason } : {}),
    facts,
    history,
    ...(last ? { last } : {}),
    ...best,
    peers: peerBests.map((peerBest, i) => {
      return { peer: roleOf(i + 1), evaluations: last?.peers?.[i]?.evaluations ?? [], ...peerBest };
    }),
    seconds: run.seconds(),
    distillation,
    dispose: () => distillation.dispose(),
  };
}
