/** A step of made-up calls: what is shared, what is not, and what regions cost. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OUTSIDE, predictStep, type RecordedStep, waitNs } from 'iekd/dist/bench/scaling/stepPrediction';

const region = (workers: number, ...pieces: readonly number[]) => ({ workers, pieces: Float64Array.from(pieces) });

/** A convolution with two regions, a sum with none, and another convolution; all pieces longer by `more`. */
function step(more: number, ns = 1000): RecordedStep {
  return {
    ns,
    calls: [
      {
        kernel: 'Conv',
        ns: 140 + 6 * more,
        serialNs: 20,
        regions: [region(2, 10 + more, 20 + more), region(4, ...[20, 20, 20, 30].map((t) => t + more))],
      },
      { kernel: 'Sum', ns: 300, serialNs: 300, regions: [] },
      { kernel: 'Conv', ns: 60 + 2 * more, serialNs: 0, regions: [region(2, 30 + more, 30 + more)] },
    ],
  };
}

describe('predictStep', () => {
  it('schedules regions, and takes what lies between them as it is', () => {
    // Conv: 20 + 30 + 30 shared, 20 + 0 serial, waits of 100, 200 and 100.
    assert.deepEqual(predictStep([step(0)], 100), [
      { kernel: 'Conv', calls: 2, regions: 3, serialNs: 20, sharedNs: 80, waitNs: 400, ns: 500 },
      { kernel: 'Sum', calls: 1, regions: 0, serialNs: 300, sharedNs: 0, waitNs: 0, ns: 300 },
      { kernel: OUTSIDE, calls: 1, regions: 0, serialNs: 500, sharedNs: 0, waitNs: 0, ns: 500 },
    ]);
  });

  it('takes the median over steps, piece by piece', () => {
    const [sum, conv, outside] = predictStep([step(0, 1000), step(5, 2000), step(100, 3000)], 0);
    assert.deepEqual([sum?.ns, conv?.sharedNs, conv?.serialNs], [300, 95, 20]);
    assert.equal(outside?.ns, 2000 - 500 - 40);
  });

  it('refuses what cannot be compared', () => {
    const none = 'predictStep: expected at least one recorded step, received none';
    assert.throws(() => predictStep([], 0), { name: 'InputError', message: none });
    const [one] = [step(0)];
    const differ = 'predictStep: expected steps of the same calls, received steps that differ';
    const other = { ns: 1, calls: [...one.calls].reverse().slice(1) };
    assert.throws(() => predictStep([one, other], 0), { name: 'InputError', message: differ });
  });
});

it('a region waits for its threads by the logarithm of their number', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 16, 64].map((workers) => waitNs(workers, 500)),
    [0, 500, 1000, 1000, 2000, 3000],
  );
});
