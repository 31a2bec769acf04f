/** How a stop ends otherwise than by `continue`: interrupt, disconnect, shutdown and restart; and what a kernel without a debugger is left with. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, beforeEach, describe, it } from 'node:test';
import { type DebuggedKernel, debuggedKernel } from './debuggedKernel';

const LOOP = 'let turns = 0;\nfor (;;) {\n  turns++;\n}';
const PLAIN = "console.log('before');\nconst x = 1;\nconsole.log('after');";

let kernel: DebuggedKernel;
/** A cell that is stopped in a line. */
async function stoppedIn(code: string, line: number): Promise<string> {
  await kernel.attach();
  await kernel.breakIn(code, line);
  const cell = kernel.start(code);
  assert.equal((await kernel.stopped(cell))?.['reason'], 'breakpoint');
  return cell;
}

describe('a cell that is stopped', () => {
  beforeEach(async () => {
    kernel ??= await debuggedKernel();
  });
  after(() => kernel.close());

  it('ends by an interrupt, and later cells halt again', async () => {
    const cell = await stoppedIn(LOOP, 3);
    const { reply } = await kernel.client.ask('interrupt_request', {}, { channel: 'control' });
    assert.equal(reply.content['status'], 'ok');
    assert.match(await kernel.output(cell), /^Interrupted: /m);
    const again = kernel.start(LOOP);
    await kernel.stopped(again);
    await kernel.client.ask('interrupt_request', {}, { channel: 'control' });
    await kernel.client.idle(again);
    await kernel.ask('disconnect');
  });
  it('runs on when the debugger disconnects, whose breakpoints are gone', async () => {
    const cell = await stoppedIn(PLAIN, 2);
    await kernel.ask('disconnect', { restart: false, terminateDebuggee: false });
    await kernel.event('terminated');
    assert.equal(await kernel.output(cell), 'before\nafter\n');
    assert.deepEqual(await kernel.lines(`${PLAIN}\ndebugger;`), { lines: [], said: 'before\nafter\n' });
    assert.equal((await kernel.ask('debugInfo'))['isStarted'], false);
  });
  it('runs on when the debugger is terminated', async () => {
    const cell = await stoppedIn(PLAIN, 2);
    await kernel.ask('terminate');
    assert.equal(await kernel.output(cell), 'before\nafter\n');
  });
  it('lets the debugger be started anew', async () => {
    const cell = await stoppedIn(PLAIN, 2);
    await kernel.ask('disconnect');
    await kernel.client.idle(cell);
    await stoppedIn(PLAIN, 3);
    await kernel.ask('disconnect');
  });
});

describe('a kernel whose cell is stopped', () => {
  const table: readonly (readonly [string, string, number, boolean])[] = [
    ['is shut down', PLAIN, 2, false],
    ['is restarted in a loop', LOOP, 3, true],
  ];
  for (const [what, code, line, restart] of table) {
    it(what, async () => {
      kernel = await debuggedKernel();
      try {
        await stoppedIn(code, line);
        const ended = once(kernel.child, 'exit');
        const from = performance.now();
        kernel.client.send('shutdown_request', { restart }, { channel: 'control' });
        assert.deepEqual(await ended, [0, null]);
        assert.ok(performance.now() - from < 4000, 'before it would be killed');
      } finally {
        await kernel.close();
      }
    });
  }
});
