/** Means over an epoch by images, their JSON, and the pace of a display. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MeasuredTerm } from 'iekd/dist/optim/objective';
import { addStep, EMPTY_SUMS, epochMeans } from 'iekd/dist/training/epochMeans';
import { stopwatch, throughput } from 'iekd/dist/training/throughput';

const term = (name: string, value: number, weight: number): MeasuredTerm => ({ name, value, weight, weighted: value * weight });

describe('meter', () => {
  test('means weigh steps by their images; a moving weight enters `weighted` exactly', () => {
    let meter = addStep(EMPTY_SUMS, [term('task', 2, 1), term('push', 4, -1)], 3);
    meter = addStep(meter, [term('task', 6, 1), term('push', 8, 0)], 1);
    assert.deepEqual(epochMeans(meter), {
      loss: (3 * (2 - 4) + 1 * 6) / 4,
      terms: {
        task: { value: 3, weight: 1, weighted: 3 },
        push: { value: 5, weight: -0.75, weighted: -3 },
      },
    });
    assert.deepEqual(EMPTY_SUMS, { images: 0, loss: 0, terms: {} });
  });

  test('a term of weight 0 that is NaN stays out of the loss', () => {
    const meter = addStep(EMPTY_SUMS, [term('task', 2, 1), term('off', Number.NaN, 0)], 2);
    assert.equal(epochMeans(meter).loss, 2);
    assert.ok(Number.isNaN(epochMeans(meter).terms.off?.value));
  });

  test('going on from JSON is bit-same', () => {
    const steps = [0.1, 0.7, 1 / 3].map((x) => [term('task', x, 1)]);
    const whole = steps.reduce((m, s) => addStep(m, s, 7), EMPTY_SUMS);
    const [first = [], ...rest] = steps;
    const stored = JSON.parse(JSON.stringify(addStep(EMPTY_SUMS, first, 7)));
    assert.deepEqual(
      rest.reduce((m, s) => addStep(m, s, 7), stored),
      whole,
    );
  });
});

describe('pace', () => {
  test('rate and time left; old steps are forgotten', () => {
    const p = throughput(0.5);
    assert.deepEqual([p.imagesPerSecond(), p.secondsFor(10)], [0, 0]);
    p.add(100, 10);
    assert.deepEqual([p.imagesPerSecond(), p.secondsFor(50)], [10, 5]);
    p.add(100, 1);
    assert.deepEqual([p.imagesPerSecond(), p.secondsFor(100)], [150 / 6, 4]);
  });

  test('a stopwatch tells the time since it was last asked', async () => {
    const lap = stopwatch();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [first, second] = [lap(), lap()];
    assert.ok(first >= 0.025 && first < 5, `${first}`);
    assert.ok(second >= 0 && second < first, `${second}`);
  });
});
