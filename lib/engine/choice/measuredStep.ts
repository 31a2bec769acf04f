/**
 * The training step by which engines are compared: forward, backward and SGD of a ResNet-8 (He et al. 2016, section 4.2, shortcuts of
 * 1×1 convolutions) on 64 images of 32×32×3 and ten classes, of the very ops that networks are made of. Engines know no networks, so it
 * is written down here.
 */
import { random } from '../../util/rng';
import { differentiate } from '../backward';
import { convBatchNormTrain } from '../fused/convBatchNorm';
import { globalAveragePool } from '../fused/globalAveragePool';
import { sgdStep } from '../fused/sgdStep';
import { softmaxCrossEntropy } from '../fused/softmaxCrossEntropy';
import { tf } from '../tf';
import { Variables } from '../variables';

/** Images of a step. */
export const STEP_IMAGES = 64;
const [SIDE, CLASSES] = [32, 10];

/** Convolutions by name: size, channels in, channels out. */
const FILTERS: Readonly<Record<string, readonly [size: number, from: number, to: number]>> = {
  stem: [3, 3, 16],
  first1: [3, 16, 16],
  first2: [3, 16, 16],
  second1: [3, 16, 32],
  second2: [3, 32, 32],
  secondShort: [1, 16, 32],
  third1: [3, 32, 64],
  third2: [3, 64, 64],
  thirdShort: [1, 32, 64],
};
const SGD = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true };

/** Steps of that network on the engine that runs. */
export interface MeasuredStep {
  /** @returns the loss, read from the engine: the step has ended by then */
  step(): Promise<number>;
  dispose(): void;
}

export function measuredStep(): MeasuredStep {
  const variables = initialVariables();
  const parameters = variables.entries().map(({ variable }) => variable);
  const velocities = parameters.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape))));
  const draws = random(0).stream('images');
  const images = tf.tensor4d(
    Float32Array.from({ length: STEP_IMAGES * SIDE * SIDE * 3 }, () => draws.normal()),
    [STEP_IMAGES, SIDE, SIDE, 3],
  );
  const labels = tf.tensor1d(
    Int32Array.from({ length: STEP_IMAGES }, (_, i) => i % CLASSES),
    'int32',
  );
  return {
    async step() {
      const { value, gradients } = differentiate(() => lossOf(variables, images, labels), parameters);
      const updates = parameters.map((parameter, i) => {
        return { parameter, velocity: velocities[i] as tf.Variable, gradient: gradients.get(parameter) as tf.Tensor };
      });
      sgdStep(updates, SGD);
      const [loss = Number.NaN] = await value.data();
      tf.dispose([value, ...gradients.values()]);
      return loss;
    },
    dispose() {
      variables.dispose();
      tf.dispose([images, labels, ...velocities]);
    },
  };
}

/** Filters by He et al. 2015, norms that change nothing yet, a linear layer. */
function initialVariables(): Variables {
  const variables = new Variables();
  const draws = random(0).stream('weights');
  const normals = (count: number, deviation: number): Float32Array =>
    Float32Array.from({ length: count }, () => deviation * draws.normal());
  for (const [name, [size, from, to]] of Object.entries(FILTERS)) {
    const fan = size * size * from;
    variables.add(name, { shape: [size, size, from, to], data: normals(fan * to, Math.sqrt(2 / fan)) });
    variables.add(`${name}.gamma`, { shape: [to], data: new Float32Array(to).fill(1) });
    variables.add(`${name}.beta`, { shape: [to], data: new Float32Array(to) });
  }
  variables.add('linear', { shape: [64, CLASSES], data: normals(64 * CLASSES, 0.1) });
  return variables;
}

function lossOf(variables: Variables, images: tf.Tensor4D, labels: tf.Tensor1D): tf.Scalar {
  /** Convolution and norm, with what is added before the activation; slope 1: none. */
  const layer = (name: string, x: tf.Tensor4D, stride: 1 | 2, slope: 0 | 1, residual?: tf.Tensor4D): tf.Tensor4D => {
    const [filter, gamma, beta] = [name, `${name}.gamma`, `${name}.beta`].map((part) => variables.get(part));
    const norm = { gamma: gamma as tf.Tensor1D, beta: beta as tf.Tensor1D };
    return convBatchNormTrain(x, filter as tf.Tensor4D, norm, { stride, slope, ...(residual ? { residual } : {}) }).y;
  };
  const block = (name: string, x: tf.Tensor4D, stride: 1 | 2): tf.Tensor4D => {
    const short = stride === 1 ? x : layer(`${name}Short`, x, stride, 1);
    return layer(`${name}2`, layer(`${name}1`, x, stride, 0), 1, 0, short);
  };
  const maps = block('third', block('second', block('first', layer('stem', images, 1, 0), 1), 2), 2);
  const logits = tf.matMul(globalAveragePool(maps), variables.get('linear') as tf.Tensor2D);
  return softmaxCrossEntropy(logits as tf.Tensor2D, labels);
}
