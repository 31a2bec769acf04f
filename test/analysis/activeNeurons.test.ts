/** Active neurons: gradients worked out by hand and by small steps, singular values by numpy, counts by table. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { activeNeurons, buildNetwork, crossEntropy, type FeatureMatrix, imageSet, random, start, tf } from 'iekd';
import { featureGradients } from 'iekd/dist/analysis/activeNeurons';
import { activeCount, participationRatio, singularValues } from 'iekd/dist/analysis/singularValues';
import { golden } from './golden';
import { fourBytes, linearNetwork, normalisation } from './linearNetwork';

before(async () => {
  await start();
});

const close = (found: number, expected: number, tolerance: number): void => {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} for ${expected}`);
};

function quiet<T>(f: () => T): T {
  const tensors = tf.memory().numTensors;
  const result = f();
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
  return result;
}

describe('a linear network of two classes: every gradient is along the difference of its weights', () => {
  const weight = [0.5, -0.5, 1, 0, -1, 1, 0.25, 0.25];
  const difference = [1, 1, -2, 0]; // first class less second
  const rows = [
    [1, 0, 2, 3],
    [0, 1, 1, 1],
    [2, 2, 0, 1],
  ];
  const labels = [0, 1, 1];
  /** ∂/∂map of −log p(label) = −(1 − p(label)) · (± difference) */
  const slopes = rows.map((x, i) => {
    const margin = x.reduce((sum, v, k) => sum + v * (difference[k] as number), 0);
    const first = 1 / (1 + Math.exp(-margin));
    return labels[i] === 0 ? first - 1 : first;
  });
  const network = () => linearNetwork(2, weight);
  const images = fourBytes(rows, labels);

  for (const batch of [1, 2, 250]) {
    test(`gradients, batches of ${batch}: of each image alone, whatever is beside it`, () => {
      const one = network();
      const [whole] = quiet(() => featureGradients({ network: one, images, normalisation, parts: ['map'], batch }));
      one.dispose();
      const expected = slopes.flatMap((slope) => difference.map((d) => slope * d));
      for (const [i, value] of (whole?.values ?? []).entries()) close(value, expected[i] as number, 1e-6);
      assert.equal(whole?.values.length, 12);
    });
  }
  test('one active neuron, of the whole and of a part, as JSON stores them', () => {
    const one = network();
    const parts = ['map', { name: 'half', feature: 'map', channels: [0] }];
    const found = quiet(() => activeNeurons({ network: one, images, normalisation, parts, threshold: 0.9 }));
    one.dispose();
    const length = Math.sqrt(slopes.reduce((sum, s) => sum + s * s, 0));
    const norms = [Math.sqrt(6), Math.sqrt(5)];
    assert.deepEqual(
      found.map(({ part, images: n, neurons, threshold, count }) => [part, n, neurons, threshold, count]),
      [
        ['map', 3, 4, 0.9, 1],
        ['half', 3, 2, 0.9, 1],
      ],
    );
    for (const [i, { participationRatio: ratio, singularValues: s }] of found.entries()) {
      close(ratio, 1, 1e-6);
      close(s[0] as number, length * (norms[i] as number), 1e-5);
      assert.equal(s.length, i === 0 ? 3 : 2);
    }
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
  });
});

test('four classes, each seen in a value of its own: as many directions as classes less one', () => {
  const eye = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const network = linearNetwork(4, eye);
  // Logits of 0: gradients ¼ − one-hot, whose Gram matrix I − ¼ has the eigenvalues 1, 1, 1, 0.
  const images = fourBytes(
    [0, 1, 2, 3].map(() => [0, 0, 0, 0]),
    [0, 1, 2, 3],
  );
  const [found] = activeNeurons({ network, images, normalisation, parts: ['map'] });
  network.dispose();
  assert.equal(found?.count, 3);
  close(found?.participationRatio ?? 0, 3, 1e-6);
  for (const [i, s] of (found?.singularValues ?? []).entries()) close(s, i < 3 ? 1 : 0, 1e-7);
});

