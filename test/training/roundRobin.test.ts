/** Turns of runs in one process: who goes when, that nobody waits for one who has left, and a clock that stands still meanwhile. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { OWN_SLOT, roundRobin } from 'iekd/dist/training/roundRobin';

/** Runs with so many steps each, as `run left` when they have a turn. */
async function walk(steps: readonly number[], fails: Readonly<Record<number, number>> = {}): Promise<string[]> {
  const told: string[] = [];
  let working = 0;
  const slots = roundRobin(steps.length);
  await Promise.all(
    steps.map(async (count, i) => {
      const slot = slots[i] ?? assert.fail();
      for (let left = count; left > 0; left--) {
        await slot.next(left);
        working++;
        assert.equal(working, 1, 'one at a time');
        told.push(`${i} ${left}`);
        working--;
        if (fails[i] === left) break;
      }
      slot.leave();
    }),
  );
  return told;
}

describe('roundRobin', () => {
  const table: readonly (readonly [string, readonly number[], Readonly<Record<number, number>>, readonly string[]])[] = [
    ['of one', [2], {}, ['0 2', '0 1']],
    ['of equals: step by step, another first each time', [2, 2], {}, ['0 2', '1 2', '1 1', '0 1']],
    ['of three', [2, 2, 2], {}, ['1 2', '2 2', '0 2', '2 1', '0 1', '1 1']],
    ['who has more left catches up first', [1, 3], {}, ['1 3', '1 2', '1 1', '0 1']],
    ['nobody waits for one who has failed', [3, 2, 2], { 0: 3 }, ['0 3', '1 2', '2 2', '2 1', '1 1']],
  ];
  for (const [name, steps, fails, expected] of table) {
    test(name, async () => assert.deepEqual(await walk(steps, fails), expected));
  }

  test('who never came and left holds nobody up; leaving twice does no harm', async () => {
    const [a, b] = roundRobin(2);
    const first = a?.next(1);
    b?.leave();
    b?.leave();
    await first;
  });

  test('the clock stands still while others have their turns', async () => {
    const [a, b] = roundRobin(2);
    const [from, wall] = [a?.now() ?? 0, performance.now()];
    const waiting = a?.next(1);
    await b?.next(2);
    await delay(60);
    b?.leave();
    await waiting;
    const passed = (a?.now() ?? 0) - from;
    assert.ok(performance.now() - wall >= 59);
    assert.ok(passed < 30, `${passed} ms`);
  });

  test('a run by itself has a clock that goes on', async () => {
    const from = OWN_SLOT.now();
    await OWN_SLOT.next(1);
    await delay(20);
    assert.ok(OWN_SLOT.now() - from >= 19);
  });
});
