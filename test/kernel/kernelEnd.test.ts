/** A kernel that is told to end, or whose launcher was killed, lets its cell end first: training then writes its checkpoint. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startKernelClient } from 'iekd/dist/notebook/jupyter/kernelClient';
import { kernelSpec } from 'iekd/dist/notebook/jupyter/kernelSpec';
import { formatNotebook, readNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { ENTRY } from '../cli/command';
import { makeFolder, notebookOf } from '../notebook/cells';

const { folder, remove } = makeFolder();
after(remove);
const at = (name: string): string => join(folder, name);

/** Trains, so to speak, until it is asked to stop, and then saves. */
const cell = (name: string): string => `import { writeFileSync } from 'node:fs';
import { interruptSignal, nextTurn } from 'iekd/dist/util/stopSignal';
async function train() {
  writeFileSync(${JSON.stringify(at(`${name}.pid`))}, String(process.pid));
  while (!interruptSignal().stopped) await nextTurn();
  writeFileSync(${JSON.stringify(at(`${name}.saved`))}, 'saved');
}
await train();`;

async function there(name: string): Promise<string> {
  for (let i = 0; i < 1200 && !(existsSync(at(name)) && readFileSync(at(name), 'utf8') !== ''); i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  return readFileSync(at(name), 'utf8');
}

describe('a kernel lets its cell end', { skip: process.platform === 'win32' && 'no signals' }, () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`when it gets ${signal}`, async () => {
      const client = await startKernelClient({ spec: kernelSpec(), folder, startTimeoutMs: 60_000 });
      void client.request('execute_request', { code: cell(signal), silent: false }).reply;
      process.kill(Number(await there(`${signal}.pid`)), signal);
      const how = await client.died;
      assert.match(how, new RegExp(`^the kernel ended \\(exit code ${code}\\)`));
      assert.equal(await there(`${signal}.saved`), 'saved');
      await client.shutdown();
    });
  }

  it('when Jupyter shuts it down', async () => {
    const client = await startKernelClient({ spec: kernelSpec(), folder, startTimeoutMs: 60_000 });
    void client.request('execute_request', { code: cell('shutdown'), silent: false }).reply;
    await there('shutdown.pid');
    await client.shutdown();
    assert.equal(await there('shutdown.saved'), 'saved');
  });

  for (const [name, signal, code] of [
    ['executor', 'SIGTERM', 143],
    ['launcher', 'SIGKILL', null],
  ] as const) {
    it(`when iekd run, its ${name}, gets ${signal}`, async () => {
      const path = at(`${name}.ipynb`);
      writeFileSync(path, formatNotebook(notebookOf("console.log('before');", cell(name))));
      const child = spawn(process.execPath, [ENTRY, 'run', path, '--in-place', '--out', at('pages')], { stdio: 'ignore' });
      const ended = new Promise((done) => child.once('exit', (...how) => done(how)));
      await there(`${name}.pid`);
      child.kill(signal);
      assert.deepEqual(await ended, [code, code === null ? signal : null]);
      assert.equal(await there(`${name}.saved`), 'saved');
      if (code === null) return;
      const [before] = readNotebook(path).cells;
      assert.equal(before?.cell_type === 'code' && before.outputs[0]?.output_type, 'stream', 'what was done is written');
    });
  }
});
