/** The kernel as notebooks meet it: what goes wrong in a cell is told, fails that cell, and names its line. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { encode, type Message } from 'iekd/dist/kernel/protocol';
import { loadTslab } from 'iekd/dist/kernel/tslab';
import type { ExecutionResult } from 'iekd/dist/notebook/jupyter/execute';
import { startKernelClient } from 'iekd/dist/notebook/jupyter/kernelClient';
import { kernelSpec } from 'iekd/dist/notebook/jupyter/kernelSpec';
import { makeFolder, runCells, said } from '../notebook/cells';

const SLEEP = 'const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));';

/** Each cell with what it says; a regular expression where lines of the library are named. */
const CELLS: readonly (readonly [string, readonly (string | RegExp)[]])[] = [
  [
    `${SLEEP}\nconsole.log('a'); console.log('b'); console.error('c'); console.log('d');`,
    ['stdout: a\nb\n', 'stderr: c\n', 'stdout: d\n'],
  ],
  [
    "import { refuse } from 'iekd';\n\ninterface Thing { size: number }\nfunction look(thing: Thing): never {\n  // a comment\n  throw refuse('look', 'more', thing.size);\n}",
    [],
  ],
  [
    '\nlook({\n  size: 3 });',
    [
      /^InputError: look: expected more, received 3\n {4}at refuse, lib\/util\/check\.ts:\d+:\d+\n {4}at look, cell 2, line 6: throw refuse\('look', 'more', thing\.size\);\n {4}at cell 3, line 2: look\(\{$/,
    ],
  ],
  [
    'const n: number = 1;\nconst text: string = n;',
    ["cell 4, line 2: Type 'number' is not assignable to type 'string'.\n    const text: string = n;\n          ^"],
  ],
  [
    'const value = await (Promise.resolve(1));',
    [
      'cell 5, line 1: tslab cannot run `await (` outside a function: begin the cell with `await 0;`, or write an async function and await its call',
    ],
  ],
  ['await 0;\nconst cured = await (Promise.resolve(41));\ncured + 1', ['stdout: 42\n']],
  [
    "void Promise.reject(new Error('nobody waits'));",
    [
      "Error: nobody waits\n    at cell 7, line 1: void Promise.reject(new Error('nobody waits'));\n(nobody awaited or caught this error)",
    ],
  ],
  [
    "setTimeout(() => {\n  throw new TypeError('in a timer');\n}, 5);\nawait sleep(50);\nconsole.log('the cell ends first');",
    ['stdout: the cell ends first\n', /^TypeError: in a timer\n {4}at .*cell 8, line 2: throw new TypeError\('in a timer'\);\n/],
  ],
  ["throw 'a plain text';", ['Thrown: a plain text']],
  [
    "throw new Error('outer', { cause: new RangeError('inner') });",
    [/^Error: outer\n {4}at cell 10, line 1: .*\ncaused by RangeError: inner\n {4}at cell 10, line 1: .*$/],
  ],
  ["await Promise.reject(new Error('awaited'));", [/^Error: awaited\n {4}at cell 11, line 1: /]],
  ["console.log('still here');\nconst seed = 3;", ['stdout: still here\n']],
  ['const settings = { seed };\nsettings.seed + 1', ['stdout: 4\n']],
];

describe('cells through the kernel', () => {
  let result: ExecutionResult;
  before(async () => {
    result = await runCells(
      CELLS.map(([source]) => source),
      { keepGoing: true },
    );
  });
  for (const [i, [source, expected]] of CELLS.entries()) {
    it(JSON.stringify(source.slice(0, 60)), () => {
      const heard = said(result, i);
      assert.equal(heard.length, expected.length, heard.join('\n---\n'));
      for (const [j, wanted] of expected.entries()) {
        if (typeof wanted === 'string') assert.equal(heard[j], wanted);
        else assert.match(heard[j] ?? '', wanted);
      }
    });
  }
  it('names the first cell that failed, and counts every cell that was run', () => {
    assert.deepEqual(result.failure, { cell: 2, name: 'InputError', message: 'look: expected more, received 3' });
    const counts = result.notebook.cells.map((cell) => (cell.cell_type === 'code' ? cell.execution_count : undefined));
    assert.deepEqual(
      counts,
      CELLS.map((_, i) => i + 1),
    );
  });
});

describe('a kernel under hand', () => {
  let kernel: Kernel;
  let end: () => Promise<void>;
  before(async () => {
    ({ kernel, end } = await startKernel());
  });
  after(() => end());
  it('an interrupt stops a loop that reads the signal, and nothing of it runs on', () => interruptedLoop(kernel));
  it('a second interrupt leaves a cell that does not listen, and says that its code may go on', () => deafCell(kernel));
  it('what is queued behind an error is dropped, what is sent after its reply is not', () => queuedCells(kernel));
  it('a synchronous loop is interrupted', () => synchronousLoop(kernel));
  it('a message that is not signed with the key is dropped', () => unsignedMessage(kernel));
});

async function startKernel(): Promise<{ kernel: Kernel; end: () => Promise<void> }> {
  const { folder, remove } = makeFolder();
  const client = await startKernelClient({ spec: kernelSpec(), folder, startTimeoutMs: 60_000 });
  const texts: string[] = [];
  client.onPublished(({ type, content }) => {
    if (type === 'stream') texts.push(String(content['text']));
  });
  const run = async (code: string): ReturnType<Kernel['run']> => {
    texts.length = 0;
    return client.request('execute_request', { code, silent: false, store_history: true }).reply;
  };
  const end = async (): Promise<void> => {
    await client.shutdown();
    remove();
  };
  return { kernel: { ...client, run, texts }, end };
}

type Client = Awaited<ReturnType<typeof startKernelClient>>;
type Kernel = Client & { run(code: string): Promise<Message>; readonly texts: string[] };

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !condition(); i++) await pause(50);
  assert.ok(condition(), 'it did not come within 30 s');
}

