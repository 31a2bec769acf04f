/** CKA and HSIC against closed forms, numpy's values (`test/golden/analysis_reference.py`, to 1e-11), and the loss of the name. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { cka, ckaMatrix } from 'iekd/dist/analysis/ckaMatrix';
import type { FeatureMatrix } from 'iekd/dist/analysis/featureMatrix';
import { type CkaOptions, hsic } from 'iekd/dist/analysis/hsic';
import { tf } from 'iekd/dist/engine/tf';
import { ckaLinear, ckaRbf } from 'iekd/dist/losses/cka';
import { random } from 'iekd/dist/util/rng';
import { golden, type Values } from './golden';

before(() => tf.setBackend('cpu'));

function matrix(name: string, rows: readonly (readonly number[])[]): FeatureMatrix {
  return { name, images: rows.length, size: rows[0]?.length ?? 0, values: Float64Array.from(rows.flat()) };
}

const stored = (name: string, { shape, data }: Values): FeatureMatrix => {
  return { name, images: shape[0] as number, size: shape[1] as number, values: Float64Array.from(data) };
};

function gaussian(name: string, images: number, size: number, seed = 0): FeatureMatrix {
  const stream = random(seed).stream(name);
  return { name, images, size, values: Float64Array.from({ length: images * size }, () => stream.normal()) };
}

const mapped = (x: FeatureMatrix, f: (value: number, column: number, row: number) => number): FeatureMatrix => {
  return { ...x, name: `${x.name}'`, values: x.values.map((v, at) => f(v, at % x.size, Math.floor(at / x.size))) };
};

/** Columns 0 and 1 turned by an angle. */
function turned(x: FeatureMatrix, angle: number): FeatureMatrix {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const at = (row: number, column: number): number => x.values[row * x.size + column] as number;
  return mapped(x, (v, column, row) => {
    if (column > 1) return v;
    return column === 0 ? c * at(row, 0) - s * at(row, 1) : s * at(row, 0) + c * at(row, 1);
  });
}

