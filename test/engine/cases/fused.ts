/** Our own ops (lib/engine/fused): each engine against their slow definitions on the plain CPU engine. */

import { type AdamCoefficients, adamStep } from 'iekd/dist/engine/fused/adamStep';
import { addBias, addMaps } from 'iekd/dist/engine/fused/addMaps';
import { averageStep } from 'iekd/dist/engine/fused/averageStep';
import { batchNormInfer, batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { convBatchNormInfer, convBatchNormTrain } from 'iekd/dist/engine/fused/convBatchNorm';
import { globalAveragePool } from 'iekd/dist/engine/fused/globalAveragePool';
import { interleaveChannels } from 'iekd/dist/engine/fused/interleaveChannels';
import { clipAbove, leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { moveStatistics } from 'iekd/dist/engine/fused/movingStatistics';
import { normalizeRows } from 'iekd/dist/engine/fused/normalizeRows';
import { selectChannels } from 'iekd/dist/engine/fused/selectChannels';
import { type SgdCoefficients, sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { softmaxCrossEntropy } from 'iekd/dist/engine/fused/softmaxCrossEntropy';
import { tf } from 'iekd/dist/engine/tf';
import { type KernelCase, of, shapeText } from './types';

const SHAPES = [
  [2, 3, 3, 5],
  [4, 4, 4, 16],
  [3, 1, 1, 1],
  [1, 5, 7, 17],
  [2, 8, 8, 33],
] as const;
type FourSizes = readonly [number, number, number, number];
type Four = tf.Tensor4D;
type One = tf.Tensor1D;

function batchNorms(shape: (typeof SHAPES)[number], slope: number, residual: boolean, ceiling?: number): KernelCase[] {
  const channels = [shape[3]];
  const label = `${shapeText(shape)}, slope ${slope}${residual ? ', residual' : ''}${ceiling === undefined ? '' : `, ceiling ${ceiling}`}`;
  const kernel = residual && slope !== 1 ? 'IekdBatchNormResidual' : 'IekdBatchNorm';
  const extra = (r: tf.Tensor | undefined) => ({
    slope,
    ...(ceiling === undefined ? {} : { ceiling }),
    ...(residual ? { residual: r as Four } : {}),
  });
  const perChannel = [of(channels), of(channels)];
  const last = residual ? [of(shape)] : [];
  // Sums over the batch cancel in the gradient of x: their rounding is relative to the addends, not to the result.
  const tolerance = { relative: 1e-4, absolute: 3e-5 };
  return [
    {
      name: `batchNormTrain ${label}`,
      kernels: [kernel],
      inputs: [of(shape), ...perChannel, ...last],
      run: (x, gamma, beta, r) => batchNormTrain(x as Four, gamma as One, beta as One, extra(r)).y,
      tolerance,
    },
    {
      name: `batchNormTrain's moments ${label}`,
      kernels: [kernel],
      inputs: [of(shape), ...perChannel, ...last],
      run: (x, gamma, beta, r) => {
        const { mean, variance } = batchNormTrain(x as Four, gamma as One, beta as One, extra(r));
        return [mean, variance];
      },
      differentiate: [],
    },
    {
      name: `batchNormInfer ${label}`,
      kernels: ['IekdBatchNormInfer'],
      inputs: [of(shape), ...perChannel, of(channels), of(channels, 'positive'), ...last],
      run: (x, gamma, beta, mean, variance, r) =>
        batchNormInfer(x as Four, gamma as One, beta as One, mean as One, variance as One, extra(r)),
      // The engines differentiate a frozen norm by what the networks need: x, gamma, beta and the residual.
      differentiate: residual ? [0, 1, 2, 5] : [0, 1, 2],
      tolerance,
    },
  ];
}

function select(shape: readonly number[], indices: number[]): KernelCase {
  return {
    name: `selectChannels ${indices} of ${shapeText(shape)}`,
    kernels: ['IekdSelectChannels'],
    inputs: [of(shape)],
    run: (x) => selectChannels(x as Four, indices),
  };
}

function crossEntropy(batch: number, classes: number, scale: number): KernelCase {
  return {
    name: `softmaxCrossEntropy ${batch}x${classes}, logits times ${scale}`,
    kernels: ['IekdSoftmaxCrossEntropy'],
    inputs: [of([batch, classes]), of([batch], 'int', classes)],
    run: (logits, labels) => softmaxCrossEntropy(tf.mul(logits as tf.Tensor2D, scale), labels as One),
  };
}

/** A convolution with its norm: shapes with a kernel of their own, and one (stride 2) without. */
function convBatchNorms(
  x: FourSizes,
  to: number,
  stride: number,
  slope: number,
  withResidual: boolean,
  ceiling?: number,
): KernelCase[] {
  const y = [x[0], Math.ceil(x[1] / stride), Math.ceil(x[2] / stride), to];
  const below = ceiling === undefined ? '' : `, ceiling ${ceiling}`;
  const label = `${shapeText(x)} to ${to}, stride ${stride}, slope ${slope}${withResidual ? ', residual' : ''}${below}`;
  const inputs = [of(x), of([3, 3, x[3], to]), of([to]), of([to])];
  const last = withResidual ? [of(y)] : [];
  const options = (r: tf.Tensor | undefined) => ({
    ...{ stride, slope },
    ...(withResidual ? { residual: r as Four } : {}),
    ...(ceiling === undefined ? {} : { ceiling }),
  });
  const tolerance = { relative: 1e-4, absolute: 2e-4 };
  return [
    {
      name: `convBatchNormTrain ${label}`,
      kernels: ['IekdConvBatchNorm', 'IekdConvBatchNormGrad'],
      inputs: [...inputs, ...last],
      run: (a, f, gamma, beta, r) =>
        convBatchNormTrain(a as Four, f as Four, { gamma: gamma as One, beta: beta as One }, options(r)).y,
      tolerance,
    },
    {
      name: `convBatchNormTrain's moments ${label}`,
      kernels: ['IekdConvBatchNorm'],
      // Far from zero, where a sum of squares would have lost the variance.
      inputs: [of(x, 'positive'), of([3, 3, x[3], to], 'positive'), of([to]), of([to]), ...last],
      run: (a, f, gamma, beta, r) => {
        const norm = { gamma: gamma as One, beta: beta as One };
        const { mean, variance } = convBatchNormTrain(a as Four, f as Four, norm, options(r));
        return [mean, variance];
      },
      differentiate: [],
    },
    {
      name: `convBatchNormInfer ${label}`,
      kernels: ['IekdConvBatchNormInfer'],
      inputs: [...inputs, of([to]), of([to], 'positive'), ...last],
      run: (a, f, ...given) => {
        const [gamma, beta, mean, variance] = given as [One, One, One, One];
        return convBatchNormInfer(a as Four, f as Four, { gamma, beta, mean, variance }, options(given[4]));
      },
      differentiate: withResidual ? [0, 1, 2, 3, 6] : [0, 1, 2, 3],
      tolerance,
    },
  ];
}

function sgd(shape: readonly number[], coefficients: SgdCoefficients): KernelCase {
  return {
    name: `sgdStep ${shapeText(shape)} ${JSON.stringify(coefficients)}`,
    kernels: ['IekdSgdInPlace'],
    inputs: [of(shape), of(shape), of(shape)],
    run: (w, v, g) => {
      const [parameter, velocity] = [tf.variable(w as tf.Tensor), tf.variable(v as tf.Tensor)];
      sgdStep([{ parameter, velocity, gradient: g as tf.Tensor }], coefficients);
      return emptied([parameter, velocity]);
    },
    differentiate: [],
  };
}

/** Several parameters at once, of sizes that threads cannot share evenly. */
function sgdOfMany(shapes: readonly (readonly number[])[], coefficients: SgdCoefficients): KernelCase {
  return {
    name: `sgdStep ${shapes.map(shapeText).join(' and ')}`,
    kernels: ['IekdSgdInPlace'],
    inputs: shapes.flatMap((shape) => [of(shape), of(shape), of(shape)]),
    run: (...given) => {
      const updates = shapes.map((_, i) => {
        const [w, v, gradient] = given.slice(3 * i, 3 * i + 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
        return { parameter: tf.variable(w), velocity: tf.variable(v), gradient };
      });
      sgdStep(updates, coefficients);
      return emptied(updates.flatMap(({ parameter, velocity }) => [parameter, velocity]));
    },
    differentiate: [],
  };
}

const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 };

/** Three parameters with steps of their own, of sizes that threads cannot share evenly. */
function adam(shapes: readonly (readonly number[])[], coefficients: AdamCoefficients): KernelCase {
  const { decoupled } = coefficients;
  return {
    name: `adamStep ${shapes.map(shapeText).join(' and ')}${decoupled ? ', decoupled' : ''}`,
    kernels: ['IekdAdamInPlace'],
    inputs: shapes.flatMap((shape) => [of(shape), of(shape), of(shape, 'positive'), of(shape)]),
    run: (...given) => {
      const updates = shapes.map((_, i) => {
        const [w, m, s, gradient] = given.slice(4 * i, 4 * i + 4) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return { parameter: tf.variable(w), mean: tf.variable(m), square: tf.variable(s), gradient, steps: 1 + 10 * i };
      });
      adamStep(updates, coefficients);
      return emptied(updates.flatMap(({ parameter, mean, square }) => [parameter, mean, square]));
    },
    differentiate: [],
  };
}

function averages(shapes: readonly (readonly number[])[], decay: number): KernelCase {
  return {
    name: `averageStep ${shapes.map(shapeText).join(' and ')}, decay ${decay}`,
    kernels: decay === 0 ? [] : ['IekdAverageInPlace'],
    inputs: shapes.flatMap((shape) => [of(shape), of(shape)]),
    run: (...given) => {
      const updates = shapes.map((_, i) => {
        const [average, variable] = given.slice(2 * i, 2 * i + 2) as [tf.Tensor, tf.Tensor];
        return { average: tf.variable(average), variable: tf.variable(variable) };
      });
      averageStep(updates, decay);
      return emptied(updates.flatMap(({ average, variable }) => [average, variable]));
    },
    differentiate: [],
  };
}

function moving(channels: number, count: number): KernelCase {
  return {
    name: `moveStatistics ${channels} channels, ${count} values each`,
    kernels: ['IekdMoveInPlace'],
    inputs: [of([channels]), of([channels], 'positive'), of([channels]), of([channels], 'positive')],
    run: (m, v, mean, variance) => {
      const moved = { mean: tf.variable(m as tf.Tensor), variance: tf.variable(v as tf.Tensor) };
      moveStatistics(moved, { mean: mean as One, variance: variance as One }, count);
      return emptied([moved.mean, moved.variance]);
    },
    differentiate: [],
  };
}

/** The values of variables as tensors; the variables, which no tidy collects, are disposed. */
function emptied(variables: readonly tf.Variable[]): tf.Tensor[] {
  const values = variables.map((v) => v.clone());
  for (const v of variables) v.dispose();
  return values;
}

const rate = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true };

export const fusedCases: readonly KernelCase[] = [
  ...SHAPES.flatMap((shape) => [...batchNorms(shape, 1, false), ...batchNorms(shape, 0, false), ...batchNorms(shape, 0, true)]),
  ...batchNorms([2, 3, 3, 5], 0.1, false),
  ...batchNorms([2, 3, 3, 5], 0.1, true),
  ...batchNorms([2, 3, 3, 5], 1, true),
  ...batchNorms([2, 3, 3, 5], 0, false, 0.5),
  ...batchNorms([2, 3, 3, 5], 0.1, true, 0.5),
  ...convBatchNorms([2, 8, 8, 16], 16, 1, 0, false),
  ...convBatchNorms([3, 7, 5, 16], 32, 1, 0, true),
  ...convBatchNorms([2, 6, 9, 32], 16, 1, 0.1, false),
  ...convBatchNorms([1, 4, 4, 48], 16, 1, 1, true),
  ...convBatchNorms([5, 8, 8, 64], 64, 1, 0, true),
  ...convBatchNorms([2, 8, 8, 16], 32, 2, 0, false),
  ...convBatchNorms([2, 7, 6, 3], 5, 2, 0, true, 1.5),
  sgdOfMany([[3, 3, 5, 7], [1], [129, 129], [2]], { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true }),
  ...[false, true].map((decoupled) => adam([[3, 3, 5, 7], [1], [129, 129]], { ...ADAM, decoupled })),
  ...[0, 0.999].map((decay) => averages([[3, 3, 5, 7], [1], [129, 129], [2]], decay)),
  ...[0, 0.1, 1].map((slope) => ({
    name: `leakyRelu 3x5x7, slope ${slope}`,
    kernels: ['IekdLeakyRelu'],
    inputs: [of([3, 5, 7], 'halves' as const)],
    run: (x?: tf.Tensor) => (slope === 1 ? tf.mul(leakyRelu(x as tf.Tensor, slope), 1) : leakyRelu(x as tf.Tensor, slope)),
  })),
  {
    name: 'addMaps and addBias',
    kernels: ['Add'],
    inputs: [of([2, 3, 4, 5]), of([2, 3, 4, 5]), of([5])],
    run: (a, b, bias) => addBias(addMaps(a as Four, b as Four), bias as tf.Tensor),
  },
  {
    name: 'clipAbove 3x5x7, 0.5',
    kernels: ['Minimum', 'Step'],
    inputs: [of([3, 5, 7], 'halves')],
    run: (x) => clipAbove(x as tf.Tensor, 0.5),
  },
  ...SHAPES.map((shape) => ({
    name: `globalAveragePool ${shapeText(shape)}`,
    kernels: ['IekdGlobalAveragePool'],
    inputs: [of(shape)],
    run: (x?: tf.Tensor) => globalAveragePool(x as Four),
  })),
  ...[
    [4, 17],
    [1, 1],
    [3, 128],
  ].map((shape) => ({
    name: `normalizeRows ${shapeText(shape)}`,
    kernels: ['IekdNormalizeRows'],
    inputs: [of(shape)],
    run: (x?: tf.Tensor) => normalizeRows(x as tf.Tensor2D),
  })),
  {
    name: 'normalizeRows 4x17, rows at the floor and above',
    kernels: ['IekdNormalizeRows'],
    inputs: [of([4, 17])],
    run: (x) => normalizeRows(tf.mul(x as tf.Tensor2D, tf.tensor2d([0.01, 1, 0.1, 100], [4, 1])), 2),
  },
  select([2, 3, 3, 5], [0]),
  select([2, 3, 3, 16], [8, 9, 10, 11, 12, 13, 14, 15]),
  select([1, 5, 7, 17], [16, 3, 0, 9, 4]),
  select([2, 2, 2, 4], [3, 2, 1, 0]),
  ...SHAPES.map((shape) => ({
    name: `interleaveChannels ${shapeText(shape)} twice`,
    kernels: ['IekdSelectChannels', 'IekdSelectChannelsGrad', 'Add'],
    inputs: [of(shape), of(shape)],
    run: (a?: tf.Tensor, b?: tf.Tensor) => interleaveChannels(a as Four, b as Four),
  })),
  crossEntropy(4, 10, 1),
  crossEntropy(1, 2, 1),
  crossEntropy(7, 17, 300),
  sgd([3, 3, 5, 17], rate),
  sgd([17], { ...rate, nesterov: false }),
  sgd([1], { learningRate: 0.01, momentum: 0, weightDecay: 0, nesterov: false }),
  moving(17, 128),
  moving(1, 1),
];
