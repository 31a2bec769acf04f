/** JupyterLab's debugger as a front end meets it: requests to a kernel in a process of its own, and where its cells stop. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from 'iekd/dist/kernel/messages';
import { type DebuggedKernel, debuggedKernel, textsOf } from './debuggedKernel';

let kernel: DebuggedKernel;
before(async () => {
  kernel = await debuggedKernel();
});
after(() => kernel.close());

describe('before it is attached', () => {
  it('says so, and how paths of cells are made', async () => {
    const { tmpFilePrefix, ...info } = await kernel.ask('debugInfo');
    assert.match(String(tmpFilePrefix), /ipykernel_[0-9a-f]{8}.$/);
    assert.deepEqual(info, {
      isStarted: false,
      hashMethod: 'Murmur2',
      hashSeed: 0xc70f6907,
      tmpFileSuffix: '.ts',
      breakpoints: [],
      stoppedThreads: [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: true,
    });
  });
  it('halts nowhere, and shows the variables of cells', async () => {
    const { lines, said } = await kernel.lines('const early = [1, 2];\ndebugger;\nearly.length');
    assert.deepEqual([lines, said], [[], '2']);
    const { variables } = await kernel.ask<{ variables: never[] }>('inspectVariables');
    assert.deepEqual(textsOf(variables), ['early = Array(2) [1, 2]']);
  });
  const refused: readonly (readonly [string, JsonObject, string])[] = [
    [
      'setBreakpoints',
      { source: { path: '/a.ts' } },
      'setBreakpoints: expected a debugger that is attached, received none; send initialize and attach',
    ],
    ['continue', {}, 'continue: expected a debugger that is attached, received none; send initialize and attach'],
    [
      'variables',
      { variablesReference: 9 },
      'variables variablesReference: expected one of this stop, received 9; ask for the scopes again',
    ],
    ['dumpCell', {}, 'dumpCell code: expected a text, received undefined'],
  ];
  for (const [command, args, message] of refused) {
    it(`refuses ${command}`, () => assert.rejects(kernel.ask(command, args), { message }));
  }
  it('names the commands that there are', () =>
    assert.rejects(kernel.ask('gotoo'), /^Error: debug_request command: expected one of/));
});

const LOOP =
  'interface Step { n: number }\n\nlet sum = 0;\nfor (let i = 0; i < 4; i++) {\n  const step: Step = { n: i };\n  sum += step.n;\n}\nsum';

/** Breakpoints in LOOP, the lines where they stop, what the cell says. */
const BREAKPOINTS: readonly (readonly [string, JsonObject, readonly number[], string])[] = [
  ['a line', { line: 6 }, [6, 6, 6, 6], '6'],
  ['a line that is a type only', { line: 1 }, [3], '6'],
  ['an empty line', { line: 2 }, [3], '6'],
  ['a condition', { line: 6, condition: 'step.n === 2' }, [6], '6'],
  ['a condition that throws', { line: 6, condition: 'missing > 2' }, [], '6'],
  ['a second visit', { line: 6, hitCondition: '2' }, [6], '6'],
  ['each second visit', { line: 6, hitCondition: '% 2' }, [6, 6], '6'],
  ['visits of a condition', { line: 6, condition: 'i > 0', hitCondition: '>= 2' }, [6, 6], '6'],
  ['messages of some visits', { line: 6, hitCondition: '> 2', logMessage: 'at {i}' }, [], 'at 2\nat 3\n6'],
  ['a message', { line: 6, logMessage: 'at {i} of {step.n + 1}' }, [], 'at 0 of 1\nat 1 of 2\nat 2 of 3\nat 3 of 4\n6'],
];

