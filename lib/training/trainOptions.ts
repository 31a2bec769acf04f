/** What `train` takes, and what it refuses before anything is built. */
import type { Dataset } from '../data/types';
import type { Method } from '../methods/method';
import type { Network } from '../models/types';
import type { TrainingSettings } from '../optim/trainingOptions';
import { DEFAULT_TASK } from '../tasks';
import type { Task } from '../tasks/types';
import { integerIn, knownKeys, numberIn, refuse, refusePhrase, sameShape } from '../util/check';
import type { StopSignal } from '../util/stopSignal';
import type { TrainingListener } from './events';
import type { FallbackCounter } from './fitStage';
import type { StageSettings } from './planStages';
import type { RunSlot } from './roundRobin';

/** Where checkpoints go and how often one is written; always at the end of a stage and when the run is stopped. */
export interface CheckpointOptions {
  readonly folder: string;
  readonly everySteps?: number | undefined;
  /** Default 60, or never when `everySteps` is given. */
  readonly everySeconds?: number | undefined;
}

export interface TrainOptions {
  readonly student: Network;
  readonly method: Method;
  /** Networks that learn beside the student, where the method has them learn from each other: one or more. */
  readonly peers?: readonly Network[] | undefined;
  /** Frozen; as many as the method needs. */
  readonly teachers?: readonly Network[] | undefined;
  readonly data: Dataset;
  /** What the networks are trained for; default classification. */
  readonly task?: Task | undefined;
  /** Settings of the student's stage, and of other stages where neither the method nor `stages` says otherwise. */
  readonly training: TrainingSettings;
  readonly stages?: StageSettings | undefined;
  /** Of everything drawn here: the method's variables and split, the order and variation of images. Default 0. */
  readonly seed?: number | undefined;
  readonly listeners?: readonly TrainingListener[] | undefined;
  /** Read after each step; default the process's own, which Ctrl-C and a notebook's interrupt set (`interruptSignal`). */
  readonly stop?: StopSignal | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  /** The started engine: the events of epochs then tell how long its fallbacks took. */
  readonly engine?: FallbackCounter | undefined;
  /** Its place among runs that share the process (`roundRobin`); default the run is by itself. */
  readonly slot?: RunSlot | undefined;
  /** Goes on from the folder's checkpoint; starts anew where there is none. Default false: one that is there is an error. */
  readonly resume?: boolean | undefined;
}

const KNOWN = [
  'student',
  'method',
  'peers',
  'teachers',
  'data',
  'task',
  'training',
  'stages',
  'seed',
  'listeners',
  'stop',
  'checkpoint',
  'engine',
  'slot',
  'resume',
];

/** Refuses options that are unknown or do not fit together. */
export function checkTrainOptions(options: TrainOptions): void {
  knownKeys('train', options, KNOWN);
  const { student, method, peers = [], teachers = [], data, task = DEFAULT_TASK, seed = 0, checkpoint, resume = false } = options;
  integerIn('train: seed', seed);
  if (teachers.length !== method.teachers) {
    throw refuse('train: teachers', `${method.teachers} for the method ${method.name}`, teachers.length);
  }
  checkPeers(options);
  if (data.train.count === 0) throw refusePhrase(`train: ${data.name}`, 'training images', 'none');
  for (const network of [student, ...peers, ...teachers]) checkFits(network, data, task);
  if (resume && !checkpoint) throw refusePhrase('train', 'checkpoint.folder where resume is true', 'no checkpoint');
  if (!checkpoint) return;
  knownKeys('train: checkpoint', checkpoint, ['folder', 'everySteps', 'everySeconds']);
  if (checkpoint.everySteps !== undefined) integerIn('train: checkpoint.everySteps', checkpoint.everySteps, 1);
  if (checkpoint.everySeconds !== undefined) numberIn('train: checkpoint.everySeconds', checkpoint.everySeconds, 0);
}

function checkPeers({ student, method, peers = [] }: TrainOptions): void {
  const where = 'train: peers';
  if (!method.peers && peers.length > 0) throw refuse(where, `none for the method ${method.name}`, peers.length);
  if (method.peers && peers.length === 0) throw refuse(where, `at least one for the method ${method.name}`, peers.length);
  const networks = [student, ...peers];
  const twice = networks.find((network, i) => networks.indexOf(network) < i);
  if (twice) throw refusePhrase(where, 'networks of their own', `${twice.name} twice`);
}

function checkFits(network: Network, data: Dataset, task: Task): void {
  const { name, input } = network;
  const { name: set, train } = data;
  const image = [train.height, train.width, train.channels];
  if (!sameShape(input, image)) throw refuse(`train: ${name}`, `images of ${JSON.stringify(input)}`, image, `those of ${set}`);
  task.checkData(`train: ${name}`, network, data);
}
