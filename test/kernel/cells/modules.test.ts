/** Modules that cells import: of every kind, found from the notebook's folder, local ones anew after a change. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Hosted, startHost, told } from './hosted';

const FILES: Readonly<Record<string, string>> = {
  'plain.cjs': 'exports.a = 1; exports.later = () => { exports.b = 2; };',
  'whole.cjs': 'module.exports = function whole() { return 7; }; module.exports.part = 8;',
  'compiled.cjs': 'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 3; exports.c = 4;',
  'data.json': '{ "n": 5, "default": 6 }',
  'sync.mjs': 'export const s = 9; export default 10;',
  'async.mjs': 'export const t = await Promise.resolve(11); export default 12;',
  'helper.ts':
    "import { base } from './base';\nexport const value: number = base + 1;\nexport function fail(): never {\n  throw new RangeError('in a file');\n}\n",
  'base.ts': 'export const base: number = 1;\nexport default 3;\n',
  'needing.ts': "import { t } from './async.mjs';\nexport const needed: number = t + 1;\n",
  'wrong.ts': 'const a = 0;\nconst wrong: string = 1;\n',
  'folder/index.ts': 'export const inside = true;\n',
  'throws.ts': "export const before = 1;\nthrow new TypeError('at the top');\n",
  'packages/esm/package.json': '{ "name": "esm", "exports": { "import": "./index.mjs" } }',
  'packages/esm/index.mjs': 'export const only = 13;',
};

/** A script, and its result; or the first lines of its failure. */
const CASES: readonly (readonly [script: string, result: string])[] = [
  [
    "let p = __kernel.require('./plain.cjs'); p.later(); __kernel.result([p.a, p.b, p.default.a, Object.keys(p)])",
    "[ 1, 2, 1, [ 'a', 'later', 'default' ] ]",
  ],
  ["let w = __kernel.require('./whole.cjs'); __kernel.result([w.default(), w.part])", '[ 7, 8 ]'],
  ["let c = __kernel.require('./compiled.cjs'); __kernel.result([c.default, c.c])", '[ 3, 4 ]'],
  ["let d = __kernel.require('./data.json'); __kernel.result([d.n, d.default])", '[ 5, { n: 5, default: 6 } ]'],
  ["let s = __kernel.require('./sync.mjs'); __kernel.result([s.s, s.default])", '[ 9, 10 ]'],
  [
    "let t = __kernel.require('./async.mjs'); __kernel.result([t.t, t.default, t === __kernel.require('./async.mjs')])",
    '[ 11, 12, true ]',
  ],
  [
    "let fs = __kernel.require('node:fs'); __kernel.result([typeof fs.readFileSync, fs.default.readFileSync === fs.readFileSync])",
    "[ 'function', true ]",
  ],
  ["let h = __kernel.require('./helper'); __kernel.result(h.value)", '2'],
  ["let h2 = __kernel.require('./helper.js'); __kernel.result(h2 === h)", 'true'],
  ["__kernel.result(__kernel.require('./folder').inside)", 'true'],
  ["__kernel.result(__kernel.require('./needing').needed)", '12'],
  ["__kernel.result((await __kernel.import('./async.mjs')).t)", '11'],
  ["__kernel.result((await __kernel.import('./helper')).value)", '2'],
  ["__kernel.result((await __kernel.import('data:text/javascript,export default 1')).default)", '1'],
  [
    "__kernel.result([require('./plain.cjs').a, typeof require.resolve('iekd'), __dirname === process.cwd()])",
    "[ 1, 'string', true ]",
  ],
  [
    "let tslab = __kernel.require('tslab'); __kernel.result([Object.keys(tslab.display).length, tslab.versions.tslab])",
    "[ 11, '1.0.22' ]",
  ],
  [
    "let { meta } = __kernel; __kernel.result([meta.dirname === process.cwd(), meta.resolve('node:fs'), meta.resolve('./plain.cjs') === new URL('plain.cjs', meta.url).href])",
    "[ true, 'node:fs', true ]",
  ],
  ["__kernel.require('./absent')", "Error: Cannot find module './absent'\n    at cell N, line 1: __kernel.require('./absent')"],
  [
    "__kernel.require('no-such-package')",
    "Error: Cannot find module 'no-such-package'\n    at cell N, line 1: __kernel.require('no-such-package')",
  ],
  ['h.fail()', 'RangeError: in a file\n    at fail, helper.ts:4:9\n    at cell N, line 1: h.fail()'],
  [
    "__kernel.require('./throws')",
    "TypeError: at the top\n    at throws.ts:2:7\n    at cell N, line 1: __kernel.require('./throws')",
  ],
  [
    "__kernel.require('./wrong')",
    "InputError: wrong.ts, line 2: a reason\n    const wrong = 1;\n          ^^^^^\n    at cell N, line 1: __kernel.require('./wrong')",
  ],
];

