/** Evaluation of a network whose answers are known. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { evaluate } from 'iekd/dist/training/evaluate';
import { random } from 'iekd/dist/util/rng';
import { SIDE, tinyData, tinyNetwork } from '../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

/** Answers class 2 with logit 1 whatever it sees: `tinyImages` has as many images of each of the three classes. */
function constantNetwork(): ReturnType<typeof tinyNetwork> {
  const network = tinyNetwork('constant', random(1));
  const zeros = { shape: [SIDE * SIDE, 3], data: new Float32Array(SIDE * SIDE * 3) };
  network.variables.load({
    ...network.variables.snapshot(),
    weight: zeros,
    bias: { shape: [3], data: Float32Array.of(0, 0, 1) },
  });
  return network;
}

describe('evaluate', () => {
  const data = tinyData({ validation: 9, test: 12 });
  const loss = Math.log(2 + Math.E) - 1 / 3;

  for (const [split, count] of [
    ['validation', 9],
    ['test', 12],
  ] as const) {
    for (const batch of [1, 5, 256]) {
      test(`${split} in batches of ${batch}`, async () => {
        const network = constantNetwork();
        const [before, tensors] = [variablesHash(network.variables), tf.memory().numTensors];
        const found = await evaluate(network, data, split, { batch });
        assert.equal(tf.memory().numTensors, tensors, 'tensors');
        assert.equal(variablesHash(network.variables), before, 'variables, moving statistics included');
        assert.ok(Math.abs(found.loss - loss) < 1e-6, `${found.loss} for ${loss}`);
        assert.deepEqual({ ...found, loss: 0 }, { split, count, loss: 0, metrics: { top1: 1 / 3, top5: 1 } });
      });
    }
  }

  test('the result does not depend on the batch', async () => {
    const network = tinyNetwork('any', random(5));
    const [a, b] = [await evaluate(network, data, 'test', { batch: 12 }), await evaluate(network, data, 'test', { batch: 7 })];
    assert.deepEqual({ ...a, loss: 0 }, { ...b, loss: 0 });
    assert.ok(Math.abs(a.loss - b.loss) < 1e-6);
  });

  for (const [side, most] of [
    [64, 256],
    [128, 64],
    [2048, 1],
  ] as const) {
    test(`of ${side}×${side} pixels ${most} at once, unless a batch is given`, async () => {
      const [count, pixels] = [most + 1, side * side];
      const set = { images: new Uint8Array(count * pixels).fill(9), labels: new Uint8Array(count), count };
      const large = { ...data, test: { ...set, height: side, width: side, channels: 1 } };
      const seen: number[] = [];
      const network = constantNetwork();
      const forward: typeof network.forward = ({ shape: [batch] }) => {
        seen.push(batch);
        return { logits: tf.zeros([batch, 3]), features: {} };
      };
      await evaluate({ ...network, forward }, large, 'test');
      assert.deepEqual(seen, [most, 1]);
      network.dispose();
    });
  }

  const refusals: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    [
      'an empty part',
      () => evaluate(constantNetwork(), tinyData({ validation: 0 }), 'validation'),
      'evaluate: validation of tiny: expected images, received none; load the data set with that part',
    ],
    [
      'an unknown part',
      () => evaluate(constantNetwork(), data, 'train' as 'test'),
      'evaluate: expected one of validation, test, received "train"',
    ],
    [
      'a batch of 0',
      () => evaluate(constantNetwork(), data, 'test', { batch: 0 }),
      'evaluate: batch: expected an integer from 1, received 0',
    ],
    [
      'unknown options',
      () => evaluate(constantNetwork(), data, 'test', { size: 3 } as object),
      'evaluate: expected options among batch, task, received "size"',
    ],
  ];
  for (const [name, call, message] of refusals) {
    test(`refuses ${name}`, () => assert.rejects(call, { name: 'InputError', message }));
  }

  test('logits that are not finite name the image', async () => {
    const network = constantNetwork();
    network.variables.get('bias').assign(tf.tensor1d([0, Number.NaN, 0]));
    const message = 'evaluate: test of tiny, image 0: expected finite logits, received NaN for class 1';
    await assert.rejects(evaluate(network, data, 'test'), { name: 'InputError', message });
  });
});