describe('breakpoints in cells', () => {
  before(() => kernel.attach());
  after(() => kernel.ask('disconnect'));
  for (const [what, breakpoint, lines, said] of BREAKPOINTS) {
    it(what, async () => {
      await kernel.breakIn(LOOP, breakpoint);
      assert.deepEqual(await kernel.lines(LOOP), { lines, said });
      await kernel.breakIn(LOOP);
    });
  }
  it('says why a condition is none', async () => {
    const { sourcePath } = await kernel.ask<{ sourcePath: string }>('dumpCell', { code: LOOP });
    const [answer] = await kernel.breakAt(sourcePath, { line: 6, condition: 'i ===' });
    assert.equal(answer?.['verified'], false);
    assert.equal(answer?.['message'], "condition: expected an expression of JavaScript, received i ===: Unexpected token ')'");
    await kernel.breakAt(sourcePath);
  });
  it('stand in a function that an earlier cell declared', async () => {
    const code = 'function twice(x: number): number {\n  const y = x * 2;\n  return y;\n}';
    await kernel.lines(code);
    const path = await kernel.breakIn(code, 3);
    const cell = kernel.start('\ntwice(21)');
    const { hitBreakpointIds } = (await kernel.stopped(cell)) ?? {};
    assert.equal((hitBreakpointIds as number[]).length, 1);
    const frames = await kernel.frames();
    assert.deepEqual(
      frames.map(({ name, line }) => [name.replace(/\d+/, 'N'), line]),
      [
        ['twice', 3],
        ['cell N', 2],
      ],
    );
    assert.equal(frames[0]?.source.path, path);
    assert.deepEqual(await kernel.ask('source', { source: { path } }), { content: code });
    const { breakpoints, stoppedThreads } = await kernel.ask('debugInfo');
    assert.deepEqual([breakpoints, stoppedThreads], [[{ source: path, breakpoints: [{ line: 3 }] }], [1]]);
    await kernel.breakAt(path);
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), '42');
  });
  it('halts after an await, and at a debugger statement', async () => {
    const code = "await new Promise((done) => setTimeout(done, 5));\nconst late = 'b';\ndebugger;\nlate";
    await kernel.breakIn(code, 2);
    assert.deepEqual(await kernel.lines(code), { lines: [2, 3], said: "'b'" });
  });
});

const STEPS = 'function inner(a: number) {\n  const b = a + 1;\n  return b;\n}\nconst x = inner(1);\nconst y = x + 1;\ny';

describe('steps', () => {
  before(() => kernel.attach());
  after(() => kernel.ask('disconnect'));
  const table: readonly (readonly [string, number, readonly number[]])[] = [
    ['next', 5, [5, 6, 7]],
    ['stepIn', 5, [5, 2, 3, 6, 7]],
    ['stepOut', 2, [2, 6]],
  ];
  for (const [step, line, lines] of table) {
    it(step, async () => {
      await kernel.breakIn(STEPS, line);
      const found = await kernel.lines(STEPS, step);
      assert.deepEqual(found, { lines, said: '3' });
      await kernel.breakIn(STEPS);
    });
  }
  it('next, over an await to the end, and not into the next cell', async () => {
    const code =
      'const wait = () => new Promise<number>((done) => setTimeout(done, 5, 3));\nconst w = await wait();\nconst v = w + 1;\nv';
    await kernel.breakIn(code, 2);
    assert.deepEqual(await kernel.lines(code, 'next'), { lines: [2, 3, 4], said: '4' });
    await kernel.breakIn(code);
    assert.deepEqual(await kernel.lines('const next = 1;\nnext'), { lines: [], said: '1' });
  });
  it('pauses a loop that runs', async () => {
    const cell = await kernel.begun(
      "let turns = 0;\nlet on = true;\nconsole.log('begun');\nwhile (on) {\n  turns++;\n}\nturns > 0",
    );
    await kernel.ask('pause', { threadId: 1 });
    assert.equal((await kernel.stopped(cell))?.['reason'], 'pause');
    await kernel.evaluate('on = false');
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), 'begun\ntrue');
  });
});

