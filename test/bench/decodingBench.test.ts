/** Rows of decoding: what they are called, their bar. Speeds are not judged here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchDecoding } from 'iekd/dist/bench/decodingBench';

test('a row for each load, in milliseconds', () => {
  const rows = benchDecoding(2);
  assert.deepEqual(
    rows.map(({ values: _, ...row }) => row),
    ['mostly background', 'every class at every prior'].map((load) => ({
      ...{ measure: `decoding an image, ${load}`, unit: 'ms', bar: 10 },
    })),
  );
  for (const { values } of rows) assert.ok(Number(values['iekd']) > 0);
});

test('no rounds are refused', () => {
  const message = 'benchDecoding: rounds: expected an integer from 1, received 0';
  assert.throws(() => benchDecoding(0), { name: 'InputError', message });
});
