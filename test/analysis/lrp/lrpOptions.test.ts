/** What is explained, and what is refused, with the text of each error. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type LrpOptions, lrp, tf } from 'iekd';
import { identity, plainLayer } from 'iekd/dist/models/layers/layer';
import { networkOf } from 'iekd/dist/models/network';
import { random } from 'iekd/dist/util/rng';
import { NORMALISATION, pictures, settle, smallResidual } from '../../fixtures/lrpNetworks';
import { oneFeatureNetwork } from '../oneFeatureNetwork';

before(() => tf.setBackend('cpu'));

const network = settle(smallResidual(), true);
const images = pictures(network, 3);
const explain = (options: object) => lrp(network, images, { normalisation: NORMALISATION, ...options } as LrpOptions);

test('the class explained: the predicted one, the label, one for all, one an image; its logit is the relevance at the top', () => {
  const { logits, predicted } = explain({});
  const rows: readonly (readonly [object, readonly number[]])[] = [
    [{}, predicted],
    [{ target: 'predicted' }, predicted],
    [{ target: 'label' }, [0, 1, 2]],
    [{ target: 2 }, [2, 2, 2]],
    [{ target: [2, 0, 1] }, [2, 0, 1]],
  ];
  for (const [options, expected] of rows) {
    const { explained, sums } = explain(options);
    assert.deepEqual(explained, expected);
    assert.deepEqual(
      sums[0]?.relevance,
      expected.map((c, i) => logits[3 * i + c]),
    );
  }
  for (const [i, c] of predicted.entries()) assert.equal(logits[3 * i + c], Math.max(...logits.subarray(3 * i, 3 * i + 3)));
});

test('batches of any size give the same maps', () => {
  assert.deepEqual(explain({ batch: 2 }), explain({ batch: 3 }));
});

describe('refuses', () => {
  const rows: readonly (readonly [object, string])[] = [
    [
      { targets: 1 },
      'lrp: did you mean "target"? expected options among normalisation, target, rules, epsilon, gamma, part, feature, batch, received "targets"',
    ],
    [{ target: 3 }, 'lrp: target: expected an integer in [0, 2], received 3'],
    [{ target: [0, 1, -1] }, 'lrp: target: expected an integer in [0, 2], received -1'],
    [{ target: [0, 1] }, 'lrp: target: expected a target for each of 3 images, received [0,1]'],
    [{ target: 'true' }, 'lrp: target: expected one of predicted, label, received "true"'],
    [
      { rules: { convolution: 'z++' } },
      'lrp: rules.convolution: expected one of zero, epsilon, gamma, alpha1beta0, received "z++"',
    ],
    [{ rules: { linear: 'zB' } }, 'lrp: rules.linear: expected one of zero, epsilon, gamma, alpha1beta0, received "zB"'],
    [{ rules: { first: 'flat' } }, 'lrp: rules.first: expected one of zero, epsilon, gamma, alpha1beta0, zB, received "flat"'],
    [{ rules: { sum: 'half' } }, 'lrp: rules.sum: expected one of zero, epsilon, gamma, alpha1beta0, received "half"'],
    [{ rules: { conv: 'zero' } }, 'lrp: rules: expected options among linear, convolution, first, sum, norm, received "conv"'],
    [{ epsilon: -1 }, 'lrp: epsilon: expected a number from 0, received -1'],
    [{ gamma: Number.NaN }, 'lrp: gamma: expected a number from 0, received NaN'],
    [{ part: [0, 4] }, 'lrp: part: expected an integer in [0, 3], received 4'],
    [{ part: [1, 1] }, 'lrp: part: expected every channel once, received 1'],
    [{ part: [0], feature: 'stage4' }, 'lrp: feature: expected one of stage1, stage2, stage3, received "stage4"'],
    [{ batch: 0 }, `lrp: batch: expected an integer from 1, received 0`],
  ];
  for (const [options, message] of rows) {
    test(message, () => {
      const before = tf.memory().numTensors;
      assert.throws(() => explain(options), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, before);
    });
  }

  test('networks and layers that do not say what they do, and images of another size', () => {
    const options = { normalisation: NORMALISATION };
    assert.throws(
      () =>
        lrp(
          oneFeatureNetwork((x) => x),
          images,
          options,
        ),
      {
        message: 'lrp: expected a network that says what its layers do, as buildNetwork\'s do, received "one-feature"',
      },
    );
    const spec = { name: 'untold', classes: 2, input: [6, 6, 2] } as const;
    const untold = networkOf({ spec, stages: [plainLayer((x) => tf.square(x))], head: identity }, random(0));
    const before = tf.memory().numTensors;
    assert.throws(() => lrp(untold, images, options), {
      message: 'lrp: expected layers that say what they do, received one that does not',
    });
    const larger = pictures({ ...network, input: [8, 8, 2] }, 1);
    assert.throws(() => lrp(network, larger, options), {
      message: 'smallResidual.forward: expected images of shape [batch,6,6,2], received [1,8,8,2]',
    });
    assert.equal(tf.memory().numTensors, before);
  });
});
