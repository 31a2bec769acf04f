/** Training by any method: the teacher's side is fitted, then the student and its peers are trained; it can stop, and go on bit for bit. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../data/types';
import type { TensorData } from '../engine/variables';
import type { Distillation } from '../methods/distillation';
import type { MethodContext } from '../methods/method';
import { onImages } from '../models';
import { renormalised } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { DEFAULT_TASK } from '../tasks';
import { refusePhrase } from '../util/check';
import { roleOf } from '../util/networkRoles';
import { type Random, random } from '../util/rng';
import { interruptSignal } from '../util/stopSignal';
import { pausableSlot } from './byHand/pausableSlot';
import type { BestEpoch } from './checkpoint/bestEpoch';
import { CHECKPOINT_FILE } from './checkpoint/checkpoint';
import { runDescription } from './checkpoint/runDescription';
import { seenInputs } from './checkpoint/seenInputs';
import { checkMemory } from './checks/checkMemory';
import { imageOf } from './checks/checkNetworks';
import { checkStopping } from './checks/checkStopping';
import { evaluationsByNetwork, type PeerEvaluations } from './evaluation';
import type { Adjustment, EpochEvent, RunDescription } from './events';
import { fittedKey } from './fittedStages';
import { planStages, STUDENT_STAGE } from './planStages';
import { OWN_SLOT } from './roundRobin';
import { ownRun, removeLeft } from './runOwner';
import { runSession } from './runSession';
import { RunState } from './runState';
import { type CheckpointOptions, checkTrainOptions, type TrainOptions } from './trainOptions';

/** What came of a run. The student and its peers themselves hold the last weights. */
export interface TrainingResult {
  /** False when the run was stopped; `stopped` says why. */
  readonly complete: boolean;
  readonly stopped?: string;
  readonly facts: RunDescription;
  /** Every epoch of every stage. */
  readonly history: readonly EpochEvent[];
  /** The student's last finished epoch. */
  readonly last?: EpochEvent;
  readonly best?: BestResult;
  /** What was changed by hand; with any, the settings alone no longer say how to come to these weights. */
  readonly adjusted: readonly Adjustment[];
  /** The moving average of the student's weights after its last step, where one is kept (`ema`). */
  readonly ema?: Readonly<Record<string, TensorData>>;
  /** What came of the student's peers, in their order. */
  readonly peers: readonly PeerResult[];
  /** Training time, of every process that had a share of the run. */
  readonly seconds: number;
  /** The method bound to the networks: fitted encoders, the split. */
  readonly distillation: Distillation;
  /** Disposes of the distillation; the networks are the caller's. */
  dispose(): void;
}

/** A peer after its last finished epoch, and its best. */
export interface PeerResult extends PeerEvaluations {
  readonly best?: BestResult;
  readonly ema?: Readonly<Record<string, TensorData>>;
}

/** A network's best epoch and its weights then. */
export interface BestResult extends BestEpoch {
  readonly weights: Readonly<Record<string, TensorData>>;
}

