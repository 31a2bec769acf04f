/** Scripts as V8 gets them: their text, what they say of themselves, and where their lines come from. */
import assert from 'node:assert/strict';
import { SourceMap } from 'node:module';
import { after, describe, it } from 'node:test';
import { openNotebook } from './replMode';

/** Source, script without `'use strict'` and its name, names, specifiers. */
const SCRIPTS: readonly (readonly [source: string, script: string, declares: readonly string[], imports: readonly string[]])[] = [
  ['const a = 1;\na + 1', 'let a = 1;\n__kernel.result(a + 1);\n', ['a'], []],
  [
    "import d, { sep as s, type ParsedPath } from 'node:path';\nimport * as os from 'node:os';\nimport 'node:fs';\nimport url = require('node:url');",
    "let { default: d = __kernel.require('node:path'), sep: s } = __kernel.require('node:path');\nlet os = __kernel.require('node:os');\n__kernel.require('node:fs');\nlet url = require(\"node:url\");\n",
    ['d', 's', 'os', 'url'],
    ['node:path', 'node:os', 'node:fs', 'node:url'],
  ],
  [
    "log(sep);\nfunction log(text: string) {}\nimport { sep } from 'node:path';",
    "let { sep } = __kernel.require('node:path');\nlet log = function log(text) { };\nlog(sep);\n",
    ['log', 'sep'],
    ['node:path'],
  ],
  ['import.meta.url', '__kernel.result(__kernel.meta.url);\n', [], []],
  ["await import('node:os');", "__kernel.result(await __kernel.import('node:os'));\n", [], []],
  [
    'function f(): void {}\nlet g = 1; class A {}\nvar v; interface I {}',
    'let v;\nlet f = function f() { };\nlet g = 1;\nlet A = class A {\n};\n',
    ['f', 'g', 'A', 'v'],
    [],
  ],
  [
    'while (1) f();\nfunction f() { do {} while (0); }',
    'let f = function f() { do {\n    if (__stop[0]) __kernel.stopped();\n} while (0); };\nwhile (1) {\n    if (__stop[0]) __kernel.stopped();\n    f();\n}\n',
    ['f'],
    [],
  ],
  ['', '', [], []],
];

describe('scripts', () => {
  const notebook = openNotebook();
  after(() => notebook.remove());
  for (const [source, script, declares, imports] of SCRIPTS) {
    it(JSON.stringify(source), () => {
      const result = notebook.language.compile({ number: 7, source, lasting: false });
      assert.ok(result.ok);
      assert.equal(result.cell.script, `'use strict';\n${script}//# sourceURL=cell-7.ts\n`);
      assert.deepEqual([result.cell.declares, result.cell.imports], [declares, imports]);
    });
  }

  it('have a map to the lines of the cell', () => {
    notebook.compile('const earlier = 1;');
    const source =
      "\ninterface I { a: 1 }\nimport { sep } from 'node:path';\nfunction f() {\n  for (const i of [1]) throw new Error(sep + i);\n}\n/* é💥 */ const after = earlier + marked();\nfunction marked(): number { return 2; }\nafter";
    const result = notebook.language.compile({ number: 3, source });
    assert.ok(result.ok);
    const map = JSON.parse(result.cell.map);
    assert.deepEqual([map.version, map.sources, map.sourcesContent], [3, ['cell-3.ts'], [source]]);
    const entries = new SourceMap(map);
    const places: readonly (readonly [text: string, line: number, column: number])[] = [
      ['sep }', 2, 9],
      ['new Error', 4, 29],
      ['earlier + ', 6, 24],
      ['return 2', 7, 28],
      ['after);', 8, 0],
    ];
    const lines = result.cell.script.split('\n');
    for (const [text, line, column] of places) {
      const row = lines.findIndex((one) => one.includes(text));
      const found = entries.findEntry(row, (lines[row] ?? '').indexOf(text)) as {
        readonly originalLine: number;
        readonly originalColumn: number;
      };
      assert.deepEqual([text, found.originalLine, found.originalColumn], [text, line, column]);
    }
  });

  it('stop in every kind of loop', async () => {
    const loops = [
      'for (;;);',
      'while (true) {}',
      'do {} while (true);',
      'for (const k in { a: 1 }) { k; }',
      'for (const x of [1]) x;',
      'for await (const x of [1]) x;',
      '(function* () { while (true) yield 1; })().next();',
      'await (async () => { for (;;) await 0; })();',
      'class L { static { while (true); } }',
    ];
    notebook.stop[0] = 1;
    try {
      for (const loop of loops) assert.equal(await notebook.run(loop), 'thrown: Error: stopped');
    } finally {
      notebook.stop[0] = 0;
    }
    assert.equal(await notebook.run('let turns = 0; for (let i = 0; i < 5; i++) turns++;\nturns'), 5);
  });

  it('of an expression beside the cells leave nothing', async () => {
    assert.ok(notebook.language.compile({ number: 9, source: 'const beside = 1; beside', lasting: false }).ok);
    assert.equal(await notebook.run('beside'), "1:1 2304 Cannot find name 'beside'.");
  });
});
