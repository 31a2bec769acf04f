/** A network that was trained on images of another normalisation than the data set's: what feeds it, and what a run says of it. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { batches } from 'iekd/dist/data/batches';
import type { Dataset, ImageSet } from 'iekd/dist/data/types';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { buildMethod } from 'iekd/dist/methods';
import { buildNetwork, onImages, planNetwork } from 'iekd/dist/models';
import { normalisationFor, renormalised } from 'iekd/dist/models/inputNormalisation';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { evaluate } from 'iekd/dist/training/evaluate';
import { train } from 'iekd/dist/training/train';
import { canonicalJson } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { noiseSet } from '../fixtures/dataFiles';

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const spec = (entries: object): NetworkSpec => ({ name: 'resnet8', input: [8, 8, 3], classes: 4, ...entries });

function smallDataset(entries: object = {}): Dataset<ImageSet> {
  const part = (count: number): ImageSet =>
    noiseSet(
      Array.from({ length: count }, (_, i) => i % 4),
      { height: 8, width: 8, channels: 3 },
    );
  return {
    ...{ name: 'noise', classNames: ['a', 'b', 'c', 'd'], mean: [0.5, 0.4, 0.6], std: [0.3, 0.25, 0.2] },
    ...{ train: part(16), validation: part(0), test: part(12), augmentation: { pad: 1, flip: true } },
    ...{ source: 'made here', split: 'none', fingerprint: 'noise' },
    ...entries,
  };
}

before(() => start({ engine: 'portable' }));

test('is part of a description where it is given, and only there', () => {
  const [own, without] = [planNetwork(spec({ normalisation: IMAGENET })).spec, planNetwork(spec({})).spec];
  assert.deepEqual(own.normalisation, IMAGENET);
  assert.equal('normalisation' in without, false);
  assert.equal(canonicalJson({ ...without, normalisation: IMAGENET }), canonicalJson(own));
  const network = onImages('test', buildNetwork(spec({ normalisation: IMAGENET }), random(0)), [12, 12, 3]);
  assert.deepEqual(network.spec.normalisation, IMAGENET);
  network.dispose();
});

test('must be numbers of pixels in [0, 1], one a channel', () => {
  const cases: [unknown, string][] = [
    [7, 'normalisation: expected mean and std, a number a channel, received 7'],
    [{ mean: [0, 0, 0] }, 'normalisation: std: expected a number for each of 3 channels, received undefined'],
    [{ ...IMAGENET, mean: [0.5] }, 'normalisation: mean: expected a number for each of 3 channels, received [0.5]'],
    [
      { ...IMAGENET, std: [1, 0, 1] },
      'normalisation: std: expected numbers above 0, at most 1, of pixels in [0, 1], received [1,0,1]',
    ],
    [
      { ...IMAGENET, mean: [124, 116, 104] },
      'normalisation: mean: expected numbers in [0, 1], of pixels in [0, 1], received [124,116,104]; divide them by 255',
    ],
  ];
  for (const [normalisation, message] of cases) {
    assert.throws(() => planNetwork(spec({ normalisation })), { message: `buildNetwork: resnet8: ${message}` });
  }
});

test('a batch of the data set’s normalisation becomes the network’s own, to 4·2⁻²⁴ of its parts', () => {
  const data = smallDataset();
  const network = buildNetwork(spec({ normalisation: IMAGENET }), random(0));
  let seen: Float32Array = new Float32Array(0);
  const spy = {
    ...network,
    forward: (x: tf.Tensor4D) => {
      seen = Float32Array.from(x.dataSync());
      return network.forward(x);
    },
  };
  const [own] = batches(data.train, { batch: 4, normalisation: IMAGENET });
  const [given] = batches(data.train, { batch: 4, normalisation: data });
  assert.ok(own && given);
  tf.tidy(() => void renormalised(spy, data).forward(tf.tensor4d(given.images, [...given.shape])));
  for (const [i, value] of seen.entries()) {
    const [c, x] = [i % 3, given.images[i] as number];
    const scale = (data.std[c] as number) / (IMAGENET.std[c] as number);
    const shift = Math.abs((data.mean[c] as number) - (IMAGENET.mean[c] as number)) / (IMAGENET.std[c] as number);
    assert.ok(Math.abs(value - (own.images[i] as number)) <= 4 * 2 ** -24 * (Math.abs(x) * scale + shift) + 2 ** -24);
  }
  network.dispose();
});

test('the same normalisation changes nothing', () => {
  const data = smallDataset();
  const { mean, std } = data;
  for (const entries of [{}, { normalisation: { mean, std } }]) {
    const network = buildNetwork(spec(entries), random(0));
    assert.equal(renormalised(network, data), network);
    assert.deepEqual(normalisationFor(network, data).mean, mean);
    network.dispose();
  }
});

test('evaluation normalises by the network’s own, as a data set of that normalisation would', async () => {
  const data = smallDataset();
  const [own, plain] = [{ normalisation: IMAGENET }, {}].map((entries) => buildNetwork(spec(entries), random(0)));
  assert.ok(own && plain);
  assert.deepEqual(await evaluate(own, data, 'test'), await evaluate(plain, { ...data, ...IMAGENET }, 'test'));
  assert.notDeepEqual(await evaluate(own, data, 'test'), await evaluate(plain, data, 'test'));
  own.dispose();
  plain.dispose();
});

test('a step from a teacher sees what data of that normalisation would show: losses agree to 1e-4', async () => {
  const losses: number[] = [];
  for (const [entries, data] of [
    [{ normalisation: IMAGENET }, smallDataset()],
    [{}, smallDataset(IMAGENET)],
  ] as const) {
    const [student, teacher] = [0, 1].map((seed) => buildNetwork(spec(entries), random(seed)));
    assert.ok(student && teacher);
    const method = buildMethod({ name: 'kd' });
    const { last, dispose } = await train({ student, teachers: [teacher], method, data, training: { epochs: 1, batch: 8 } });
    losses.push(...Object.values(last?.terms ?? {}).map(({ value }) => value), last?.evaluations[0]?.loss as number);
    for (const one of [student, teacher, { dispose }]) one.dispose();
  }
  const half = losses.length / 2;
  for (let i = 0; i < half; i++) assert.ok(Math.abs((losses[i] as number) - (losses[i + half] as number)) < 1e-4, String(losses));
});
