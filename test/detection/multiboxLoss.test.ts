/** Mining and SSD's loss: values worked out by hand (to 1e-5, float32), gradients by numeric differentiation or by hand. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { hardNegatives, type MiningOptions } from 'iekd/dist/detection/hardNegatives';
import { multiboxLoss } from 'iekd/dist/detection/multiboxLoss';
import { tf } from 'iekd/dist/engine/tf';
import { smoothL1 } from 'iekd/dist/losses/smoothL1';
import { random } from 'iekd/dist/util/rng';
import { enginesUnderTest } from '../engine/engines';
import { assertClose } from './close';

// A backend that no engine of ours has started: the definition in ops of tfjs.
before(() => tf.setBackend('cpu'));

describe('hardNegatives', () => {
  // Losses of the background at six priors, of which prior 1 is an object's.
  const losses = [0.239545, 2.407606, 2.239545, 0.861995, 0.094923, 1.098612];
  const one = [0, 2, 0, 0, 0, 0];
  const none = [0, 0, 0, 0, 0, 0];
  const all = [1, 1, 1, 1, 1, 1];
  const cases: readonly (readonly [
    string,
    labels: readonly number[],
    losses: readonly number[],
    MiningOptions,
    readonly number[],
  ])[] = [
    ['three to one: priors 2, 5 and 3', one, losses, {}, [0, 1, 1, 1, 0, 1]],
    ['one to one', one, losses, { ratio: 1 }, [0, 1, 1, 0, 0, 0]],
    ['no object, nothing', none, losses, {}, [0, 0, 0, 0, 0, 0]],
    ['no object, two negatives at least', none, losses, { minNegatives: 2 }, [0, 1, 1, 0, 0, 0]],
    ['fewer negatives than wanted: all of them', [1, 1, 1, 0, 2, 1], losses, {}, all],
    ['no negatives', all, losses, {}, all],
    ['equal losses: the first', one, [1, 1, 1, 1, 1, 1], {}, [1, 1, 1, 1, 0, 0]],
    ['a ratio that is no integer: no more than that', one, losses, { ratio: 1.9 }, [0, 1, 1, 0, 0, 0]],
    ['image by image', [...none, ...one], [...losses, ...losses], {}, [...none, 0, 1, 1, 1, 0, 1]],
    ['losses that are no numbers choose nothing', [0, 0], [Number.NaN, Number.NaN], { minNegatives: 1 }, [0, 0]],
  ];
  for (const [name, labels, values, options, expected] of cases) {
    test(name, () => {
      const priors = Math.min(labels.length, 6);
      assert.deepEqual([...hardNegatives(Int32Array.from(labels), Float32Array.from(values), priors, options)], expected);
    });
  }
});

describe('smoothL1', () => {
  test('value and derivative on both sides of 1, at 0 and at the target', () => {
    const [s, t, weight] = [tf.tensor1d([0.5, -2, 0, 1, -0.5]), tf.tensor1d([0, 0, 0, 0, -0.5]), tf.tensor1d([1, 1, 1, 1, 7])];
    const { value, grad } = tf.valueAndGrad((x) => smoothL1(x, t, weight))(s);
    assertClose(value.dataSync(), [0.125 + 1.5 + 0.5], 1e-6);
    assertClose(grad.dataSync(), [0.5, -1, 0, 1, 0], 1e-6, 'gradient');
    const scaled = tf.grad((x) => tf.mul(3, smoothL1(x, t, weight)))(s);
    assertClose(scaled.dataSync(), [1.5, -3, 0, 3, 0], 1e-6, 'gradient');
  });
});

const logits = [
  [2, 0, 0],
  [0, 1, 2],
  [0, 2, 0],
  [1, 0, 1],
  [3, 0, 0],
  [0, 0, 0],
];
const labels = [0, 2, 0, 0, 0, 0];
const difference = [0.5, -2, 0, 1];

interface Case {
  readonly logits: tf.Tensor3D;
  readonly offsets: tf.Tensor3D;
  readonly target: { readonly labels: tf.Tensor2D; readonly offsets: tf.Tensor3D };
}

/** The image above, `images` times; every prior's offsets are off by `difference`. */
function batch(images: number, own = labels, rows = logits): Case {
  const repeat = <T>(value: T): T[] => Array.from({ length: images }, () => value);
  const rowsOf = own.map(() => difference);
  return {
    logits: tf.tensor3d(repeat(rows)),
    offsets: tf.tensor3d(repeat(rowsOf)),
    target: { labels: tf.tensor2d(repeat(own), undefined, 'int32'), offsets: tf.zeros([images, own.length, 4]) },
  };
}

const values = ({ logits: l, offsets, target }: Case, options: MiningOptions = {}): number[] =>
  tf.tidy(() => {
    const { confidence, localisation } = multiboxLoss({ logits: l, offsets }, target, options);
    return [confidence.dataSync()[0] as number, localisation.dataSync()[0] as number];
  });

