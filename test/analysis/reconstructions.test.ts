import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Distillation, imageSet, random, reconstructions, supervised, tf } from 'iekd';
import { oneFeatureNetwork } from './oneFeatureNetwork';

/** Its one feature has two channels: the image, and a tenth of it. */
const teacher = oneFeatureNetwork((x) => tf.concat([tf.mul<tf.Tensor4D>(x, 0.1), x], 3));

const plain = (): Distillation => supervised().build({ student: teacher, teachers: [], random: random(0) });
const images = imageSet('test', Uint8Array.of(0, 51, 255, 0, 0, 0, 0, 0), Uint8Array.of(0, 1), {
  height: 2,
  width: 2,
  channels: 1,
});
const normalisation = { mean: [0], std: [1] };

test('the strongest channel, and its reconstruction on the same scale', async () => {
  await tf.setBackend('cpu');
  const half: Distillation = {
    ...plain(),
    features: { teacher: ['image'], student: [] },
    teacherSide: {
      shapes: [],
      variables: teacher.variables,
      target: () => [],
      reconstruct: (maps) => maps.map((m) => tf.mul(m, 0.5)),
    },
  };
  const before = tf.memory().numTensors;
  const [first, empty] = reconstructions({ distillation: half, teacher, images, normalisation });
  assert.equal(tf.memory().numTensors, before);
  assert.equal(first?.channel, 1);
  const round = (values: Float32Array | undefined): number[] => Array.from(values ?? [], (v) => Math.round(v * 1000) / 1000);
  assert.deepEqual(round(first?.map.pixels), [0, 0.2, 1, 0]);
  assert.deepEqual(round(first?.rebuilt.pixels), [0, 0.1, 0.5, 0]);
  assert.ok(Math.abs((first?.relativeError ?? 0) - 0.5) < 1e-6);
  assert.deepEqual([round(empty?.map.pixels), empty?.relativeError], [[0, 0, 0, 0], 0]);
});

test('a method that fits nothing is refused', () => {
  assert.throws(() => reconstructions({ distillation: plain(), teacher, images, normalisation }), {
    message: 'reconstructions: expected a method with a factor encoder, received one without',
  });
});