function close(found: number, expected: number, tolerance = 1e-11): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} for ${expected}`);
}

const ALL: readonly CkaOptions[] = (['linear', 'rbf'] as const).flatMap((kernel) =>
  (['biased', 'unbiased'] as const).map((estimator) => ({ kernel, estimator })),
);
const titled = (options: CkaOptions): string => Object.values(options).join(', ');

describe('closed forms', () => {
  const x = gaussian('x', 9, 4);
  for (const options of ALL) {
    test(`${titled(options)}: 1 with itself, turned, scaled, moved, negated`, () => {
      close(cka(x, x, options), 1);
      close(cka(x, turned(x, 0.7), options), 1);
      close(
        cka(
          x,
          mapped(x, (v) => -3e4 * v),
          options,
        ),
        1,
      );
      close(
        cka(
          x,
          mapped(x, (v, column) => v + 10 * column - 7),
          options,
        ),
        1,
      );
    });
    test(`${titled(options)}: symmetric, and not 1 with something else`, () => {
      const y = gaussian('y', 9, 3);
      close(cka(x, y, options), cka(y, x, options));
      assert.ok(cka(x, y, options) < 0.9);
    });
  }

  const signs = [[1], [1], [-1], [-1]];
  const others = [[1], [-1], [1], [-1]];
  test('linear, biased: 0 for features that are orthogonal after centring', () => {
    close(cka(matrix('a', signs), matrix('b', others)), 0);
    close(
      cka(
        matrix(
          'a',
          signs.map(([v = 0]) => [v + 5]),
        ),
        matrix(
          'b',
          others.map(([v = 0]) => [v - 3]),
        ),
      ),
      0,
    );
  });
  test('linear, biased: the squared correlation of two single values', () => {
    // x = 0, 1, 2, 3 and y = 0, 0, 0, 1: covariance 1.5, variances 5 and 0.75 (sums)
    close(cka(matrix('a', [[0], [1], [2], [3]]), matrix('b', [[0], [0], [0], [1]])), 1.5 ** 2 / (5 * 0.75));
  });
  test('linear, biased: HSIC is the squared norm of the covariance matrix', () => {
    close(hsic(matrix('a', [[0], [1], [2], [3]]), matrix('b', [[0], [0], [0], [1]])), (1.5 / 3) ** 2);
    close(hsic(matrix('a', [[2], [2], [2]]), matrix('b', [[1], [2], [3]])), 0);
  });
  test('linear, unbiased: a part of the images against another', () => {
    // Off the diagonal K = L = ±1, two of each row −1: centred rows 1 − (−1)/2 − (−1)/2 + (−4)/6 = 4/3 and −2/3
    close(hsic(matrix('a', signs), matrix('a', signs), { estimator: 'unbiased' }), (4 * (4 / 3) ** 2 + 8 * (2 / 3) ** 2) / 4);
    close(cka(matrix('a', signs), matrix('b', others), { estimator: 'unbiased' }), -0.5);
  });
  test('independent features: the unbiased estimates average to 0, the biased CKA is far from it', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => [gaussian('p', 12, 40, seed), gaussian('q', 12, 40, seed)] as const);
    const average = (of: (a: FeatureMatrix, b: FeatureMatrix) => number): number =>
      runs.reduce((sum, [a, b]) => sum + of(a, b) / runs.length, 0);
    const scale = average((a) => hsic(a, a, { estimator: 'unbiased' }));
    const unbiased = average((a, b) => hsic(a, b, { estimator: 'unbiased' }));
    assert.ok(Math.abs(unbiased) < 0.05 * scale, `${unbiased} beside ${scale}`);
    assert.ok(Math.abs(average((a, b) => cka(a, b, { estimator: 'unbiased' }))) < 0.05);
    assert.ok(average((a, b) => cka(a, b)) > 0.7);
  });
});

describe('numpy', () => {
  for (const { a, b, values } of golden.cka) {
    for (const { kernel, t, estimator, ...expected } of values) {
      test(`[${a.shape}] with [${b.shape}], ${kernel}, t ${t}, ${estimator}`, () => {
        const [x, y, options] = [stored('a', a), stored('b', b), { kernel, t, estimator }];
        close(cka(x, y, options), expected.cka);
        close(hsic(x, y, options) / expected.hsic, 1, 1e-10);
      });
    }
  }
});

describe('the loss of the name is 1 − CKA, biased', () => {
  for (const { a, b } of golden.cka) {
    test(`[${a.shape}] with [${b.shape}]`, () => {
      const [s, t] = [a, b].map(({ shape, data }) => tf.tensor([...data], [...shape])) as [tf.Tensor, tf.Tensor];
      const [x, y] = [stored('a', a), stored('b', b)];
      const value = (loss: tf.Scalar): number => loss.dataSync()[0] as number;
      close(1 - value(ckaLinear(s, t)), cka(x, y), 1e-5);
      close(1 - value(ckaRbf(s, t, 0.4)), cka(x, y, { kernel: 'rbf', t: 0.4 }), 1e-5);
    });
  }
});

describe('ckaMatrix', () => {
  const list = [gaussian('one', 6, 3), gaussian('two', 6, 5), gaussian('three', 6, 2)];
  test('all pairs by name, as JSON stores them', () => {
    const found = ckaMatrix(list.slice(0, 2), list, { kernel: 'rbf', t: 2, estimator: 'unbiased' });
    const { values, ...rest } = found;
    const [rows, columns] = [
      ['one', 'two'],
      ['one', 'two', 'three'],
    ];
    assert.deepEqual(rest, { kernel: 'rbf', t: 2, estimator: 'unbiased', images: 6, rows, columns });
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    for (const [i, row] of values.entries()) {
      for (const [j, value] of row.entries()) {
        const [a, b] = [list[i] as FeatureMatrix, list[j] as FeatureMatrix];
        assert.equal(value, cka(a, b, { kernel: 'rbf', t: 2, estimator: 'unbiased' }));
      }
    }
  });
  test('of one list: symmetric, its diagonal 1; values left as they were', () => {
    const before = list.map(({ values }) => [...values]);
    const { values, columns } = ckaMatrix(list);
    assert.deepEqual(columns, ['one', 'two', 'three']);
    for (const [i, row] of values.entries()) {
      close(row[i] as number, 1);
      assert.deepEqual(
        row,
        values.map((other) => other[i]),
      );
    }
    assert.deepEqual(
      list.map((x) => [...x.values]),
      before,
    );
  });
});

describe('refuses', () => {
  const x = matrix('x', [[1], [2], [3], [5]]);
  const flat = matrix('flat', [
    [0.1, 2],
    [0.1, 2],
    [0.1, 2],
    [0.1, 2],
  ]);
  const pair = [gaussian('p', 3, 2), gaussian('q', 3, 2)] as const;
  const many = { name: 'many', images: 2 ** 14, size: 1, values: new Float32Array(2 ** 14) };
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    ['no features', () => ckaMatrix([]), 'cka: expected at least one feature, received []'],
    [
      'one image',
      () => cka(matrix('x', [[1]]), matrix('y', [[1]])),
      `cka: x: images (biased): expected an integer from 2, received 1`,
    ],
    [
      'three images, unbiased',
      () => cka(pair[0], pair[1], { estimator: 'unbiased' }),
      `cka: p: images (unbiased): expected an integer from 4, received 3`,
    ],
    ['unlike numbers of images', () => cka(x, pair[1]), 'cka: q: expected the 4 images of x, received 3'],
    ['a matrix that is short', () => cka(x, { ...x, name: 'y', size: 2 }), 'cka: y: expected 4 · 2 values, received 4'],
    [
      'a value that is not finite',
      () =>
        hsic(
          x,
          mapped(x, (v) => (v === 3 ? Number.NaN : v)),
        ),
      "hsic: x': image 2: expected finite values, received NaN",
    ],
    [
      'constant features',
      () => cka(x, flat),
      'cka: flat: expected features that tell the images apart, received the same of all images',
    ],
    [
      'features of which the unbiased estimate sees nothing: one image is unlike the others',
      () => cka(x, matrix('one', [[1], [0], [0], [0]]), { estimator: 'unbiased' }),
      'cka: one: expected features that tell the images apart, received the same of all images',
    ],
    [
      'a median distance of 0',
      () => cka(x, matrix('few', [[1], [0], [0], [0]]), { kernel: 'rbf' }),
      'cka: few: expected a median distance above 0, received 0; take images of which fewer are seen as the same, or the linear kernel',
    ],
    [
      'another kernel',
      () => cka(x, x, { kernel: 'cubic' as 'rbf' }),
      'cka: kernel: expected one of linear, rbf, received "cubic"',
    ],
    [
      'another estimator',
      () => cka(x, x, { estimator: 'debiased' as 'biased' }),
      'cka: estimator: expected one of biased, unbiased, received "debiased"',
    ],
    ['a width of 0', () => cka(x, x, { kernel: 'rbf', t: 0 }), 'cka: t: expected a number above 0, received 0'],
    [
      'an unknown option',
      () => cka(x, x, { sigma: 1 } as CkaOptions),
      'cka: expected options among kernel, t, estimator, received "sigma"',
    ],
    [
      'more than memory holds',
      () => cka(many, { ...many }),
      'cka: expected kernel matrices of at most 134217728 values, received 2 features of 16384 images; take fewer images or fewer features',
    ],
  ];
  for (const [name, call, message] of rows) test(name, () => assert.throws(call, { name: 'InputError', message }));
});
