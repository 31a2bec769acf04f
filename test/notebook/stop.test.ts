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

  it('is set by the first Ctrl-C; the second ends the process', async () => {
    const script = `
      const { interruptSignal, stopOnInterrupt } = require('iekd/dist/util/stopSignal');
      stopOnInterrupt()(); // taken away again
      stopOnInterrupt();
      console.log('ready');
      setInterval(() => { if (interruptSignal().stopped) console.log(interruptSignal().reason); }, 5);`;
    const child = spawn(process.execPath, ['-e', script], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((done) => child.once('exit', (code, signal) => done([code, signal])));
    const heard: string[] = [];
    for await (const text of child.stdout.setEncoding('utf8')) {
      heard.push(...String(text).trim().split('\n'));
      if (heard.length === 1 || heard.at(-1) === 'interrupted') child.kill('SIGINT');
    }
    assert.deepEqual([...new Set(heard)], ['ready', 'interrupted']);
    assert.deepEqual(await ended, [null, 'SIGINT']);
  });
});
