/** The kernel as notebooks meet it: what goes wrong in a cell is told, fails that cell, and names its line. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encode, type Message } from 'iekd/dist/kernel/server/wire/protocol';
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
    ["cell 4, line 2: Type 'number' is not assignable to type 'string'.\n    const text: string = n;\n          ^^^^"],
  ],
  ['const value = await (Promise.resolve(1));', []],
  ['const cured = await (Promise.resolve(41));\ncured + 1', ['42']],
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
  ['const settings = { seed };\nsettings.seed + 1', ['4']],
  [
    "interface Unused { a: 1 }\nfunction fail() { return new RangeError('kept'); }\nconsole.log(fail());\n[fail()]",
    [
      'stdout: RangeError: kept\n    at fail, cell 14, line 2\n    at cell 14, line 3\n',
      '[\n  RangeError: kept\n      at fail, cell 14, line 2\n      at cell 14, line 4\n]',
    ],
  ],
];

describe('the first cell of a kernel', () => {
  it('loads a package behind a symbolic link from where it is, once', async () => {
    const result = await runCells(["import { refuse } from 'iekd';\nconsole.log(require.resolve('iekd'))"]);
    assert.match(said(result, 0).join(''), /[/\\]lib[/\\]dist[/\\]index\.js\n?$/);
    assert.doesNotMatch(said(result, 0).join(''), /node_modules/);
  });
});

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

describe('a notebook outside of the project', () => {
  const outside = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'iekd-outside-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  };
  it('has the library and tslab’s functions, with their types, in cells and in files of its own', async () => {
    const folder = outside();
    writeFileSync(
      join(folder, 'own.ts'),
      "import { formatSummary } from 'iekd/dist/util/stats';\nexport const text = formatSummary({ n: 1, mean: 2, sd: undefined });",
    );
    const cells = [
      "import { start } from 'iekd';\nimport * as tslab from 'tslab';\nimport { text } from './own';",
      'console.log(typeof start, typeof tslab.display.html, text)',
      'const wrong: number = start;',
    ];
    const result = await runCells(cells, { folder, keepGoing: true });
    assert.deepEqual(said(result, 0), []);
    assert.deepEqual(said(result, 1), ['stdout: function function 2.00 (1)\n']);
    assert.match(said(result, 2)[0] ?? '', /is not assignable to type 'number'/);
  });
  it('takes a package of its own first', async () => {
    const folder = outside();
    const own = join(folder, 'node_modules', 'iekd');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'package.json'), '{"name":"iekd","version":"9.9.9","main":"index.js","types":"index.d.ts"}');
    writeFileSync(join(own, 'index.js'), 'exports.mine = 7;');
    writeFileSync(join(own, 'index.d.ts'), 'export declare const mine: 7;');
    const result = await runCells(["import { mine } from 'iekd';\nmine"], { folder });
    assert.deepEqual(said(result, 0), ['7']);
  });
  it('is told where packages are looked for', async () => {
    const folder = outside();
    const result = await runCells(["import { x } from 'no-such-package';"], { folder });
    const found = "Cannot find module 'no-such-package' or its corresponding type declarations.";
    const lines = said(result, 0)[0]?.split('\n') ?? [];
    assert.equal(lines[0], `cell 1, line 1: ${found}`);
    assert.equal(
      lines.at(-1),
      `Packages are looked for in ${folder} and the folders above it: install it there with npm install.`,
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
    const { reply } = client.request('execute_request', { code, silent: false, store_history: true });
    return Promise.race([reply, client.died.then((how) => Promise.reject(new Error(how)))]);
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
  await until(() => kernel.texts.join('').includes('checkpoint'));
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

/** Not before the next request has come, also on a busy machine. */
const FAILS_LATE = "await new Promise((done) => setTimeout(done, 200)); throw new Error('first');";

async function queuedCells(kernel: Kernel): Promise<void> {
  const [failing, queued] = await Promise.all([kernel.run(FAILS_LATE), kernel.run("console.log('queued');")]);
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
