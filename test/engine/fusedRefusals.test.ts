/** What our own ops refuse, and the words they do it in. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { adamStep } from 'iekd/dist/engine/fused/adamStep';
import { averageStep } from 'iekd/dist/engine/fused/averageStep';
import { batchNormInfer, batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { interleaveChannels } from 'iekd/dist/engine/fused/interleaveChannels';
import { leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { selectChannels } from 'iekd/dist/engine/fused/selectChannels';
import { sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { softmaxCrossEntropy } from 'iekd/dist/engine/fused/softmaxCrossEntropy';
import { tf } from 'iekd/dist/engine/tf';

describe('fused ops refuse', () => {
  before(() => tf.setBackend('cpu'));

  const x = (): tf.Tensor4D => tf.zeros([1, 2, 2, 3]);
  const per = (n: number): tf.Tensor1D => tf.zeros([n]);
  const refusals: readonly (readonly [string, () => unknown])[] = [
    ['batchNormTrain: expected one value for each of 3 channels, received [2]', () => batchNormTrain(x(), per(2), per(3))],
    [
      'batchNormTrain: expected a residual of shape [1,2,2,3], received [1,2,2,4]',
      () => batchNormTrain(x(), per(3), per(3), { residual: tf.zeros([1, 2, 2, 4]) }),
    ],
    [
      'batchNormInfer: expected one value for each of 3 channels, received [4]',
      () => batchNormInfer(x(), per(3), per(3), per(3), per(4)),
    ],
    ['leakyRelu: slope: expected a number in [0, 1], received -0.1', () => leakyRelu(x(), -0.1)],
    ['selectChannels: expected distinct channel numbers in [0, 3), received [3]', () => selectChannels(x(), [3])],
    ['selectChannels: expected distinct channel numbers in [0, 3), received [1,1]', () => selectChannels(x(), [1, 1])],
    ['selectChannels: expected distinct channel numbers in [0, 3), received []', () => selectChannels(x(), [])],
    [
      'interleaveChannels: expected maps of one shape, [1,2,2,3], received [1,2,2,4]',
      () => interleaveChannels(x(), tf.zeros([1, 2, 2, 4])),
    ],
    [
      'softmaxCrossEntropy: expected int32 labels of shape [2], received "float32 [2]"',
      () => softmaxCrossEntropy(tf.zeros([2, 3]), tf.zeros([2])),
    ],
    [
      'sgdStep: expected velocity and gradient of shape [2], received [[2],[3]]',
      () =>
        sgdStep([{ parameter: tf.variable(per(2)), velocity: tf.variable(per(2)), gradient: per(3) }], {
          learningRate: 0.1,
          momentum: 0,
          weightDecay: 0,
          nesterov: false,
        }),
    ],
    [
      'adamStep: expected means and gradient of shape [2], received [[2],[3],[2]]',
      () => {
        const [parameter, mean, square] = [per(2), per(2), per(3)].map((values) => tf.variable(values)) as [
          tf.Variable,
          tf.Variable,
          tf.Variable,
        ];
        adamStep([{ parameter, mean, square, gradient: per(2), steps: 1 }], {
          ...{ learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
          ...{ weightDecay: 0, decoupled: true },
        });
      },
    ],
    [
      'averageStep: expected an average of shape [2], received [3]',
      () => averageStep([{ average: tf.variable(per(3)), variable: tf.variable(per(2)) }], 0.5),
    ],
  ];
  for (const [message, run] of refusals) {
    it(message, () => {
      tf.tidy(() => assert.throws(run, { name: 'InputError', message }));
      tf.disposeVariables();
    });
  }
});
