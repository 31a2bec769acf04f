/**
 * The work that is measured: the very steps that training runs, on one batch whose images stay on the engine. Twins of those in
 * lib/bench/pytorch_reference.py and pytorch_ssd.py: same networks, same batch, same optimiser.
 */
import { imageTensor } from '../data/images/batchTensors';
import type { Batch } from '../data/types';
import { tf } from '../engine/tf';
import { ie } from '../methods/ie';
import { ft } from '../methods/matchers/features/ft';
import type { Method } from '../methods/method';
import { supervised } from '../methods/supervised';
import { buildNetwork } from '../models';
import type { NetworkSpec } from '../models/types';
import type { TensorBatch } from '../optim/objective';
import { sgd } from '../optim/optimizers/sgd';
import { Passes } from '../optim/pass';
import { trainStep } from '../optim/step';
import { DEFAULT_TASK } from '../tasks';
import type { Task } from '../tasks/types';
import { studentObjective } from '../training/studentObjective';
import { pick } from '../util/check';
import { random } from '../util/rng';
import { smallDetector, ssd300Detector } from './detectorWork';
import { again, endlessBatches, randomBatch, randomScenes } from './syntheticBatches';

/** Names of the work that is measured unless others are asked for, as in rows and on the command line. */
export const BENCH_WORKS = ['supervised', 'ie-ft', 'inference'] as const;
/** Training a small detector, and SSD300 over ResNet-18. */
const DETECTOR_WORKS = ['ssd', 'ssd300'] as const;
/** Everything that can be asked for. */
export const ALL_WORKS = [...BENCH_WORKS, ...DETECTOR_WORKS] as const;
export type BenchWorkName = (typeof ALL_WORKS)[number];

/** Steps before the timed ones: as many as V8 takes to compile what a step runs. */
export const WARM_UP_STEPS = 10;

/** Something to be timed, with what it needs in memory. */
export interface BenchWork {
  readonly name: BenchWorkName;
  /** What makes targets of its batches. */
  readonly task: Task;
  /** Does it once, to the end: results have been read. @param batch default its own, of which the images stay on the engine */
  step(batch?: TensorBatch): void;
  /** Batches without end, as training gets them. */
  batches(): Iterator<Batch, never>;
  dispose(): void;
}

/** What a work is done with. */
export interface BenchWorkOptions {
  /** Of the network that is trained: 6n + 2 for ResNets and `ssd`. The teacher, and the network of `inference`, is ResNet-20. */
  readonly depth: number;
  /** Images a step. */
  readonly batch: number;
}

type GivenOptions = { readonly [option in keyof BenchWorkOptions]?: number | undefined };

/** The options of a work, those that are not given filled in. */
export function workOptions(name: BenchWorkName, { depth, batch }: GivenOptions = {}): BenchWorkOptions {
  const defaults: Readonly<Record<BenchWorkName, BenchWorkOptions>> = {
    supervised: { depth: 20, batch: 128 },
    'ie-ft': { depth: 20, batch: 128 },
    inference: { depth: 20, batch: 128 },
    ssd: { depth: 8, batch: 16 },
    ssd300: { depth: 18, batch: 4 },
  };
  const own = pick('bench: work', defaults, name);
  // The peer has SSD300 over that one backbone.
  return { depth: name === 'ssd300' ? own.depth : (depth ?? own.depth), batch: batch ?? own.batch };
}

const LEARNING_RATE = 0.1;
/** Detectors begin with a larger loss. */
const DETECTOR_RATE = 0.001;

/** Makes work ready to run on the started engine. */
export function benchWork(name: BenchWorkName, given: GivenOptions = {}): BenchWork {
  const { depth, batch } = workOptions(name, given);
  // The option says which ResNet: that of depth 50 with bottlenecks has none, and is refused.
  const resnet = { spec: { name: `resnet${depth}`, shortcut: 'B' }, batch, learningRate: LEARNING_RATE };
  const detector = { batch, learningRate: DETECTOR_RATE };
  const table: Readonly<Record<BenchWorkName, () => BenchWork>> = {
    supervised: () => trainingWork(name, supervised(), resnet),
    'ie-ft': () => trainingWork(name, ie(ft()), resnet),
    inference: () => inferenceWork(batch),
    ssd: () => trainingWork(name, supervised(), { ...detector, ...smallDetector(depth) }),
    ssd300: () => trainingWork(name, supervised(), { ...detector, ...ssd300Detector(depth) }),
  };
  return pick('bench: work', table, name)();
}

/** One supervised training step of any network. */
export function networkWork(spec: NetworkSpec, batch: number): BenchWork {
  return trainingWork('supervised', supervised(), { spec, batch, learningRate: LEARNING_RATE });
}

interface TrainingWork {
  readonly spec: NetworkSpec;
  readonly batch: number;
  readonly learningRate: number;
  /** Default classification. */
  readonly task?: Task;
}

/** One training step by `method`, with a ResNet-20 for each teacher that it asks for. Targets are made anew each time. */
function trainingWork(name: BenchWorkName, method: Method, options: TrainingWork): BenchWork {
  const { spec, batch: size, learningRate, task = DEFAULT_TASK } = options;
  const draws = random(0);
  const student = buildNetwork(spec, draws.child('student'));
  const teachers = Array.from({ length: method.teachers }, () => buildNetwork({ name: 'resnet20' }, draws.child('teacher')));
  const distillation = method.build({ student, teachers, random: draws.child('method'), task });
  const objective = studentObjective([student], teachers, distillation);
  const optimizer = sgd(objective.variables);
  const passes = new Passes();
  const own = task === DEFAULT_TASK ? randomBatch(student, size, draws) : randomScenes(student, size, draws);
  const images = imageTensor(own);
  const clock = { step: 0, epoch: 0, epochs: 1 };
  return {
    name,
    task,
    step: (given) => {
      const batch = given ?? { images, targets: task.targets(own) };
      trainStep({ stage: name, objective, optimizer, batch, clock, learningRate, passes });
      if (!given) tf.dispose([...batch.targets]);
    },
    batches: () => (task === DEFAULT_TASK ? endlessBatches(size, true) : again(own)),
    dispose: () => {
      for (const part of [passes, images, optimizer, distillation, student, ...teachers]) part.dispose();
    },
  };
}

/** A forward pass of ResNet-20 in evaluation mode, logits read. */
function inferenceWork(batch: number): BenchWork {
  const network = buildNetwork({ name: 'resnet20' }, random(0));
  const own = imageTensor(randomBatch(network, batch, random(0)));
  return {
    name: 'inference',
    task: DEFAULT_TASK,
    step: ({ images } = { images: own, targets: [] }) => tf.tidy(() => void network.forward(images).logits.dataSync()),
    batches: () => endlessBatches(batch, false),
    dispose: () => {
      own.dispose();
      network.dispose();
    },
  };
}