/**
 * Trains the student and its peers in place; teachers are not touched.
 * @throws InputError on what does not fit together, on a loss that is not finite, on a checkpoint of another run, and on a folder of
 *   checkpoints in which another process trains
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, random, start, supervised, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 200, test: 100 });
 * const student = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
 * const { last, dispose } = await train({ student, method: supervised(), data, training: { epochs: 1, batch: 50 } });
 * dispose();
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainingResult> {
  checkTrainOptions(options);
  const { checkpoint, listeners = [], stop = interruptSignal() } = options;
  if (!checkpoint || checkpoint.claim) return trainOwned(options);
  const claim = await ownRun(checkpoint.folder, { listeners, stop });
  try {
    return await trainOwned({ ...options, checkpoint: { ...checkpoint, claim } });
  } finally {
    claim.release();
  }
}

/** Where checkpoints are written, this process is the owner of their folder. */
async function trainOwned(options: TrainOptions): Promise<TrainingResult> {
  const { student, method, peers = [], data, task = DEFAULT_TASK, training, checkpoint, engine } = options;
  const teachers = (options.teachers ?? []).map((teacher) => onImages('train: teacher', teacher, imageOf(data)));
  const networks = [student, ...peers];
  const { stages = {}, seed = 0, fitSeed, fitted, listeners = [], stop = interruptSignal(), adjust = {} } = options;
  const slot = pausableSlot(options.slot ?? OWN_SLOT, stop);
  const resumed = openCheckpoint(checkpoint, options.resume ?? false);
  const { train: images } = data;
  const distillation = method.build({
    ...onBatches({ student, peers, teachers }, data),
    images,
    task,
    ...sources(seed, fitSeed),
  });
  let run: RunState | undefined;
  try {
    const planned = planStages({ networks, teachers, distillation, data, training, stages });
    checkStopping(planned, data, task);
    checkMemory({ networks, batch: Math.min(data.train.count, ...planned.slice(-1).map((stage) => stage.training.batch)) });
    const description = runDescription({ networks, teachers, method, distillation, data, task, stages: planned, seed, fitSeed });
    const inputs = checkpoint && seenInputs(data, networks, checkpoint.folder);
    const keys = fitted ? planned.map((stage) => fittedKey(stage, description, data, fitSeed ?? seed)) : [];
    run = new RunState({ networks, task, distillation, stages: planned, description, inputs, now: slot.now });
    if (resumed) run.restore(resumed);
    await runSession(run, {
      data,
      seed,
      fitSeed,
      fitted: fitted && { stages: fitted, keys },
      listeners,
      stop,
      adjust,
      checkpoint,
      engine,
      slot,
      resumed: resumed !== undefined,
    });
    return result(run, stop.reason);
  } catch (error) {
    distillation.dispose();
    throw error;
  } finally {
    slot.end();
    run?.dispose();
  }
}

/** The networks as a method sees them: one batch, normalised as the data set is, feeds them all. */
function onBatches(networks: Pick<MethodContext, 'student' | 'peers' | 'teachers'>, data: Dataset): typeof networks {
  const { student, peers = [], teachers } = networks;
  const own = (network: Network): Network => renormalised(network, data);
  return { student: own(student), peers: peers.map(own), teachers: teachers.map(own) };
}

/** The streams that the method draws from. */
function sources(seed: number, fitSeed = seed): Pick<MethodContext, 'random' | 'fitRandom'> {
  const [own, fitting] = [seed, fitSeed].map((from) => random(from).child('method')) as [Random, Random];
  return { random: own, fitRandom: fitting };
}

/** The checkpoint to go on from, if any. A run that nobody asked to resume must not be written over. */
function openCheckpoint(checkpoint: CheckpointOptions | undefined, resume: boolean): string | undefined {
  if (!checkpoint) return undefined;
  const path = join(checkpoint.folder, CHECKPOINT_FILE);
  removeLeft(checkpoint.folder);
  if (!existsSync(path)) return undefined;
  if (!resume) throw refusePhrase('train', 'a folder without a checkpoint', path, 'set resume, or choose another folder');
  return path;
}

function result(run: RunState, reason: string | undefined): TrainingResult {
  const { description, history } = run;
  const { distillation } = run.setup;
  const last = history.filter((epoch) => epoch.stage === STUDENT_STAGE).at(-1);
  const [best, ...peerBests] = run.best.all.map(({ epoch, weights }) => (epoch ? { best: { ...epoch, weights } } : {}));
  const measured = last ? evaluationsByNetwork(last) : [];
  return {
    complete: run.current === undefined,
    ...(run.current && reason !== undefined ? { stopped: reason } : {}),
    facts: description,
    history,
    ...(last ? { last } : {}),
    ...best,
    ...averaged(run, 0),
    adjusted: [...run.adjusted],
    peers: peerBests.map((peerBest, i) => {
      return { peer: roleOf(i + 1), evaluations: measured[i + 1] ?? [], ...peerBest, ...averaged(run, i + 1) };
    }),
    seconds: run.seconds(),
    distillation,
    dispose: () => distillation.dispose(),
  };
}

/** The averages of a network, once they have begun. */
function averaged({ average, stage, setup }: RunState, network: number): Pick<PeerResult, 'ema'> {
  const begun = stage >= setup.stages.findIndex(({ name }) => name === STUDENT_STAGE);
  return average && begun ? { ema: average.of(network) } : {};
}