describe('resnet8, evaluation mode', () => {
  const shape = { height: 8, width: 8, channels: 1 };
  const bytes = Uint8Array.from({ length: 3 * 64 }, (_, i) => (i * i * 7) % 256);
  const images = imageSet('test', bytes, Uint8Array.of(2, 0, 1), shape);
  const seen = { images, normalisation: { mean: [0.5], std: [0.5] } };
  const build = () => buildNetwork({ name: 'resnet8', input: [8, 8, 1], classes: 3 }, random(4));

  test('gradients do not depend on the images beside, and asking for several features changes none', () => {
    const network = build();
    const held = network.variables.snapshot();
    const parts = ['stage1', 'stage2.pre', 'stage3'];
    const [together, alone] = quiet(() => [
      featureGradients({ network, ...seen, parts }),
      parts.flatMap((part) => featureGradients({ network, ...seen, parts: [part], batch: 1 })),
    ]) as [FeatureMatrix[], FeatureMatrix[]];
    for (const [i, { name, values }] of together.entries()) {
      const largest = Math.max(...Array.from(values, Math.abs));
      assert.ok(largest > 0, name);
      for (const [k, value] of values.entries()) close(value, alone[i]?.values[k] as number, 1e-5 * largest);
    }
    assert.deepEqual(network.variables.snapshot(), held, 'statistics moved');
    network.dispose();
  });

  for (const part of ['stage1.pre', 'stage1', 'stage2', 'stage3']) {
    test(`small steps along the gradient at ${part} move the loss by as much as it says`, () => {
      const network = build();
      const { values } = featureGradients({ network, ...seen, parts: [part] })[0] as FeatureMatrix;
      const square = Array.from(values).reduce((sum, g) => sum + g * g, 0);
      const step = 2e-3 / square; // moves the sum of three losses by 0.002 each way
      tf.tidy(() => {
        const x = tf.tensor4d(
          Float32Array.from(bytes, (b) => (b / 255 - 0.5) / 0.5),
          [3, 8, 8, 1],
        );
        const loss = (by: number): number => {
          const intervention = (map: tf.Tensor4D): tf.Tensor4D =>
            tf.add(map, tf.tensor4d(values.map((g) => g * by) as Float32Array, map.shape));
          const { logits } = network.forward(x, { interventions: { [part]: intervention } });
          return 3 * (crossEntropy(logits, tf.tensor1d([2, 0, 1], 'int32')).dataSync()[0] as number);
        };
        close((loss(step) - loss(-step)) / (2 * 2e-3), 1, 0.02);
      });
      network.dispose();
    });
  }

  test('a half of the channels has its half of the gradient; counts fit', () => {
    const network = build();
    const channels = Array.from({ length: 32 }, (_, i) => 2 * i + 1);
    const parts = ['stage3', { name: 'odd', feature: 'stage3', channels }];
    const [whole, odd] = featureGradients({ network, ...seen, parts }) as [FeatureMatrix, FeatureMatrix];
    assert.deepEqual([...odd.values], [...whole.values.filter((_, at) => (at % 64) % 2 === 1)]);
    for (const { count, neurons, participationRatio: ratio } of activeNeurons({ network, ...seen, parts })) {
      assert.ok(count >= 1 && count <= 3 && ratio >= 1 && ratio <= 3 + 1e-9);
      assert.ok([256, 128].includes(neurons));
    }
    network.dispose();
  });
});

describe('singularValues as numpy has them, to 1e-7 of the largest', () => {
  for (const { name, x, values } of golden.singular) {
    test(name, () => {
      const [images = 0, size = 0] = x.shape;
      const found = singularValues({ name, images, size, values: Float64Array.from(x.data) });
      assert.equal(found.length, values.length);
      for (const [i, s] of found.entries()) close(s, values[i] as number, 1e-7 * (values[0] as number));
    });
  }
});

