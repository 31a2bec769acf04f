/** Values as a front end lists them, in a cell that is stopped and beside one that runs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DebuggedKernel, debuggedKernel, textsOf, type Variable } from './debuggedKernel';

let kernel: DebuggedKernel;
before(async () => {
  kernel = await debuggedKernel();
});
after(() => kernel.close());

const DECLARED = `let getterCalls = 0;
const thing = { name: 'x', get size() { getterCalls++; return 3; }, list: [1, 2, 3], nothing: null };
class Point { #hidden = 5; constructor(readonly x: number) {} hidden() { return this.#hidden; } }
const point = new Point(2);
const map = new Map<string, number>([['a', 1], ['b', 2]]);
const set = new Set(['s']);
const long = 'y'.repeat(5000);
const many = Array.from({ length: 250 }, (_, i) => i);
const big = 10n ** 20n;
const failed = new TypeError('wrong');
const trap = new Proxy({}, { get() { throw new Error('looked at'); }, ownKeys() { throw new Error('looked at'); } });
const tensor = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);
const gone = tf.tensor1d([1, 2]);
gone.dispose();
const weights = new Float32Array([0.5, 1.5]);
const add = (a: number, b: number) => a + b;
function named(options: { a?: number } = {}, ...rest: number[]) { return rest.length + (options.a ?? 0); }
const promise = Promise.resolve(4);`;

/** Names with what is listed for them. */
const VALUES: readonly (readonly [string, string | RegExp])[] = [
  ['getterCalls', '0'],
  ['thing', '{name: "x", size: (getter), list: Array(3), nothing: null}'],
  ['Point', 'class Point'],
  ['point', 'Point {#hidden: 5, x: 2}'],
  ['map', 'Map(2) {"a" => 1, "b" => 2}'],
  ['set', 'Set(1) {"s"}'],
  ['long', /^"y{999}…"?$/],
  ['many', /^Array\(250\) \[0, 1, 2, .*, …\]$/],
  ['big', '100000000000000000000n'],
  ['failed', 'TypeError: wrong'],
  ['trap', /^Proxy\(Object\)/],
  ['tensor', 'Tensor float32 [2, 3]: 1, 2, 3, 4, 5, 6'],
  ['gone', 'Tensor float32 [2]'],
  ['weights', 'Float32Array(2) [0.5, 1.5]'],
  ['add', '(a, b)'],
  ['named', 'function named(options = {}, ...rest)'],
  ['promise', 'Promise {[[PromiseState]]: "fulfilled", [[PromiseResult]]: 4}'],
];

it('a tensor has its values while the debugger is attached', async () => {
  await kernel.lines("import { start, tf } from 'iekd';\nawait start();");
  await kernel.lines('const early = tf.tensor1d([1, 2]);');
  const { variables } = await kernel.ask<{ variables: Variable[] }>('inspectVariables');
  assert.equal(variables.find(({ name }) => name === 'early')?.value, 'Tensor float32 [2]');
});

describe('values of the cells', () => {
  let listed: readonly Variable[];
  const of = (name: string): Variable | undefined => listed.find((variable) => variable.name === name);
  before(async () => {
    await kernel.attach();
    assert.equal((await kernel.lines(DECLARED)).said, '');
    listed = (await kernel.ask<{ variables: Variable[] }>('inspectVariables')).variables;
  });
  for (const [name, expected] of VALUES) {
    it(name, () => {
      const { value = '' } = of(name) ?? {};
      if (typeof expected === 'string') assert.equal(value, expected);
      else assert.match(value, expected);
    });
  }
  const UNFOLDED: readonly (readonly [string, readonly string[]])[] = [
    ['thing', ['name = "x"', 'size = (getter)', 'list = Array(3) [1, 2, 3]', 'nothing = null']],
    ['point', ['x = 2', '#hidden = 5']],
    ['map', ['"a" = 1', '"b" = 2']],
    ['set', ['0 = "s"']],
    ['many', ['[0 … 99] = ', '[100 … 199] = ', '[200 … 249] = ']],
  ];
  for (const [name, parts] of UNFOLDED) {
    it(`${name}, unfolded`, async () => assert.deepEqual(textsOf(await kernel.variables(of(name)?.variablesReference)), parts));
  }
  it('runs no code of the user for it', async () => {
    assert.equal((await kernel.evaluate('getterCalls')).value, '0');
  });
  const EVALUATED: readonly (readonly [string, string, string])[] = [
    ['add(2, 3)', 'repl', '5'],
    ['tensor.shape', 'repl', 'Array(2) [2, 3]'],
    ['point.x * 2', 'hover', '4'],
    ['{ a: 1 }', 'repl', '{a: 1}'],
    ['const fresh = 3; fresh + 1', 'repl', '4'],
  ];
  for (const [expression, context, value] of EVALUATED) {
    it(`evaluates ${expression}`, async () => assert.equal((await kernel.evaluate(expression, context)).value, value));
  }
  const FAILED: readonly (readonly [string, string, RegExp])[] = [
    ['missing + 1', 'repl', /^Error: ReferenceError: missing is not defined$/],
    ['1 +', 'repl', /^Error: SyntaxError: /],
    ['let hovered = 1; hovered', 'hover', /^Error: EvalError: /],
    ['getterCalls++', 'hover', /^Error: EvalError: Possible side-effect in debug-evaluate$/],
  ];
  for (const [expression, context, message] of FAILED) {
    it(`says why ${expression} has no value`, () => assert.rejects(kernel.evaluate(expression, context), message));
  }
  it('shows one at length', async () => {
    const { data } = await kernel.ask('richInspectVariables', { variableName: 'thing' });
    const text =
      '{name: "x", size: (getter), list: Array(3), nothing: null}\n  name: "x"\n  size: (getter)\n  list: Array(3) [1, 2, 3]\n  nothing: null';
    assert.deepEqual(data, { 'text/plain': text });
    assert.equal((await kernel.lines('const fresh = 5;\nfresh')).said, '5');
  });
});

