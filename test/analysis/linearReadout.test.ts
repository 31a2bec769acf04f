/** What a linear map reads off another: closed forms, numpy's least squares (`test/golden/analysis_reference.py`, to 1e-10), bad input. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FeatureMatrix } from 'iekd/dist/analysis/featureMatrix';
import { linearReadout, type ReadoutOptions } from 'iekd/dist/analysis/linearReadout';
import { random } from 'iekd/dist/util/rng';
import { golden, type Values } from './golden';

const stored = (name: string, { shape, data }: Values): FeatureMatrix => {
  return { name, images: shape[0] as number, size: shape[1] as number, values: Float64Array.from(data) };
};

function gaussian(name: string, images: number, size: number): FeatureMatrix {
  const draws = random(5).stream(name);
  return { name, images, size, values: Float64Array.from({ length: images * size }, () => draws.normal()) };
}

function close(found: number, expected: number, tolerance = 1e-10): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} for ${expected}`);
}

describe('as numpy fits it', () => {
  for (const { from, to, r2, fittedR2, ...options } of golden.readout) {
    test(JSON.stringify(options), () => {
      const found = linearReadout(stored('x', from), stored('y', to), options);
      close(found.r2, r2);
      close(found.fittedR2, fittedR2);
      assert.deepEqual([found.fitted, found.heldOut], [options.fitted, (from.shape[0] as number) - options.fitted]);
    });
  }
});

describe('closed forms', () => {
  const x = gaussian('x', 40, 12);
  const [positions, ridge] = [4, 0];
  /** Channels 0 and 1 of 3, mixed, at each of 4 positions. */
  const mixed: FeatureMatrix = { name: 'mixed', images: 40, size: 8, values: new Float64Array(320) };
  for (let row = 0; row < 160; row++) {
    const [a, b] = [x.values[3 * row] as number, x.values[3 * row + 1] as number];
    mixed.values.set([2 * a - b + 7, a + b], 2 * row);
  }

  test('what is a linear map of it, moved or not, is read whole', () => {
    const { r2, fittedR2, fitted, heldOut } = linearReadout(x, mixed, { positions, ridge });
    close(r2, 1);
    close(fittedR2, 1);
    assert.deepEqual([fitted, heldOut], [20, 20]);
  });

  test('of what has nothing to do with it nothing is read, though a fit finds something', () => {
    const { r2, fittedR2 } = linearReadout(x, gaussian('other', 40, 8), { positions, ridge });
    assert.ok(r2 < 0.02 && fittedR2 > 0 && fittedR2 < 0.15, `${r2} ${fittedR2}`);
  });

  test('half of what counts: two channels of one size, of which one is there', () => {
    const half: FeatureMatrix = { ...x, name: 'half', size: 4, values: x.values.filter((_, at) => at % 3 === 0) };
    const both: FeatureMatrix = { ...x, name: 'both', size: 8, values: x.values.filter((_, at) => at % 3 !== 2) };
    const { r2 } = linearReadout(half, both, { positions, ridge });
    close(r2, 0.5, 0.1);
  });

  test('a channel that is never active does no harm', () => {
    const dead: FeatureMatrix = { ...x, values: x.values.map((v, at) => (at % 3 === 2 ? 0 : v)) };
    close(linearReadout(dead, mixed, { positions }).r2, 1, 1e-9);
  });

  test('an endless ridge reads nothing: R² is that of the mean', () => {
    close(linearReadout(x, mixed, { positions, ridge: 1e12 }).fittedR2, 0, 1e-9);
  });
});

describe('refuses', () => {
  const [x, y] = [gaussian('x', 4, 6), gaussian('y', 4, 2)];
  const flat = { ...y, values: new Float64Array(8).fill(3) };
  const nan = { ...y, values: y.values.map((v, at) => (at === 5 ? Number.NaN : v)) };
  const constant = 'expected features that vary, received the same at every position of all images';
  const cases: readonly (readonly [FeatureMatrix, FeatureMatrix, ReadoutOptions, string])[] = [
    [x, gaussian('y', 5, 2), { positions: 2 }, 'linearReadout: y: expected 4 images, as x has, received 5'],
    [x, y, { positions: 4 }, 'linearReadout: x: expected values of 4 positions, received 6'],
    [x, y, { positions: 0 }, 'linearReadout: positions: expected an integer from 1, received 0'],
    [x, y, { positions: 2, fitted: 4 }, 'linearReadout: fitted: expected an integer in [1, 3], received 4'],
    [x, nan, { positions: 2 }, 'linearReadout: y: image 2: expected finite values, received NaN'],
    [flat, x, { positions: 2 }, `linearReadout: y: ${constant}`],
    [x, flat, { positions: 2 }, `linearReadout: y: ${constant}`],
    [
      x,
      y,
      { position: 2 } as object as ReadoutOptions,
      'linearReadout: expected options among positions, fitted, ridge, received "position"; did you mean "positions"?',
    ],
  ];
  for (const [from, to, options, message] of cases) {
    test(message, () => assert.throws(() => linearReadout(from, to, options), { name: 'InputError', message }));
  }
});
