/** 8-bit floats of safetensors, code by code; the values are of ml_dtypes (zip/zip64_reference.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeSafetensors } from 'iekd/dist/weights/safetensors';

/** All 256 codes, as ml_dtypes widens them; null is NaN. */
const FLOATS = JSON.parse(readFileSync(join(__dirname, 'zip', 'float8.json'), 'utf8')) as Record<
  string,
  (number | string | null)[]
>;

for (const [dtype, expected] of Object.entries(FLOATS)) {
  test(`${dtype}: all codes`, () => {
    const header = JSON.stringify({ w: { dtype, shape: [256], data_offsets: [0, 256] } });
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(BigInt(header.length));
    const file = Buffer.concat([head, Buffer.from(header), Uint8Array.from({ length: 256 }, (_, code) => code)]);
    const { data, dtype: stored } = decodeSafetensors(file, 'a').tensors['w'] as { data: Float32Array; dtype?: string };
    assert.equal(stored, dtype);
    const numbers = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY } as Record<string, number>;
    assert.deepEqual(
      [...data],
      expected.map((value) => (value === null ? Number.NaN : typeof value === 'string' ? numbers[value] : value)),
    );
  });
}
