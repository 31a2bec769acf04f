/**
 * Training in a page: the library's own steps (forward, backward, SGD) of a fresh student on the images that came with the page, by its
 * teacher's knowledge (`kdMethod`) where there is one, else by labels alone. Values are awaited, since a page may not block: a step's
 * gradients are applied when its loss has been read and is finite.
 */
import { batches } from '../../data/batches';
import type { Batch, ImageSet } from '../../data/types';
import { tf } from '../../engine/tf';
import { kdMethod } from '../../methods/kd';
import { supervised } from '../../methods/supervised';
import { buildNetwork } from '../../models';
import type { InputNormalisation, Network, NetworkSpec } from '../../models/types';
import { sgd } from '../../optim/optimizers/sgd';
import { onePass } from '../../optim/pass';
import { DEFAULT_TASK } from '../../tasks';
import { disposeBatch, tensorBatch } from '../../tasks/tensorBatch';
import { studentObjective } from '../../training/studentObjective';
import { refusePhrase } from '../../util/check';
import { random } from '../../util/rng';

/** What is trained, and how. */
export interface PageTrainingOptions {
  readonly spec: NetworkSpec;
  readonly normalisation: InputNormalisation;
  /** In evaluation mode; of the student's classes. */
  readonly teacher?: Network;
  /** Images a step; default 32. */
  readonly batch?: number;
  /** Default 0.05. */
  readonly learningRate?: number;
  /** Of weights and the order of images; default 0. */
  readonly seed?: number;
}

/** A step that has been made. */
export interface PageStep {
  /** From 1. */
  readonly step: number;
  readonly epoch: number;
  /** The weighted sum of the method's terms. */
  readonly loss: number;
  /** From the batch in hand to the parameters in their places. */
  readonly milliseconds: number;
}

/** Training under way. */
export interface PageTraining {
  readonly parameters: number;
  readonly batch: number;
  /** Makes one step. @throws InputError for a loss that is not finite; the parameters are then as they were */
  step(): Promise<PageStep>;
  /** Share of the images whose class is the likeliest one, in evaluation mode, of the first `most`. */
  accuracy(most: number): Promise<number>;
  dispose(): void;
}

const STAGE = 'page';

/** Begins to train, on whatever engine runs. */
export function pageTraining(set: ImageSet, options: PageTrainingOptions): PageTraining {
  const { spec, normalisation, teacher, batch = 32, learningRate = 0.05, seed = 0 } = options;
  const draws = random(seed);
  const student = buildNetwork(spec, draws.child('student'));
  const teachers = teacher ? [teacher] : [];
  const method = teacher ? kdMethod() : supervised();
  const distillation = method.build({ student, teachers, random: draws.child('method'), task: DEFAULT_TASK });
  const objective = studentObjective([student], teachers, distillation, normalisation);
  const optimizer = sgd(objective.variables);
  const given = endless(set, batch, normalisation, draws);
  let made = 0;
  return {
    parameters: student.variables.parameterCount(),
    batch,
    async step() {
      const { one, epoch } = given.next().value;
      const started = performance.now();
      const tensors = tensorBatch(DEFAULT_TASK, one);
      const clock = { step: made, epoch, epochs: epoch + 1 };
      const { terms, values, gradients, release } = onePass({
        ...{ stage: STAGE, objective, batch: tensors, clock, random: undefined, round: 0 },
      });
      try {
        const read = await values.data();
        const loss = terms.reduce((sum, { weight }, i) => (weight === 0 ? sum : sum + weight * (read[i] as number)), 0);
        if (!Number.isFinite(loss)) throw refusePhrase('training', 'a finite loss', `${loss} at step ${made + 1}`);
        optimizer.step(gradients, learningRate);
        made++;
        return { step: made, epoch, loss, milliseconds: performance.now() - started };
      } finally {
        release();
        disposeBatch(tensors);
      }
    },
    accuracy: (most) => accuracyOf(student, set, normalisation, most),
    dispose: () => {
      for (const part of [optimizer, distillation, student]) part.dispose();
    },
  };
}

/** Full batches of epoch after epoch, shuffled anew each time. */
function* endless(
  set: ImageSet,
  batch: number,
  normalisation: InputNormalisation,
  draws: ReturnType<typeof random>,
): Generator<{ readonly one: Batch; readonly epoch: number }, never, void> {
  if (set.count < batch) throw refusePhrase('training', `at least ${batch} images`, `${set.count}`);
  for (let epoch = 0; ; epoch++) {
    for (const one of batches(set, { batch, normalisation, epoch, random: draws })) if (one.size === batch) yield { one, epoch };
  }
}

async function accuracyOf(network: Network, set: ImageSet, normalisation: InputNormalisation, most: number): Promise<number> {
  let [right, seen] = [0, 0];
  for (const one of batches(set, { batch: 100, normalisation })) {
    const { images, targets } = tensorBatch(DEFAULT_TASK, one);
    const found = tf.tidy(() => tf.argMax(network.forward(images).logits, 1));
    const classes = await found.data();
    for (const [i, label] of one.labels.entries()) if (classes[i] === label) right++;
    seen += one.size;
    tf.dispose([images, ...targets, found]);
    if (seen >= most) break;
  }
  return right / seen;
}