describe('while', () => {
  before(() => kernel.attach());
  after(() => kernel.ask('disconnect'));
  it('nothing runs, a pause is one of the next cell', async () => {
    await kernel.ask('pause', { threadId: 1 });
    const cell = kernel.start('const first = 1;\nconst second = 2;\nfirst + second');
    assert.equal((await kernel.stopped(cell))?.['reason'], 'pause');
    assert.deepEqual(
      (await kernel.frames()).map(({ line }) => line),
      [1],
    );
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), '3');
  });
  it('a cell runs, a breakpoint is set in it', async () => {
    const code =
      "let open = true;\nconsole.log('begun');\nwhile (open) {\n  open &&= true;\n  await new Promise((done) => setTimeout(done, 1));\n}\nopen";
    const cell = await kernel.begun(code);
    const path = await kernel.breakIn(code, 5);
    assert.equal((await kernel.stopped(cell))?.['reason'], 'breakpoint');
    await kernel.evaluate('open = false');
    await kernel.breakAt(path);
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), 'begun\nfalse');
  });
});

describe('exceptions', () => {
  before(() => kernel.attach());
  after(() => kernel.ask('disconnect'));
  const CAUGHT = "try {\n  throw new RangeError('too much');\n} catch {\n  console.log('caught');\n}";
  const THROWN = "const f = () => {\n  throw new RangeError('too much');\n};\nf();";
  const AWAITED = "const g = async () => {\n  await null;\n  throw new RangeError('too much');\n};\nawait g();";
  const table: readonly (readonly [string, readonly string[], string, readonly number[]])[] = [
    ['none are asked for', [], THROWN, []],
    ['all, and one is caught', ['all'], CAUGHT, [2]],
    ['all, and one is thrown', ['all'], THROWN, [2]],
    ['all, and one is thrown after an await', ['all'], AWAITED, [3]],
    ['those that nothing catches, and one is caught', ['uncaught'], CAUGHT, []],
    [
      'those that nothing catches, and one is caught by a caller',
      ['uncaught'],
      `${THROWN.slice(0, -4)}try {\n  f();\n} catch {}`,
      [],
    ],
    ['those that nothing catches, and one is thrown', ['uncaught'], THROWN, [2]],
    ['those that nothing catches, and one is thrown after an await', ['uncaught'], AWAITED, [3]],
    [
      'those that nothing catches, and an await catches it',
      ['uncaught'],
      `${AWAITED.slice(0, -10)}try {\n  await g();\n} catch {}`,
      [],
    ],
    [
      'those that nothing catches, and one is thrown by a finally',
      ['uncaught'],
      "try {\n  JSON.parse('{');\n} finally {\n  console.log('end');\n}",
      [2],
    ],
    [
      'those that nothing catches, in a timer',
      ['uncaught'],
      `${THROWN.slice(0, -4)}await new Promise((done) => setTimeout(() => {\n  try {\n    f();\n  } catch {\n    done(1);\n  }\n}, 1));`,
      [],
    ],
    ['all, and a module is imported first', ['all'], "import { value } from './later.mjs';\nvalue", []],
  ];
  for (const [what, filters, code, lines] of table) {
    it(what, async () => {
      kernel.write('later.mjs', 'export const value = await Promise.resolve(7);');
      await kernel.ask('setExceptionBreakpoints', { filters });
      assert.deepEqual((await kernel.lines(code)).lines, lines);
    });
  }
  it('tells which', async () => {
    await kernel.ask('setExceptionBreakpoints', { filters: ['all'] });
    const cell = kernel.start(THROWN);
    const { reason, text } = (await kernel.stopped(cell)) ?? {};
    assert.deepEqual([reason, text], ['exception', 'RangeError: too much']);
    const { exceptionId, description } = await kernel.ask('exceptionInfo', { threadId: 1 });
    assert.deepEqual([exceptionId, description], ['RangeError', 'RangeError: too much']);
    await kernel.ask('setExceptionBreakpoints', { filters: [] });
    await kernel.ask('continue');
    assert.match(await kernel.output(cell), /^RangeError: too much$/);
  });
});