const CODE =
  'const f = (n: number) => {\n  const local = { n };\n  let total = local.n + n;\n  const parts = [n];\n  return total + parts.length - 1;\n};\nf(20)';

describe('values of a cell that is stopped', () => {
  let cell: string;
  before(async () => {
    await kernel.breakIn(CODE, 4);
    cell = kernel.start(CODE);
    await kernel.stopped(cell);
  });
  after(() => kernel.ask('disconnect'));
  it('are those of the frame first', async () => {
    const { Locals, Globals } = await kernel.scopes();
    assert.deepEqual(Locals, ['n = 20', 'local = {n: 20}', 'total = 40', 'parts = undefined']);
    assert.ok(Globals?.includes('tensor = Tensor float32 [2, 3]: 1, 2, 3, 4, 5, 6'));
  });
  it('are evaluated there, and changed', async () => {
    const [frame] = await kernel.frames();
    assert.equal((await kernel.evaluate('local.n + total')).value, '60');
    const { scopes } = await kernel.ask<{ scopes: Variable[] }>('scopes', { frameId: frame?.id });
    const { value } = await kernel.ask('setVariable', {
      variablesReference: scopes[0]?.variablesReference,
      name: 'total',
      value: 'local.n + 1',
    });
    assert.equal(value, '21');
    const { data } = await kernel.ask('richInspectVariables', { variableName: 'total', frameId: frame?.id });
    assert.deepEqual(data, { 'text/plain': '21' });
  });
  it('an expression without an end is given up', async () => {
    const message = 'evaluate: expected a value within 5 s, received none; main has been set free';
    await assert.rejects(kernel.evaluate('(() => { for (;;); })()'), { message });
    assert.equal((await kernel.evaluate('total')).value, '21');
  });
  it('are copied to the cells', async () => {
    const [frame] = await kernel.frames();
    await kernel.ask('copyToGlobals', { srcVariableName: 'local', dstVariableName: 'copied', srcFrameId: frame?.id });
    assert.equal((await kernel.evaluate('globalThis.copied.n')).value, '20');
  });
  it('leave heartbeat and completion as they are', async () => {
    const { hb } = kernel.client.sockets;
    await hb.send('beat');
    assert.equal(String((await hb.receive())[0]), 'beat');
    const { reply } = await kernel.client.ask('complete_request', { code: 'tens', cursor_pos: 4 });
    assert.ok((reply.content['matches'] as string[]).includes('tensor'));
    const info = await kernel.client.ask('kernel_info_request', {});
    assert.equal(info.reply.content['debugger'], true);
    assert.deepEqual(info.reply.content['supported_features'], ['iopub_welcome', 'debugger']);
  });
  it('are those of the stop alone', async () => {
    const [frame] = await kernel.frames();
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), '21');
    await assert.rejects(
      kernel.ask('scopes', { frameId: frame?.id }),
      /^Error: scopes frameId: expected a frame of this stop, received \d+; ask for the stack again$/,
    );
  });
});
