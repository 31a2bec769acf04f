/** Interrupts step by step: the flag and the message at once, then SIGINT, then the news that nothing helps. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interruption } from 'iekd/dist/kernel/server/interruption';

/** What happens, and what was done by then. */
const STEPS: readonly (readonly [name: string, event: 'taken' | 'ended' | 'nothing', done: string])[] = [
  ['taken by main', 'taken', 'interrupt'],
  ['of a cell that has ended', 'ended', 'interrupt'],
  ['that nothing takes', 'nothing', 'interrupt SIGINT stuck'],
];

describe('an interrupt', () => {
  for (const [name, event, expected] of STEPS) {
    it(name, (t) => {
      t.mock.timers.enable({ apis: ['setTimeout'] });
      const done: string[] = [];
      const main = { postMessage: ({ type }: { readonly type: string }) => void done.push(type) };
      const stop = interruption(main, new Int32Array(new SharedArrayBuffer(32)), (signal) => void done.push(signal));
      stop.interrupt(
        () => event !== 'ended',
        () => void done.push('stuck'),
      );
      if (event === 'taken') stop.acknowledged();
      t.mock.timers.tick(99);
      assert.equal(done.join(' '), 'interrupt');
      t.mock.timers.tick(1);
      t.mock.timers.tick(2_999);
      assert.equal(done.includes('stuck'), false);
      t.mock.timers.tick(1);
      assert.equal(done.join(' '), expected);
    });
  }
});