describe('multiboxLoss', () => {
  const cases: readonly (readonly [string, () => Case, MiningOptions, readonly number[]])[] = [
    ['one image', () => batch(1), {}, [4.607758, 2.125]],
    ['two equal images: divided by the positives of the batch', () => batch(2), {}, [4.607758, 2.125]],
    ['no objects: nothing, and no NaN', () => batch(1, [0, 0, 0, 0, 0, 0]), {}, [0, 0]],
    ['no objects, two negatives', () => batch(1, [0, 0, 0, 0, 0, 0]), { minNegatives: 2 }, [2.407606 + 2.239545, 0]],
    ['logits that would overflow', () => batch(1, [1], [[1e4, 0, -1e4]]), {}, [1e4, 2.125]],
  ];
  for (const [name, make, options, expected] of cases) {
    test(name, () => {
      const before = tf.memory().numTensors;
      const one = make();
      assertClose(values(one, options), expected, 1e-5);
      tf.dispose([one.logits, one.offsets, one.target.labels, one.target.offsets]);
      assert.equal(tf.memory().numTensors, before, 'tensors leaked');
    });
  }

  test('gradients: softmax − label where a prior counts, the clipped difference at positives, 0 elsewhere', () => {
    const { logits: l, offsets, target } = batch(1);
    const before = tf.memory().numTensors;
    const [byLogits, byOffsets] = tf.tidy(() => {
      const loss = (...[x, o]: tf.Tensor[]): tf.Scalar => {
        const { confidence, localisation } = multiboxLoss({ logits: x as tf.Tensor3D, offsets: o as tf.Tensor3D }, target);
        return tf.add(confidence, localisation);
      };
      return tf
        .grads(loss)([l, offsets])
        .map((g) => Array.from(g.dataSync()));
    });
    const softmax = (row: readonly number[]): number[] => {
      const sum = row.reduce((total, x) => total + Math.exp(x), 0);
      return row.map((x) => Math.exp(x) / sum);
    };
    const counted = [1, 2, 3, 5];
    const expected = logits.flatMap((row, j) =>
      counted.includes(j) ? softmax(row).map((p, c) => p - (c === labels[j] ? 1 : 0)) : [0, 0, 0],
    );
    assertClose(byLogits ?? [], expected, 1e-6, 'gradient of logit');
    assertClose(
      byOffsets ?? [],
      labels.flatMap((label) => (label > 0 ? [0.5, -1, 0, 1] : [0, 0, 0, 0])),
      1e-6,
      'of offset',
    );
    assert.equal(tf.memory().numTensors, before, 'tensors leaked');
  });

  test('a value that is not finite is seen where no prior counts', () => {
    const rows = logits.map((row, j) => (j === 4 ? [3, Number.NaN, 0] : row));
    assert.ok(Number.isNaN(values(batch(1, labels, rows))[0]));
    const one = batch(1);
    const offsets = tf.tensor3d([one.offsets.arraySync()[0]?.map((row, j) => (j === 4 ? [Number.NaN, 0, 0, 0] : row)) ?? []]);
    assert.ok(Number.isNaN(values({ ...one, offsets })[1]));
  });

  const refusals: readonly (readonly [() => unknown, string])[] = [
    [
      () => values({ ...batch(1), logits: tf.zeros([1, 6, 1]) }),
      'multiboxLoss: logits: expected [batch, priors, classes and the background], received [1,6,1]',
    ],
    [
      () => values({ ...batch(1), offsets: tf.zeros([1, 5, 4]) }),
      'multiboxLoss: offsets: expected shape [1,6,4], received [1,5,4]',
    ],
    [
      () => values({ ...batch(1), target: { labels: tf.zeros([1, 6]), offsets: tf.zeros([1, 6, 4]) } }),
      'multiboxLoss: labels: expected int32, received float32',
    ],
    [
      () => values({ ...batch(1), target: { labels: tf.zeros([2, 6], 'int32'), offsets: tf.zeros([1, 6, 4]) } }),
      'multiboxLoss: target: labels: expected shape [1,6], received [2,6]',
    ],
  ];
  for (const [f, message] of refusals) test(message, () => assert.throws(f, { name: 'InputError', message }));
});

describe('rows on the engines that have values in memory, against the definition in ops', async () => {
  const [images, priors, classes] = [3, 40, 5];
  const stream = random(7).stream('rows');
  const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * stream.normal());
  const drawn = {
    logits: normals(images * priors * classes),
    offsets: normals(images * priors * 4),
    wanted: normals(images * priors * 4),
    // The last image has no object.
    labels: Int32Array.from({ length: images * priors }, (_, i) => (i < 2 * priors && i % 7 === 0 ? 1 + (i % 4) : 0)),
  };

  /** Losses, then gradients of twice the one and thrice the other. */
  function measured(options: MiningOptions): number[][] {
    const found = tf.tidy(() => {
      const target = {
        labels: tf.tensor2d(drawn.labels, [images, priors], 'int32'),
        offsets: tf.tensor3d(drawn.wanted, [images, priors, 4]),
      };
      let parts: number[] = [];
      const gradients = tf.grads((...[l, o]: tf.Tensor[]) => {
        const { confidence, localisation } = multiboxLoss(
          { logits: l as tf.Tensor3D, offsets: o as tf.Tensor3D },
          target,
          options,
        );
        parts = [confidence, localisation].map((part) => part.dataSync()[0] as number);
        return tf.add(tf.mul(confidence, 2), tf.mul(localisation, 3));
      })([tf.tensor3d(drawn.logits, [images, priors, classes]), tf.tensor3d(drawn.offsets, [images, priors, 4])]);
      return [parts, ...gradients.map((gradient) => [...gradient.dataSync()])];
    });
    return found;
  }

  const cases: readonly MiningOptions[] = [{}, { minNegatives: 5 }, { ratio: 0 }, { ratio: 1000 }];
  for (const { engine, skip, start } of await enginesUnderTest()) {
    for (const options of cases) {
      test(`${engine.name}, ${JSON.stringify(options)}`, { skip: skip ?? false }, async () => {
        await tf.setBackend('cpu');
        const expected = measured(options);
        await start();
        const tensors = tf.memory().numTensors;
        const actual = measured(options);
        assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
        for (const [i, list] of expected.entries()) {
          assertClose(actual[i] ?? [], list, 1e-5 * Math.max(...list.map(Math.abs)), ['loss', 'by logit', 'by offset'][i]);
        }
      });
    }
  }
});