describe('modules that are loaded while their cell is compiled', () => {
  it('are there, and one that cannot be loaded says so when it is imported', async () => {
    const host = await startHost();
    host.send({ type: 'preload', specifiers: ['iekd/dist/util/stats', 'iekd/dist/no-such-file'] });
    const loaded = 'Object.keys(require.cache).filter((path) => /[/\\\\]util[/\\\\]stats\\.js$/.test(path)).length';
    const first = await host.run(`__kernel.result(${loaded})`);
    assert.deepEqual(told(host.outputs(first.request)), ['result: 1']);
    const second = await host.run("__kernel.require('iekd/dist/no-such-file')");
    assert.match(second.failure?.evalue ?? '', /^Cannot find module 'iekd\/dist\/no-such-file'/);
    await host.end();
  });
});

describe('modules', () => {
  let host: Hosted;
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(host.folder, name)), { recursive: true });
    writeFileSync(join(host.folder, name), text);
  };
  const result = async (script: string): Promise<string> => {
    const { request, failure } = await host.run(script);
    if (!failure) return told(host.outputs(request)).join('\n').replace('result: ', '');
    return failure.traceback.join('\n').replaceAll(`cell ${request},`, 'cell N,');
  };
  before(async () => {
    host = await startHost();
    for (const [name, text] of Object.entries(FILES)) write(name, text);
  });
  after(() => host.end());

  for (const [script, expected] of CASES) {
    it(script.slice(0, 100), async () => assert.equal(await result(script), expected));
  }

  it('with an import entry alone are imported first', async () => {
    assert.equal(await result("process.chdir('packages'); __kernel.result(1)"), '1');
    write('node_modules.txt', '');
    assert.equal(
      await result("process.chdir('..'); __kernel.result((await __kernel.import('./packages/esm/index.mjs')).only)"),
      '13',
    );
  });

  it('that have changed are read anew, with what requires them; others stay as they are', async () => {
    const both =
      "let b = __kernel.require('./base'); let v = __kernel.require('./helper'); __kernel.result([b.base, v.value, b === seen, p === __kernel.require('./plain.cjs')])";
    await host.run("let seen = __kernel.require('./base')");
    assert.equal(await result(both), '[ 1, 2, true, true ]');
    write('base.ts', 'export const base: number = 20;\nexport default 3;\n');
    assert.equal(await result(both), '[ 20, 21, false, true ]');
    write('plain.cjs', 'exports.a = 100; exports.later = () => undefined;');
    assert.equal(await result("__kernel.result(__kernel.require('./plain.cjs').a)"), '100');
    write('wrong.ts', 'export const right = 1;\n');
    assert.equal(await result("__kernel.result(__kernel.require('./wrong').right)"), '1');
  });
});

describe('tslab', () => {
  it('shows by its functions', async () => {
    const host = await startHost();
    try {
      const { request } = await host.run(`let { display, newDisplay } = __kernel.require('tslab');
display.html('<b>b</b>');
display.png(new Uint8Array([137, 80, 78, 71]));
display.raw('application/json', '{}');
let d = newDisplay(); d.text('one'); d.text('two');`);
      const shown = host.outputs(request).map(({ message, content }) => [message, content['data']]);
      assert.deepEqual(shown, [
        ['display_data', { 'text/html': '<b>b</b>' }],
        ['display_data', { 'image/png': 'iVBORw==' }],
        ['display_data', { 'application/json': '{}' }],
        ['display_data', { 'text/plain': 'one' }],
        ['update_display_data', { 'text/plain': 'two' }],
      ]);
      const [first, second] = host
        .outputs(request)
        .slice(3)
        .map(({ content }) => content['transient']);
      assert.deepEqual(first, second);
    } finally {
      await host.end();
    }
  });
});
