/** The executor: what was done is kept whatever happens, displays are updated, and a run leaves no trace of itself. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Progress } from 'iekd/dist/notebook/display/progress';
import { executeFile, executeNotebook } from 'iekd/dist/notebook/jupyter/execute';
import { kernelSpec } from 'iekd/dist/notebook/jupyter/kernelSpec';
import { formatNotebook, readNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { codeCell, makeFolder, notebookOf, outputsOf, ROOT, runCells, said } from '../cells';

const SHOW = `import { progressBar } from 'iekd/dist/notebook/display/progress';
import { createSlot } from 'iekd/dist/notebook/display/display';
import { showTable } from 'iekd/dist/notebook/display/table';
const bar = progressBar('teacher', 3, { unit: 'steps', everyMs: 0 });
for (let i = 0; i <= 3; i++) bar.update(i, { note: 'epoch 1' });
bar.finish('done');
const slot = createSlot();
slot.show({ 'text/plain': 'first' });
showTable([{ a: 1 }]);
slot.show({ 'text/plain': 'second' });`;

describe('a run', () => {
  it('updates displays in place, tells their progress and keeps none of it; runs again to the same bytes', async () => {
    const progress: Progress[] = [];
    const options = { onProgress: (state: Progress) => progress.push(state) };
    const cells = [
      SHOW,
      "slot.show({ 'text/plain': 'third' });",
      '',
      'process.stdout.write("a"); process.stdout.write("b\\n"); 7;',
    ];
    const first = await runCells(cells, options);
    assert.ok(first.ok, first.failure?.message);
    assert.deepEqual(said(first, 0), ['teacher  3 / 3 steps · done', 'third', 'a\n─\n1']);
    assert.deepEqual(said(first, 1), []);
    assert.deepEqual(said(first, 3), ['stdout: ab\n', '7']);
    assert.deepEqual(
      progress.map(({ done, note }) => [done, note]),
      [
        [0, 'epoch 1'],
        [1, 'epoch 1'],
        [2, 'epoch 1'],
        [3, 'epoch 1'],
        [3, 'done'],
      ],
    );
    assert.ok(!formatNotebook(first.notebook).includes('vnd.iekd'));
    const second = await runCells(cells);
    assert.equal(formatNotebook(second.notebook), formatNotebook(first.notebook));
  });

  it('stops at the first failure, keeps what was done, and writes it', async () => {
    const { folder, remove } = makeFolder();
    try {
      const notebook = notebookOf("console.log('kept');", 'throw new Error("here");', "console.log('never');");
      notebook.cells.unshift({
        ...codeCell('throw new Error("expected");'),
        metadata: { tags: ['raises-exception'], execution: { a: 1 } },
      });
      writeFileSync(join(folder, 'in.ipynb'), formatNotebook(notebook));
      const result = await executeFile(join(folder, 'in.ipynb'), join(folder, 'out.ipynb'));
      assert.deepEqual(result.failure, { cell: 2, name: 'Error', message: 'here' });
      const written = readNotebook(join(folder, 'out.ipynb'));
      assert.deepEqual(written, result.notebook);
      assert.deepEqual(said(result, 0), ['Error: expected\n    at cell 1, line 1: throw new Error("expected");']);
      assert.deepEqual(said(result, 1), ['stdout: kept\n']);
      assert.deepEqual(said(result, 3), []);
      assert.deepEqual(written.cells[0]?.metadata, { tags: ['raises-exception'] });
    } finally {
      remove();
    }
  });

  it('interrupts a cell that takes too long', async () => {
    const result = await runCells(
      [
        `import { interruptSignal, nextTurn } from 'iekd/dist/util/stopSignal';
async function train() {
  while (!interruptSignal().stopped) await nextTurn();
  console.log('checkpoint');
}
await train();`,
        "console.log('never');",
      ],
      { cellTimeoutSeconds: 8 },
    );
    assert.deepEqual(result.failure, { cell: 0, name: 'Timeout', message: 'the cell took longer than 8 s' });
    assert.ok(said(result, 0).includes('stdout: checkpoint\n'), said(result, 0).join('\n'));
    assert.deepEqual(outputsOf(result, 1), []);
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const cells = [
      `import { interruptSignal, nextTurn } from 'iekd/dist/util/stopSignal';
import { progressBar } from 'iekd/dist/notebook/display/progress';
progressBar('wait', 1, { everyMs: 0 }).update(0);
async function train() { while (!interruptSignal().stopped) await nextTurn(); console.log('checkpoint'); }
await train();`,
      '1',
    ];
    let abortedAt = 0;
    const onProgress = (): void => {
      abortedAt = performance.now();
      controller.abort(); // while the cell's synchronous part ends, when Node may lose a signal
    };
    const result = await runCells(cells, { signal: controller.signal, onProgress, keepGoing: true });
    const seconds = (performance.now() - abortedAt) / 1000;
    assert.deepEqual(result.failure, { cell: 0, name: 'Interrupted', message: 'the run was interrupted' });
    assert.ok(said(result, 0).includes('stdout: checkpoint\n'), said(result, 0).join('\n'));
    assert.ok(seconds < 3, `${seconds} s from the abort to the end; a cell is given up after 25`);
    assert.deepEqual(outputsOf(result, 1), []);
  });

  it('gives up a cell that does not end, after the time it is given', async () => {
    const cells = ['await new Promise((done) => setTimeout(done, 60_000));', '1'];
    const result = await runCells(cells, { cellTimeoutSeconds: 0.1, interruptSeconds: 0.3, keepGoing: true });
    assert.deepEqual(result.failure, { cell: 0, name: 'Timeout', message: 'the cell took longer than 0.1 s' });
    assert.ok(result.seconds < 20, `${result.seconds} s; the kernel itself leaves a cell after 20`);
  });

  it('tells how the kernel died, and what it said last', async () => {
    const cells = [
      "console.log('kept'); await new Promise((done) => setTimeout(done, 50));",
      "process.kill(process.pid, 'SIGKILL');",
      '1',
    ];
    const result = await runCells(cells, { keepGoing: true });
    assert.deepEqual(result.failure, { cell: 1, name: 'KernelDied', message: 'the kernel ended (SIGKILL)' });
    assert.deepEqual(said(result, 0), ['stdout: kept\n']);
    assert.deepEqual(said(result, 1), ['KernelDied: the kernel ended (SIGKILL)']);
  });

  it('tells that a cell has ended the kernel, with what it had written', async () => {
    const message = 'the cell ended the kernel by process.exit(7)';
    const result = await runCells(["console.log('kept'); process.exit(7);", '1']);
    assert.deepEqual(result.failure, { cell: 0, name: 'Exit', message });
    assert.deepEqual(said(result, 0), ['stdout: kept\n', `Exit: ${message}`]);
  });

  it('tells why a kernel did not start', async () => {
    const script = 'console.error("no such thing"); process.exit(3)';
    const broken = { ...kernelSpec(), argv: [process.execPath, '-e', script, '{connection_file}'] };
    const notebook = notebookOf('1');
    const { failure } = await executeNotebook(notebook, { kernel: broken });
    const message = 'kernel: expected a kernel that answers, received the kernel ended (exit code 3)\nno such thing';
    assert.deepEqual(failure, { cell: -1, name: 'KernelError', message });
    const absent = { ...kernelSpec(), argv: ['/nowhere/node', '{connection_file}'] };
    assert.match((await executeNotebook(notebook, { kernel: absent })).failure?.message ?? '', /could not be started: .*ENOENT/);
    const silent = { ...kernelSpec(), argv: [process.execPath, '-e', 'setInterval(() => {}, 1000)', '{connection_file}'] };
    const late = await executeNotebook(notebook, { kernel: silent, startTimeoutSeconds: 0.5 });
    assert.equal(late.failure?.message, 'kernel: expected an answer within 0.5 s, received none');
  });
});

/** Runs a cell that tells its process number and then waits; the executor is killed meanwhile. */
const ORPHAN = `
const { executeNotebook } = require('${join(ROOT, 'lib/dist/notebook/jupyter/execute.js')}');
const source = "require('node:fs').writeFileSync('pid', String(process.pid)); await new Promise((done) => setTimeout(done, 60000));";
executeNotebook({ cells: [{ cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null }], metadata: {}, nbformat: 4, nbformat_minor: 5 });
`;

describe('a kernel', () => {
  it('ends when its executor was killed', async () => {
    const { folder, remove } = makeFolder();
    const child = spawn(process.execPath, ['-e', ORPHAN], { cwd: folder, stdio: 'ignore' });
    try {
      await until(() => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '');
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      assert.ok(lives(pid));
      child.kill('SIGKILL');
      await until(() => !lives(pid));
    } finally {
      child.kill('SIGKILL');
      remove();
    }
  });
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')); // ended, and not yet waited for
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await new Promise((done) => setTimeout(done, 50));
  assert.ok(condition(), 'it did not come within 30 s');
}