describe('activeCount: the least n whose share of the length is above the threshold', () => {
  const rows: readonly (readonly [readonly number[], number, number])[] = [
    [[1], 0.95, 1],
    [[5, 0, 0], 0.95, 1],
    [[1, 1, 1, 1], 0.95, 4], // √(3/4) = 0.87
    [[1, 1, 1, 1], 0.86, 3],
    [[10, 1], 0.95, 1], // 10 / √101 = 0.995
    [[4, 3], 0.8, 2], // 4/5 is not above
    [[4, 3], 0.79, 1],
    [[3, 2, 2, 1], 0.95, 3], // √(17/18) = 0.972, √(13/18) = 0.85
  ];
  for (const [values, threshold, count] of rows) {
    test(`${values.join(', ')} at ${threshold}`, () => assert.equal(activeCount(values, threshold), count));
  }
  test('0.95 unless said otherwise', () => assert.equal(activeCount([3, 2, 2, 1]), 3));
});

test('participationRatio: 1 for one value, n for n equal ones, whatever their scale', () => {
  for (const [values, ratio] of [
    [[3], 1],
    [[3, 0], 1],
    [[2, 2, 2], 3],
    [[Math.sqrt(3), 1], 1.6], // (3 + 1)² / (9 + 1)
  ] as const) {
    close(participationRatio(values), ratio, 1e-12);
    close(participationRatio(values.map((s) => s * 1e-20)), ratio, 1e-12);
  }
});

describe('refuses', () => {
  const images = fourBytes([[0, 0, 0, 0]], [0]);
  const withNetwork = (weight: number[], use: (network: ReturnType<typeof linearNetwork>) => unknown) => () => {
    const network = linearNetwork(2, weight);
    const tensors = tf.memory().numTensors;
    try {
      return use(network);
    } finally {
      assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
      network.dispose();
    }
  };
  const weight = [1, 0, 0, 1, 1, 0, 0, 1];
  const seen = { images, normalisation, parts: ['map'] };
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'gradients that are all 0',
      withNetwork(new Array<number>(8).fill(0), (network) => activeNeurons({ network, ...seen })),
      'activeNeurons: map: expected gradients that are not all 0, received none; no loss depends on this part',
    ],
    [
      'values that are all 0',
      () => activeCount([0, 0]),
      'activeCount: expected finite singular values that are not all 0, received [0,0]',
    ],
    [
      'a label that is no class',
      withNetwork(weight, (network) => activeNeurons({ network, ...seen, images: fourBytes([[0, 0, 0, 0]], [2]) })),
      'featureGradients: image 0: expected a label in [0, 2), received 2',
    ],
    [
      'a threshold of 1',
      withNetwork(weight, (network) => activeNeurons({ network, ...seen, threshold: 1 })),
      'activeNeurons: threshold: expected a number above 0 and below 1, received 1',
    ],
    [
      'an unknown feature',
      withNetwork(weight, (network) => activeNeurons({ network, ...seen, parts: ['stage3'] })),
      'featureGradients: parts: expected one of map, received "stage3"',
    ],
    [
      'means over positions',
      withNetwork(weight, (network) => activeNeurons({ network, ...seen, pooled: true } as never)),
      'activeNeurons: expected options among network, images, normalisation, parts, batch, limit, threshold, received "pooled"',
    ],
    [
      'a gradient that is not finite',
      () => singularValues({ name: 'map', images: 2, size: 2, values: Float32Array.of(1, 2, Infinity, 0) }),
      'map: image 1: expected finite values, received Infinity',
    ],
    [
      'more images and values than eigenvalues are found of',
      () => singularValues({ name: 'stage1', images: 4097, size: 4100, values: new Float32Array(4) }),
      'stage1: expected at most 4096 images or values, received 4097 images of 4100; take fewer images',
    ],
    [
      'values that are not finite',
      () => activeCount([Number.NaN]),
      'activeCount: expected finite singular values that are not all 0, received [NaN]',
    ],
    [
      'no values',
      () => participationRatio([]),
      'participationRatio: expected finite singular values that are not all 0, received []',
    ],
  ];
  for (const [name, call, message] of rows) test(name, () => assert.throws(call, { name: 'InputError', message }));
});
