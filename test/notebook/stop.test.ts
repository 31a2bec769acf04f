/** The signal that stops training: set once, forgotten on request, and by a first Ctrl-C, never by a second. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { interruptSignal, nextTurn, stopSignal } from 'iekd/dist/util/stopSignal';
import { ROOT } from './cells';

describe('stop signal', () => {
  it('keeps the first reason until it is reset', () => {
    const signal = stopSignal();
    assert.deepEqual([signal.stopped, signal.reason], [false, undefined]);
    signal.request('first');
    signal.request('second');
    assert.deepEqual([signal.stopped, signal.reason], [true, 'first']);
    signal.reset();
    assert.deepEqual([signal.stopped, signal.reason], [false, undefined]);
  });

  it('is one for the whole process, and apart from others', () => {
    interruptSignal().request('x');
    assert.ok(interruptSignal().stopped && !stopSignal().stopped);
    interruptSignal().reset();
  });

  it('installs nothing by itself', () => assert.equal(process.listenerCount('SIGINT'), 0));

  it('lets due timers run', async () => {
    let ran = false;
    setTimeout(() => {
      ran = true;
    }, 0);
    const until = Date.now() + 5;
    while (Date.now() < until); // now the timer is due
    await nextTurn();
    await nextTurn();
    assert.ok(ran);
  });

  it('tells whoever asked to be told, once, also those who come late', () => {
    const signal = stopSignal();
    const told: string[] = [];
    const release = signal.onRequest(() => told.push('first'));
    signal.onRequest(() => told.push('gone'))();
    signal.request('x');
    signal.request('y');
    signal.onRequest(() => told.push('late'));
    release();
    assert.deepEqual(told, ['first', 'late']);
  });

  const reasons = [
    ['SIGINT', 'interrupted', 1],
    ['SIGTERM', 'ended by SIGTERM', 143],
    ['SIGHUP', 'its terminal was closed (SIGHUP)', 129],
  ] as const;
  for (const [name, reason, code] of reasons) {
    it(`is set by a first ${name}; another one at once is the same wish, a later one ends the process`, async () => {
      const script = `
      const { exitCodeAfter, interruptSignal, stopOnSignals } = require('iekd/dist/util/stopSignal');
      stopOnSignals().release(); // taken away again
      const watch = stopOnSignals();
      console.log('ready');
      setInterval(() => { if (watch.received) console.log(interruptSignal().reason + ' ' + exitCodeAfter(watch.received)); }, 5);`;
      const child = spawn(process.execPath, ['-e', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((done) => child.once('exit', (code, signal) => done([code, signal])));
      const heard: string[] = [];
      for await (const text of child.stdout.setEncoding('utf8')) {
        heard.push(...String(text).trim().split('\n'));
        if (heard.length === 1 || heard.at(-1) !== 'ready') child.kill(name);
      }
      assert.deepEqual([...new Set(heard)], ['ready', `${reason} ${code}`]);
      assert.ok(heard.length > 3, 'signals that came at once did not end it');
      assert.deepEqual(await ended, [null, name]);
    });
  }
});
