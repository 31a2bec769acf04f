/**
 * The work that is measured: the very steps that training runs, on one batch that stays on the engine. Twins of the three in
 * lib/bench/pytorch_reference.py: same networks, same batch, same optimiser.
 */
import { tf } from '../engine/tf';
import { ie } from '../methods/ie';
import { ft } from '../methods/matchers/ft';
import type { Method } from '../methods/method';
import { supervised } from '../methods/supervised';
import { buildNetwork } from '../models';
import type { Network, NetworkSpec } from '../models/types';
import type { TensorBatch } from '../optim/objective';
import { sgd } from '../optim/optimizers/sgd';
import { trainStep } from '../optim/step';
import { disposeBatch } from '../tasks/tensorBatch';
import { studentObjective } from '../training/studentObjective';
import { pick } from '../util/check';
import { type Random, random } from '../util/rng';

/** Names of the work, as in rows and on the command line. */
export const BENCH_WORKS = ['supervised', 'ie-ft', 'inference'] as const;
export type BenchWorkName = (typeof BENCH_WORKS)[number];

/** Steps before the timed ones: as many as V8 takes to compile what a step runs. */
export const WARM_UP_STEPS = 10;

/** Something to be timed, with what it needs in memory. */
export interface BenchWork {
  readonly name: BenchWorkName;
  /** Does it once, to the end: results have been read. @param batch default its own, which stays on the engine */
  step(batch?: TensorBatch): void;
  dispose(): void;
}

export interface BenchWorkOptions {
  /** Of the network that is trained: 6n + 2. The teacher, and the network of `inference`, is ResNet-20. */
  readonly depth: number;
  /** Images a step. */
  readonly batch: number;
}

const LEARNING_RATE = 0.1;

/** Makes work ready to run on the started engine. */
export function benchWork(name: BenchWorkName, options: BenchWorkOptions): BenchWork {
  const table: Readonly<Record<BenchWorkName, () => BenchWork>> = {
    supervised: () => trainingWork(name, supervised(), options),
    'ie-ft': () => trainingWork(name, ie(ft()), options),
    inference: () => inferenceWork(options),
  };
  return pick('bench: work', table, name)();
}

/** One supervised training step of any network. */
export function networkWork(network: string, batch: number): BenchWork {
  return methodWork('supervised', supervised(), { name: network }, batch);
}

/** One training step by `method`, with a ResNet-20 for each teacher that it asks for. */
function trainingWork(name: BenchWorkName, method: Method, { depth, batch }: BenchWorkOptions): BenchWork {
  // The option says which ResNet: that of depth 50 with bottlenecks has none, and is refused.
  return methodWork(name, method, { name: `resnet${depth}`, shortcut: 'B' }, batch);
}

function methodWork(name: BenchWorkName, method: Method, spec: NetworkSpec, batch: number): BenchWork {
  const draws = random(0);
  const student = buildNetwork(spec, draws.child('student'));
  const teachers = Array.from({ length: method.teachers }, () => buildNetwork({ name: 'resnet20' }, draws.child('teacher')));
  const distillation = method.build({ student, teachers, random: draws.child('method') });
  const objective = studentObjective([student], teachers, distillation);
  const optimizer = sgd(objective.variables);
  const images = randomBatch(student, batch, draws);
  const clock = { step: 0, epoch: 0, epochs: 1 };
  return {
    name,
    step: (batch = images) => {
      trainStep({ stage: name, objective, optimizer, batch, clock, learningRate: LEARNING_RATE });
    },
    dispose: () => {
      disposeBatch(images);
      for (const part of [optimizer, distillation, student, ...teachers]) part.dispose();
    },
  };
}

/** A forward pass of ResNet-20 in evaluation mode, logits read. */
function inferenceWork({ batch }: BenchWorkOptions): BenchWork {
  const network = buildNetwork({ name: 'resnet20' }, random(0));
  const own = randomBatch(network, batch, random(0));
  return {
    name: 'inference',
    step: ({ images } = own) => tf.tidy(() => void network.forward(images).logits.dataSync()),
    dispose: () => {
      disposeBatch(own);
      network.dispose();
    },
  };
}

/** Normal images and uniform labels, as the peer draws them. */
function randomBatch({ input, classes }: Network, batch: number, draws: Random): TensorBatch {
  const [height, width, channels] = input;
  const [pixels, classesDrawn] = [draws.stream('images'), draws.stream('labels')];
  const images = Float32Array.from({ length: batch * height * width * channels }, () => pixels.normal());
  const labels = Int32Array.from({ length: batch }, () => classesDrawn.below(classes));
  return { images: tf.tensor4d(images, [batch, height, width, channels]), targets: [tf.tensor1d(labels, 'int32')] };
}
