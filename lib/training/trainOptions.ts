/** What `train` takes, and what it refuses before anything is built. */
import { checkDataset, datasetIn } from '../data/images/checkDataset';
import type { Dataset } from '../data/types';
import { methodIn } from '../methods/givenMethod';
import type { Method } from '../methods/method';
import type { Network } from '../models/types';
import { checkWithinEpochs, type TrainingSettings } from '../optim/trainingOptions';
import { DEFAULT_TASK } from '../tasks';
import type { Task } from '../tasks/types';
import { booleanIn, integerIn, isObject, knownKeys, numberIn, refuse, refusePhrase, textIn } from '../util/check';
import type { Claim } from '../util/claims';
import type { StopSignal } from '../util/stopSignal';
import { type AdjustOptions, checkAdjust } from './byHand/adjustments';
import { checkNetworks } from './checks/checkNetworks';
import type { TrainingListener } from './events';
import type { FallbackCounter } from './fitStage';
import type { FittedStages } from './fittedStages';
import type { StageSettings } from './planStages';
import type { RunSlot } from './roundRobin';

/** Where checkpoints go and how often one is written; always at the end of a stage and when the run is stopped. */
export interface CheckpointOptions {
  readonly folder: string;
  readonly everySteps?: number | undefined;
  /** Default 60, or never when `everySteps` is given. */
  readonly everySeconds?: number | undefined;
  /** That this process is the folder's owner already; default it becomes it, until the run ends (`runOwner`). */
  readonly claim?: Claim | undefined;
}

/** What `train` needs: networks, a method, data, and the settings of the stages. */
export interface TrainOptions {
  readonly student: Network;
  readonly method: Method;
  /** Networks that learn beside the student, where the method has them learn from each other: one or more. */
  readonly peers?: readonly Network[] | undefined;
  /**
   * Frozen; as many as the method needs. All see the images that the student sees: whatever the method reads, one that was made for another
   * height and width has its layers placed on the data's images, which those of `buildNetwork` allow; other channels are refused.
   * One whose features alone are read may tell other classes apart.
   */
  readonly teachers?: readonly Network[] | undefined;
  readonly data: Dataset;
  /** What the networks are trained for; default classification. */
  readonly task?: Task | undefined;
  /** Settings of the student's stage, and of other stages where neither the method nor `stages` says otherwise. */
  readonly training: TrainingSettings;
  readonly stages?: StageSettings | undefined;
  /** Of everything drawn here: the method's variables and split, the order and variation of images. Default 0. */
  readonly seed?: number | undefined;
  /** Of what is fitted to the teacher: its initial values and the order of images then; default `seed`. Runs of several seeds can share one. */
  readonly fitSeed?: number | undefined;
  /** Where fitted teacher sides are kept and taken from (`keptEncoders`); default every run fits its own. */
  readonly fitted?: FittedStages | undefined;
  readonly listeners?: readonly TrainingListener[] | undefined;
  /** Read after each step; default the process's own, which Ctrl-C and a notebook's interrupt set (`interruptSignal`). */
  readonly stop?: StopSignal | undefined;
  /** Settings that may be changed by hand while the run trains: its results then say so, and are no part of an experiment. */
  readonly adjust?: AdjustOptions | undefined;
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
  'fitSeed',
  'fitted',
  'listeners',
  'stop',
  'adjust',
  'checkpoint',
  'engine',
  'slot',
  'resume',
];

/** Refuses options that are unknown, that are something else than they should be, or do not fit together. */
export function checkTrainOptions(options: TrainOptions): void {
  knownKeys('train', options, KNOWN);
  const { task = DEFAULT_TASK, seed = 0, listeners = [], checkpoint, resume = false, training, stages = {} } = options;
  integerIn('train: seed', seed);
  if (options.fitSeed !== undefined) integerIn('train: fitSeed', options.fitSeed);
  checkParts(options);
  methodIn('train: method', options.method);
  const data = datasetIn('train: data', options.data);
  checkDataset(`train: ${data.name}`, data);
  task.checkTargets?.(`train: ${data.name}`, data);
  checkNetworks(options);
  checkWithinEpochs('train: training', training);
  knownKeys('train: stages', stages, Object.keys(stages));
  for (const [stage, settings] of Object.entries(stages)) checkWithinEpochs(`train: stages: ${stage}`, settings);
  if (!Array.isArray(listeners) || !listeners.every((one) => typeof one === 'function')) {
    throw refuse('train: listeners', 'a list of functions of events', listeners);
  }
  booleanIn('train: resume', resume);
  if (resume && !checkpoint) throw refusePhrase('train', 'checkpoint.folder where resume is true', 'no checkpoint');
  if (checkpoint) checkCheckpoint(checkpoint);
  if (options.adjust) checkAdjust(options.adjust);
}

/** Objects whose functions are called: that they are what they should be. */
function checkParts({ task, stop, engine, slot }: TrainOptions): void {
  const has = (value: unknown, key: string): boolean => value === undefined || (isObject(value) && key in value);
  if (!has(task, 'terms')) throw refuse('train: task', 'a task, as classification()', task);
  if (!has(stop, 'stopped')) throw refuse('train: stop', 'a signal, as stopSignal()', stop);
  if (!has(engine, 'fallbacks')) throw refuse('train: engine', 'a started engine, as await start()', engine);
  if (!has(slot, 'next')) throw refuse('train: slot', 'a slot, as one of roundRobin()', slot);
}

function checkCheckpoint(checkpoint: CheckpointOptions): void {
  const where = 'train: checkpoint';
  knownKeys(where, checkpoint, ['folder', 'everySteps', 'everySeconds', 'claim']);
  textIn(`${where}.folder`, checkpoint.folder);
  if (checkpoint.everySteps !== undefined) integerIn(`${where}.everySteps`, checkpoint.everySteps, 1);
  if (checkpoint.everySeconds !== undefined) numberIn(`${where}.everySeconds`, checkpoint.everySeconds, 0);
}
