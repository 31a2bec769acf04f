/** Recordings as rows: averages over steps, shares, speeds, and what no kernel explains. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { profileRows } from 'iekd/dist/engine/profile/profileRows';
import type { RecordedCall } from 'iekd/dist/engine/profile/recorder';

const conv = (ms: number, size: number): RecordedCall => ({
  ...{ kernel: 'Conv2D', path: 'native', ms, bytes: 1, operations: 4e6 },
  inputs: { x: [1, size, size, 2], filter: [3, 3, 2, 2] },
  outputs: [[1, size, size, 2]],
});
const pack = (ms: number): RecordedCall => ({
  ...{ kernel: 'Pack', path: 'fallback', ms, bytes: 3e6 },
  inputs: { 0: [], 1: [] },
  outputs: [[2]],
});
const native = { ...pack(1), path: 'native' } as const;
const grad: RecordedCall = {
  ...{ kernel: 'Conv2DBackpropFilter', path: 'native', ms: 0.25, bytes: 1, operations: 4e6 },
  inputs: { x: [1, 4, 4, 2], dy: [1, 4, 4, 2] },
  outputs: [[3, 3, 2, 2]],
};
const update: RecordedCall = { kernel: 'Move', path: 'native', ms: 1, bytes: 0, inputs: { variable: [8] }, outputs: [] };

describe('profileRows', () => {
  test('one step: slowest first, the rest of the time last, shares of it all', () => {
    const rows = profileRows([{ ms: 10, calls: [pack(1), conv(2, 4), conv(4, 8)] }]);
    assert.deepEqual(rows, [
      { kernel: 'Conv2D', path: 'native', calls: 2, ms: 6, share: 0.6, gflopPerSecond: 8e6 / 6 / 1e6 },
      { kernel: 'Pack', path: 'fallback', calls: 1, ms: 1, share: 0.1, gbPerSecond: 3 },
      { kernel: 'outside kernels', calls: 1, ms: 3, share: 0.3 },
    ]);
  });

  test('several steps: means, and what went on beside', () => {
    const steps = [
      { ms: 4, calls: [conv(2, 4), conv(1, 4)] },
      { ms: 8, calls: [conv(5, 4)] },
    ];
    assert.deepEqual(profileRows(steps, { beside: { batches: 2 } }), [
      { kernel: 'Conv2D', path: 'native', calls: 1.5, ms: 4, share: 0.5, gflopPerSecond: 12e6 / 8 / 1e6 },
      { kernel: 'outside kernels', calls: 1, ms: 2, share: 0.25 },
      { kernel: 'batches', calls: 1, ms: 2, share: 0.25 },
    ]);
  });

  test('native calls and fallbacks of one kernel are two rows', () => {
    const rows = profileRows([{ ms: 3, calls: [pack(2), native] }]);
    assert.deepEqual(
      rows.map(({ kernel, path }) => [kernel, path]),
      [
        ['Pack', 'fallback'],
        ['Pack', 'native'],
        ['outside kernels', undefined],
      ],
    );
  });

  test('by shape, and no speed where nothing is moved', () => {
    const rows = profileRows([{ ms: 9, calls: [conv(3, 4), conv(2, 8), conv(1.5, 4), update, pack(0.5), grad] }], {
      by: 'shape',
    });
    assert.deepEqual(
      rows.map(({ shape, calls, gflopPerSecond, gbPerSecond }) => [shape, calls, gflopPerSecond ?? gbPerSecond]),
      [
        ['1×4×4×2 · 3×3×2×2 → 1×4×4×2', 2, 8 / 4.5],
        ['1×8×8×2 · 3×3×2×2 → 1×8×8×2', 1, 2],
        ['8 → in place', 1, undefined],
        ['1 → 2', 1, 6],
        ['1×4×4×2 (2) → 3×3×2×2', 1, 16],
        [undefined, 1, undefined],
      ],
    );
  });

  test('no step is refused', () => {
    const message = 'profile: expected at least one recorded step, received none';
    assert.throws(() => profileRows([]), { name: 'InputError', message });
  });
});
