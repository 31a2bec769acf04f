/** A network that remembers its last pass: how often it really looks, that answers are those of a pass of their own, and no leak. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { buildNetwork } from 'iekd/dist/models';
import { cachedNetwork } from 'iekd/dist/models/cachedNetwork';
import type { ForwardOptions, Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';

let [plain, own, passes]: [Network | undefined, Network | undefined, string[]] = [undefined, undefined, []];

before(async () => {
  await start({ threads: 1 });
  const network = buildNetwork({ name: 'resnet8', input: [8, 8, 3] }, random(0));
  const forward: Network['forward'] = (x, options) => {
    passes.push(options?.features?.join(' ') ?? '');
    return network.forward(x, options);
  };
  [plain, own] = [network, cachedNetwork({ ...network, forward })];
});
after(() => plain?.dispose());

const batch = (seed: number, images = 2): tf.Tensor4D => tf.randomUniform([images, 8, 8, 3], -1, 1, 'float32', seed);

/** What a pass gives, as numbers by name. */
function values(network: Network | undefined, x: tf.Tensor4D, options: ForwardOptions = {}): Record<string, number[]> {
  return tf.tidy(() => {
    const { logits, features } = (network as Network).forward(x, options);
    const entries = Object.entries({ logits, ...features }).map(([name, tensor]) => [name, [...tensor.dataSync()]]);
    return Object.fromEntries(entries);
  });
}

describe('cachedNetwork', () => {
  type Ask = readonly [seed: number, options?: ForwardOptions];
  const interventions = { stage3: (map: tf.Tensor4D): tf.Tensor4D => tf.zerosLike(map) };
  const table: readonly (readonly [string, readonly Ask[], readonly string[]])[] = [
    ['one batch, one pass', [[1], [1], [1]], ['']],
    ['another batch, another pass', [[2], [3], [2]], ['', '', '']],
    ['features that were not asked for before', [[4], [4, { features: ['stage2.pre'] }], [4]], ['', 'stage2.pre']],
    ['from then on every pass has them', [[5], [5, { features: ['stage2.pre'] }]], ['stage2.pre']],
    [
      'training mode goes through',
      [
        [6, { training: true }],
        [6, { training: true }],
      ],
      ['', ''],
    ],
    ['interventions go through', [[7], [7, { interventions }], [7]], ['stage2.pre', '']],
  ];
  for (const [name, asks, expected] of table) {
    test(name, () => {
      passes = [];
      for (const [seed, options = {}] of asks) {
        const x = batch(seed);
        if (!options.training) assert.deepEqual(values(own, x, options), values(plain, x, options));
        else values(own, x, options);
        x.dispose();
      }
      assert.deepEqual(passes, expected);
    });
  }

  test('the same numbers in another shape are another batch', () => {
    passes = [];
    const two = tf.zeros<tf.Rank.R4>([2, 8, 8, 3]);
    const one = tf.zeros<tf.Rank.R4>([1, 8, 8, 3]);
    for (const x of [two, one]) assert.equal(values(own, x)['logits']?.length, 10 * x.shape[0]);
    assert.equal(passes.length, 2);
    tf.dispose([one, two]);
  });

  test('an answer outlives the scope of whoever asked first, and is let go with the next batch', () => {
    const x = batch(8);
    values(own, x);
    const { numTensors } = tf.memory();
    for (const seed of [9, 10, 11]) {
      const other = batch(seed);
      values(own, other);
      values(own, other);
      other.dispose();
    }
    assert.equal(tf.memory().numTensors, numTensors);
    x.dispose();
  });

  test('disposing lets the memory go, too', () => {
    const before = tf.memory().numTensors;
    const fresh = cachedNetwork(buildNetwork({ name: 'resnet8', input: [8, 8, 3] }, random(1)));
    const x = batch(12);
    values(fresh, x, { features: ['stage1', 'stage3.pre'] });
    fresh.dispose();
    x.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  test('what a network refuses is refused, and nothing is remembered of it', () => {
    const x = batch(13);
    assert.throws(() => values(own, x, { features: ['stage9'] }), { name: 'InputError', message: /stage9/ });
    assert.deepEqual(values(own, x), values(plain, x));
    x.dispose();
  });
});
