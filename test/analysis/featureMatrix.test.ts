/** Features as matrices: which values, in which order, and what is refused. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildNetwork, type FeatureMatricesOptions, featureMatrices, ft, ie, imageSet, mutual, random, tf } from 'iekd';
import { featureHalves } from 'iekd/dist/analysis/featureParts';
import { fourBytes, linearNetwork, normalisation } from './linearNetwork';

before(() => tf.setBackend('cpu'));

/** A pixel of 255 has the value 255: images come back as their bytes. */
const images = fourBytes(
  [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9, 10, 11, 12],
  ],
  [0, 1, 0],
);
const network = linearNetwork(2, [1, 0, 0, 1, 1, 0, 0, 1]);
const options = { network, images, normalisation };

function look(more: Omit<FeatureMatricesOptions, keyof typeof options>): [string, number, number, number[]][] {
  const tensors = tf.memory().numTensors;
  const found = featureMatrices({ ...options, ...more });
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
  return found.map(({ name, images: n, size, values }) => [name, n, size, Array.from(values, (v) => Math.round(v * 1e4) / 1e4)]);
}

describe('featureMatrices', () => {
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  for (const batch of [1, 2, 250]) {
    test(`a row an image, [height, width, channels], batches of ${batch}`, () => {
      assert.deepEqual(look({ parts: ['map'], batch }), [['map', 3, 4, all]]);
    });
  }
  test('parts, in the order of their channels, and means over positions', () => {
    const parts = [
      { name: 'second', feature: 'map', channels: [1] },
      { name: 'swapped', feature: 'map', channels: [1, 0] },
    ];
    assert.deepEqual(look({ parts }), [
      ['second', 3, 2, [2, 4, 6, 8, 10, 12]],
      ['swapped', 3, 4, [2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]],
    ]);
    assert.deepEqual(look({ parts: ['map', ...parts], pooled: true, batch: 2 }), [
      ['map', 3, 2, [2, 3, 6, 7, 10, 11]],
      ['second', 3, 1, [3, 7, 11]],
      ['swapped', 3, 2, [3, 2, 7, 6, 11, 10]],
    ]);
  });
  test('of a real network, in evaluation mode: its variables stay as they are', () => {
    const real = buildNetwork({ name: 'resnet8', input: [8, 8, 1], classes: 3 }, random(1));
    const two = imageSet(
      'test',
      Uint8Array.from({ length: 128 }, (_, i) => (i * 31) % 256),
      Uint8Array.of(0, 1),
      {
        ...{ height: 8, width: 8, channels: 1 },
      },
    );
    const [held, tensors] = [real.variables.snapshot(), tf.memory().numTensors];
    const found = featureMatrices({
      network: real,
      images: two,
      normalisation: { mean: [0.5], std: [0.5] },
      parts: ['stage1', 'stage3.pre'],
    });
    assert.deepEqual(
      found.map(({ name, size }) => [name, size]),
      [
        ['stage1', 8 * 8 * 16],
        ['stage3.pre', 2 * 2 * 64],
      ],
    );
    assert.ok(found[0]?.values.every((v) => v >= 0) && found[1]?.values.some((v) => v < 0));
    assert.deepEqual(real.variables.snapshot(), held);
    assert.equal(tf.memory().numTensors, tensors);
    real.dispose();
  });

  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    ['an unknown feature', () => look({ parts: ['stage9'] }), 'featureMatrices: parts: expected one of map, received "stage9"'],
    ['no parts', () => look({ parts: [] }), 'featureMatrices: parts: expected at least one feature, received []'],
    [
      'a name twice',
      () => look({ parts: ['map', { feature: 'map', channels: [0] }] }),
      'featureMatrices: parts: expected parts of different names, received "map"; give one of them another `name`',
    ],
    [
      'an unknown channel',
      () => look({ parts: [{ feature: 'map', channels: [2] }] }),
      'featureMatrices: parts: map: channel: expected an integer in [0, 1], received 2',
    ],
    [
      'a channel twice',
      () => look({ parts: [{ feature: 'map', channels: [1, 1] }] }),
      'featureMatrices: parts: map: expected distinct channels, at least one, received [1,1]',
    ],
    [
      'no channels',
      () => look({ parts: [{ feature: 'map', channels: [] }] }),
      'featureMatrices: parts: map: expected distinct channels, at least one, received []',
    ],
    [
      'an unknown key of a part',
      () => look({ parts: [{ feature: 'map', half: 1 } as { feature: string }] }),
      'featureMatrices: parts: part: expected options among name, feature, channels, received "half"',
    ],
    [
      'more values than the limit',
      () => look({ parts: ['map', { name: 'one', feature: 'map', channels: [0] }], limit: 17 }),
      'featureMatrices: expected at most 17 values, received 3 images of 6 values; take fewer images, fewer parts or fewer channels, means over positions, or a higher limit',
    ],
    [
      'an unknown option',
      () => look({ parts: ['map'], features: 1 } as never),
      'featureMatrices: expected options among network, images, normalisation, parts, batch, limit, pooled, received "features"',
    ],
    [
      'no images',
      () => featureMatrices({ ...options, images: fourBytes([], []), parts: ['map'] }),
      `featureMatrices: images: expected an integer from 1, received 0`,
    ],
  ];
  for (const [name, call, message] of refusals) {
    test(`refuses ${name}`, () => assert.throws(call, { name: 'InputError', message }));
  }
  test('as many values as the limit are fine', () => assert.deepEqual(look({ parts: ['map'], limit: 12 }), [['map', 3, 4, all]]));
});

