/** What is told of cells that fail, to the word; and that nothing of the kernel, of Node or of packages is among it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type Hosted, startHost, told } from './hosted';

/** A script, and its traceback: `cell N` is itself. Node's versions show a proxy each in its way. */
const FAILURES: readonly (readonly [script: string, traceback: readonly (string | RegExp)[]])[] = [
  [
    'let look = (thing) => {\n  throw new TypeError("boom");\n};\nlook(1);',
    ['TypeError: boom', '    at look, cell N, line 2: throw new TypeError("boom");', '    at cell N, line 4: look(1);'],
  ],
  [
    'await 0;\nlook(2);',
    ['TypeError: boom', '    at look, cell 1, line 2: throw new TypeError("boom");', '    at cell N, line 2: look(2);'],
  ],
  [
    'let later = async () => {\n  await null;\n  throw new RangeError("r");\n};\nawait later();',
    ['RangeError: r', '    at later, cell N, line 3: throw new RangeError("r");', '    at cell N, line 5: await later();'],
  ],
  ['let Map$cell = 1;\nMap$cell();', ['TypeError: Map is not a function', '    at cell N, line 2: Map$cell();']],
  ["throw 'a plain text'", ['Thrown: a plain text']],
  ['throw undefined', ['Thrown: undefined']],
  ['throw null', ['Thrown: null']],
  ['throw -0', ['Thrown: -0']],
  ['throw NaN', ['Thrown: NaN']],
  ['throw 12345678901234567890n', ['Thrown: 12345678901234567890n']],
  ['throw Symbol("s")', ['Thrown: Symbol(s)']],
  ['throw { code: 7 }', ['Thrown: { code: 7 }']],
  ['throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })', [`Thrown: ${inspect(new Proxy({}, {}))}`]],
  ['throw Object.assign(new Error("x"), { name: 7, stack: 3 })', ['Error: x']],
  [
    'throw new Error("outer", { cause: new RangeError("inner", { cause: "the root" }) })',
    ['Error: outer', /^ {4}at cell N, line 1: /, 'caused by RangeError: inner', /^ {4}at cell N, line 1: /, 'caused by the root'],
  ],
  ['let e = new Error("circle"); e.cause = e; e.stack = ""; throw e', ['Error: circle']],
  [
    'await Promise.any([Promise.reject(new Error("a")), Promise.reject(3)])',
    ['AggregateError: All promises were rejected', 'caused by Error: a', /^ {4}at cell N, line 1: /, 'caused by 3'],
  ],
  [
    'throw new Error("of\\n    at lines, cell 1, line 1: like frames")',
    ['Error: of\n    at lines, cell 1, line 1: like frames', /^ {4}at cell N, line 1: throw/],
  ],
  [
    'let { refuse } = __kernel.require("iekd/dist/util/check");\nthrow refuse("a", "b", 3);',
    [
      'InputError: a: expected b, received 3',
      /^ {4}at refuse, lib\/util\/check\.ts:\d+:\d+$/,
      '    at cell N, line 2: throw refuse("a", "b", 3);',
    ],
  ],
  [
    '[1].map(() => JSON.parse("{"))',
    [/^SyntaxError: Expected property name/, '    at cell N, line 1: [1].map(() => JSON.parse("{"))'],
  ],
  [
    'void Promise.reject(new Error("nobody waits"))',
    ['Error: nobody waits', /^ {4}at cell N, line 1: /, '(nobody awaited or caught this error)'],
  ],
  [
    'setTimeout(() => { throw new Error("in a timer") }, 1);\nawait new Promise((done) => setTimeout(done, 30))',
    ['Error: in a timer', /^ {4}at Timeout\._onTimeout, cell N, line 1: /, '(nobody awaited or caught this error)'],
  ],
  [
    'new class Thing { constructor() { null.x } }()',
    [/^TypeError: Cannot read properties of null/, /^ {4}at new Thing, cell N, line 1: /, /^ {4}at cell N, line 1: /],
  ],
];

describe('failures of cells', () => {
  let host: Hosted;
  before(async () => {
    host = await startHost();
  });
  after(() => host.end());

  for (const [script, expected] of FAILURES) {
    it(script.slice(0, 90), async () => {
      const { request, failure } = await host.run(script);
      const lines = failure?.traceback.map((line) => line.replaceAll(`cell ${request},`, 'cell N,')) ?? [];
      assert.equal(lines.length, expected.length, lines.join('\n'));
      for (const [i, line] of expected.entries()) {
        if (typeof line === 'string') assert.equal(lines[i], line);
        else assert.match(lines[i] ?? '', line);
      }
      assert.deepEqual(told(host.outputs(request)), []);
    });
  }

  it('keep the object that was thrown: no copy of it, and nothing of it stays', async () => {
    await host.run('let thrown = new Error("the same"); let weak = new WeakRef({ large: 1 });');
    await host.run('thrown.seen = true; throw thrown');
    await host.run('throw weak.deref()');
    const { request } = await host.run(
      'await new Promise((done) => setTimeout(done, 10)); globalThis.gc(); await new Promise((done) => setTimeout(done, 10)); globalThis.gc();\n__kernel.result([thrown.seen, weak.deref()])',
    );
    assert.deepEqual(told(host.outputs(request)), ['result: [ true, undefined ]']);
  });
});
