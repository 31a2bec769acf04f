import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ComparedBranch, type Distillation, factorSimilarity, imageSet, random, supervised, tf } from 'iekd';
import { oneFeatureNetwork } from './oneFeatureNetwork';

const network = oneFeatureNetwork((x) => x);

/** Compares the image with the image, with its negative, and with a fixed direction. */
function distillation(): Distillation {
  const base = supervised().build({ student: network, teachers: [], random: random(0) });
  return {
    ...base,
    features: { teacher: ['image'], student: ['image'] },
    compare({ student }): ComparedBranch[] {
      const x = student.features.image as tf.Tensor4D;
      const first = tf.mul(tf.onesLike(x), tf.tensor([1, 0, 0, 0], [1, 2, 2, 1]));
      return [
        { branch: 'same', factor: [x], target: [tf.mul(x, 3)] },
        { branch: 'opposite', factor: [x], target: [tf.neg(x)] },
        { branch: 'mixed', factor: [x, x], target: [first, x] },
      ];
    },
  };
}

test('cosines a part and image, over batches that do not divide the images, layers averaged, nothing left behind', async () => {
  await tf.setBackend('cpu');
  const bytes = Uint8Array.from([255, 0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0]);
  const images = imageSet('test', bytes, Uint8Array.of(0, 1, 0), { height: 2, width: 2, channels: 1 });
  const before = tf.memory().numTensors;
  const options = { student: network, teachers: [network], images, normalisation: { mean: [0], std: [1] }, batch: 2 };
  const parts = factorSimilarity({ distillation: distillation(), ...options });
  assert.equal(tf.memory().numTensors, before);
  const expected: Record<string, number[]> = {
    same: [1, 1, 1],
    opposite: [-1, -1, -1],
    mixed: [1, 0.5, (1 + Math.SQRT1_2) / 2],
  };
  assert.deepEqual(
    parts.map((p) => p.part),
    Object.keys(expected),
  );
  for (const { part, cosines } of parts) {
    for (const [i, value] of cosines.entries())
      assert.ok(Math.abs(value - (expected[part]?.[i] ?? NaN)) < 1e-6, `${part} ${i}: ${value}`);
  }
});

test('refuses factors of another shape than their target, naming both, and leaves nothing behind', async () => {
  await tf.setBackend('cpu');
  const images = imageSet('test', new Uint8Array(4), Uint8Array.of(0), { height: 2, width: 2, channels: 1 });
  const unlike: Distillation = {
    ...distillation(),
    compare: ({ student }) => [{ branch: 'whole', factor: [student.features.image as tf.Tensor4D], target: [tf.ones([1, 3])] }],
  };
  const options = { student: network, teachers: [network], images, normalisation: { mean: [0], std: [1] } };
  const before = tf.memory().numTensors;
  assert.throws(() => factorSimilarity({ distillation: unlike, ...options }), {
    name: 'InputError',
    message: "factorSimilarity: expected factors of the target's shape [1,3], received [1,2,2,1]",
  });
  assert.equal(tf.memory().numTensors, before);
});

test('peers are looked at as the student is, for a method in which networks learn from each other', async () => {
  await tf.setBackend('cpu');
  const images = imageSet('test', Uint8Array.of(255, 0, 0, 0), Uint8Array.of(0), { height: 2, width: 2, channels: 1 });
  const learning: Distillation = {
    ...distillation(),
    features: { teacher: [], student: ['image'], peers: [['image']] },
    compare: ({ student, peers: [peer] = [] }) => {
      const [factor, target] = [student, peer].map((result) => [result?.features.image as tf.Tensor4D]);
      return [{ branch: 'peer', factor: factor ?? [], target: target ?? [] }];
    },
  };
  const peers = [oneFeatureNetwork((x) => tf.neg(x))];
  const options = { student: network, teachers: [], peers, images, normalisation: { mean: [0], std: [1] } };
  const [part] = factorSimilarity({ distillation: learning, ...options });
  assert.equal(part?.part, 'peer');
  assert.ok(Math.abs((part?.cosines[0] ?? 0) + 1) < 1e-6);
});