describe('featureHalves', () => {
  const resnet = (seed: number) => buildNetwork({ name: 'resnet8', input: [8, 8, 1], classes: 3 }, random(seed));
  test('of an IE-KD distillation, whole or one half of it, and of one network of mutual learning', () => {
    const [student, teacher] = [resnet(1), resnet(2)];
    const parts = (ratio: number) => {
      const method = ie(ft(), { ratio, split: 'random' });
      const made = method.build({ student, teachers: [teacher], random: random(3) });
      made.dispose();
      return { split: made.state(), parts: featureHalves(JSON.parse(JSON.stringify(made.state())), 'stage3') };
    };
    const { split, parts: both } = parts(0.25);
    const { stage3 } = split.channels as { stage3: { inheritance: number[]; exploration: number[] } };
    assert.deepEqual(both, [
      { name: 'stage3 inheritance', feature: 'stage3', channels: stage3.inheritance },
      { name: 'stage3 exploration', feature: 'stage3', channels: stage3.exploration },
    ]);
    assert.deepEqual([stage3.inheritance.length, stage3.exploration.length], [16, 48]);
    assert.deepEqual(
      parts(1).parts.map(({ name }) => name),
      ['stage3 inheritance'],
    );
    const together = mutual(ie(ft())).build({ student, peers: [teacher], teachers: [], random: random(3) });
    assert.deepEqual(
      featureHalves(together.state().peer1, 'stage3').map(({ channels }) => channels?.length),
      [32, 32],
    );
    for (const one of [together, student, teacher]) one.dispose();
  });

  const refusals: readonly (readonly [string, unknown, string, string])[] = [
    [
      'a state without a split',
      {},
      'stage3',
      'featureHalves: expected the state of a method that splits channels, received one without channels; only ie-… methods split; of mutual learning, give one network’s, `state.student`',
    ],
    [
      'nothing at all',
      undefined,
      'stage3',
      'featureHalves: expected the state of a method that splits channels, received one without channels; only ie-… methods split; of mutual learning, give one network’s, `state.student`',
    ],
    ['another feature', { channels: { stage3: {} } }, 'stage2', 'featureHalves: expected one of stage3, received "stage2"'],
    [
      'a split without its halves',
      { channels: { stage3: { inheritance: [0] } } },
      'stage3',
      'featureHalves: stage3: exploration: expected a list of channels, received undefined',
    ],
  ];
  for (const [name, state, feature, message] of refusals) {
    test(`refuses ${name}`, () => assert.throws(() => featureHalves(state, feature), { name: 'InputError', message }));
  }
});