const LOOP = `import { interruptSignal, nextTurn } from 'iekd/dist/util/stopSignal';
let steps = 0;
async function train() {
  console.log('begun');
  while (!interruptSignal().stopped) {
    steps++;
    await nextTurn();
  }
  return 'checkpoint written';
}
console.log(await train());`;

async function interruptedLoop(kernel: Kernel): Promise<void> {
  const reply = kernel.run(LOOP);
  await until(() => kernel.texts.join('').includes('begun'));
  kernel.interrupt();
  const { content } = await reply;
  assert.equal(content['status'], 'error');
  assert.equal(content['ename'], 'Interrupted');
  assert.equal(content['evalue'], 'the cell was asked to stop and has ended');
  assert.match(kernel.texts.join(''), /Interrupted: stopping after the current step.*\ncheckpoint written\n/);
  await kernel.run(`const seen = steps;
await nextTurn(); await nextTurn();
console.log(steps === seen, seen > 0, interruptSignal().stopped);`);
  await until(() => kernel.texts.length > 0);
  assert.equal(kernel.texts.join(''), 'true true false\n');
}

async function deafCell(kernel: Kernel): Promise<void> {
  const reply = kernel.run("console.log('begun'); await new Promise(() => setTimeout(() => undefined, 60_000));");
  await until(() => kernel.texts.join('').includes('begun'));
  kernel.interrupt();
  await until(() => kernel.texts.join('').includes('again to leave'));
  kernel.interrupt();
  const { content } = await reply;
  assert.equal(
    content['evalue'],
    'the cell was left, but its code may go on in the background; restart the kernel to be sure that it ends',
  );
}

async function queuedCells(kernel: Kernel): Promise<void> {
  const [failing, queued] = await Promise.all([kernel.run("throw new Error('first');"), kernel.run("console.log('queued');")]);
  assert.deepEqual([failing.content['status'], queued.content['status']], ['error', 'aborted']);
  const { content } = await kernel.run("console.log('after');");
  assert.equal(content['status'], 'ok');
  await until(() => kernel.texts.length > 0);
  assert.equal(kernel.texts.join(''), 'after\n');
}

async function synchronousLoop(kernel: Kernel): Promise<void> {
  const reply = kernel.run("console.log('begun'); for (;;) {}");
  await pause(1500); // a loop that does not end lets no message out
  kernel.interrupt();
  const { content } = await reply;
  assert.equal(content['ename'], 'Interrupted');
}

async function unsignedMessage(kernel: Kernel): Promise<void> {
  await kernel.run('console.log(process.argv[2]);'); // its connection file
  await until(() => kernel.texts.length > 0);
  const { shell_port: port, key } = JSON.parse(readFileSync(kernel.texts.join('').trim(), 'utf8')) as Record<string, string>;
  const { Dealer } = require('zeromq') as typeof import('zeromq');
  const stranger = new Dealer({ linger: 0 });
  stranger.connect(`tcp://127.0.0.1:${port}`);
  const request = { type: 'execute_request', session: 's', content: { code: "console.log('stolen')" } };
  try {
    await stranger.send(encode('another key', { id: 'a', ...request }));
    await stranger.send(['<IDS|MSG>', 'short']);
    await pause(500);
    await kernel.run("await new Promise((done) => setTimeout(done, 300)); console.log('own');");
    assert.equal(kernel.texts.join(''), 'own\n');
    await stranger.send(encode(String(key), { id: 'b', ...request })); // the same, signed, does run: the test can fail
    await until(() => kernel.texts.join('').includes('stolen'));
  } finally {
    stranger.close();
  }
}

describe('tslab', () => {
  it('of another version is refused with a sentence', () => {
    assert.throws(() => loadTslab('1.0.23'), {
      message:
        'kernel: expected tslab 1.0.22, received "1.0.23"; run npm ci; the kernel is put together from parts of that version',
    });
  });
});
