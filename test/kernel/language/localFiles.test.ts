/** Local files and packages: what is on the disk now counts. */
import assert from 'node:assert/strict';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openNotebook, told } from './replMode';

const compile = (notebook: ReturnType<typeof openNotebook>, source: string): string => {
  const result = notebook.compile(source);
  return result.ok ? 'compiled' : told(result.diagnostics).replaceAll(notebook.folder, '');
};

describe('local files', () => {
  it('follow the disk: absent, written, changed, broken, mended', (t) => {
    const notebook = openNotebook();
    t.after(() => notebook.remove());
    const source = "import { f } from './helper';\nconst n: number = f();";
    const steps: readonly (readonly [file: string | undefined, told: string])[] = [
      [undefined, "1:19 2307 Cannot find module './helper' or its corresponding type declarations."],
      ['export const f = (): number => 1;', 'compiled'],
      ["export const f = (): string => 'a';", "2:7 2322 Type 'string' is not assignable to type 'number'."],
      ["\nexport const f = (): number => 'a';", "/helper.ts:2:32 2322 Type 'string' is not assignable to type 'number'."],
      [
        'export const f = (): number => {',
        "/helper.ts:1:33 1005 '}' expected.\n  The parser expected to find a '}' to match the '{' token here.",
      ],
      [
        "import { g } from './other'; export const f = (): number => g;",
        "/helper.ts:1:19 2307 Cannot find module './other' or its corresponding type declarations.",
      ],
      ["import { two } from './data.json'; export const f = (): number => two;", 'compiled'],
    ];
    notebook.write('data.json', '{ "two": 2 }');
    for (const [file, expected] of steps) {
      if (file !== undefined) notebook.write('helper.ts', file);
      assert.equal(compile(notebook, source), expected);
    }
  });

  it('see what they import appear', (t) => {
    const notebook = openNotebook({ 'helper.ts': "export { g } from './other';" });
    t.after(() => notebook.remove());
    const source = "import { g } from './helper';\ng * 2";
    assert.match(compile(notebook, source), /^\/helper.ts:1:19 2307 /);
    notebook.write('other.ts', 'export const g = 3;');
    assert.equal(compile(notebook, source), 'compiled');
    notebook.write('other.ts', "export const g = 'three';");
    assert.equal(
      compile(notebook, source),
      "2:1 2362 The left-hand side of an arithmetic operation must be of type 'any', 'number', 'bigint' or an enum type.",
    );
  });

  it('may not await at their top level; `.tsx` may be among them', (t) => {
    const notebook = openNotebook({
      'soon.ts': 'export const later = async (): Promise<null> => await null;\nexport const n =\n  await Promise.resolve(1);\n',
      'each.ts': 'for await (const n of [1]) n;\nexport {};\n',
      'part.tsx': 'export const own = <T,>(value: T): T => value;\n',
    });
    t.after(() => notebook.remove());
    const compiled = (name: string): string => {
      const result = notebook.language.compileFile(join(notebook.folder, name));
      return result.ok ? 'compiled' : told(result.diagnostics).replaceAll(notebook.folder, '');
    };
    const refused = 'a local file cannot await at its top level; export an async function, and await it in the cell';
    assert.equal(compiled('soon.ts'), `/soon.ts:3:3 0 ${refused}`);
    assert.equal(compiled('each.ts'), `/each.ts:1:1 0 ${refused}`);
    assert.equal(compiled('part.tsx'), 'compiled');
    assert.equal(compile(notebook, "import { own } from './part'; own(1)"), 'compiled');
  });

  it('are compiled to CommonJS with a map', (t) => {
    const text =
      "import { sep } from 'node:path';\nimport type { Stats } from 'node:fs';\nexport interface A { a: 1 }\n\nexport const f = (a: A, _?: Stats): string => sep + a.a;\n";
    const notebook = openNotebook({ 'helper.ts': text });
    t.after(() => notebook.remove());
    const path = join(notebook.folder, 'helper.ts');
    const result = notebook.language.compileFile(path);
    assert.ok(result.ok);
    assert.ok(
      result.code.includes('exports.f = f;') && !result.code.includes('node:fs') && !result.code.includes('sourceMappingURL'),
    );
    const lines = result.code.split('\n');
    const line = lines.findIndex((one) => one.includes('a.a'));
    const column = (lines[line] ?? '').indexOf('a.a');
    const found = new SourceMap(JSON.parse(result.map)).findEntry(line, column) as {
      readonly originalSource: string;
      readonly originalLine: number;
      readonly originalColumn: number;
    };
    assert.deepEqual([found.originalSource, found.originalLine, found.originalColumn], [path, 4, 52]);
  });

  it('tell their own errors', (t) => {
    const notebook = openNotebook({ 'wrong.ts': 'export const a: string = 1;' });
    t.after(() => notebook.remove());
    const [wrong, absent] = ['wrong.ts', 'absent.ts'].map((name) => join(notebook.folder, name));
    assert.deepEqual(notebook.language.compileFile(wrong as string), {
      ok: false,
      diagnostics: [
        {
          file: wrong,
          line: 1,
          column: 14,
          length: 1,
          code: 2322,
          text: "Type 'number' is not assignable to type 'string'.",
          source: 'export const a: string = 1;',
        },
      ],
    });
    assert.deepEqual(notebook.language.compileFile(absent as string), {
      ok: false,
      diagnostics: [
        {
          file: absent,
          line: 1,
          column: 1,
          length: 0,
          code: 0,
          text: `expected a TypeScript file, received none at ${absent}`,
          source: '',
        },
      ],
    });
  });
});

describe('packages', () => {
  const packages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    modern: {
      'package.json': '{ "type": "module", "exports": { ".": "./main.js", "./deep": "./deep.js" } }',
      'main.js': '',
      'main.d.ts': 'export declare const one: 1; export default one;',
      'deep.js': '',
      'deep.d.ts': 'export type Deep = 2;',
    },
    untyped: { 'index.js': 'exports.any = 1;' },
    old: {
      'index.js': '',
      'index.d.ts': 'declare function old(n: number): string; declare namespace old { const more: 1 } export = old;',
    },
  };
  const cells: readonly (readonly [source: string, told: string])[] = [
    ["import one, { one as same } from 'modern'; const a: 1 = one + same - 1 as 1;", 'compiled'],
    ["import type { Deep } from 'modern/deep'; const d: Deep = 2;", 'compiled'],
    [
      "import { Deep } from 'modern/deeper';",
      "1:22 2307 Cannot find module 'modern/deeper' or its corresponding type declarations.",
    ],
    ["import untyped, { any } from 'untyped'; untyped.x + any.y", 'compiled'],
    ["import old from 'old'; old(1) + old.more", 'compiled'],
    [
      "import again = require('old'); again('1')",
      "1:38 2345 Argument of type 'string' is not assignable to parameter of type 'number'.",
    ],
    ["import { late } from 'late'; late", "1:22 2307 Cannot find module 'late' or its corresponding type declarations."],
  ];
  it('resolve from the notebook upwards, also those installed later', (t) => {
    const notebook = openNotebook();
    t.after(() => notebook.remove());
    for (const [name, files] of Object.entries(packages)) notebook.writePackage(name, files);
    for (const [source, expected] of cells) assert.equal(compile(notebook, source), expected);
    notebook.writePackage('late', { 'index.d.ts': 'export declare const late: 1;', 'index.js': '' });
    assert.equal(compile(notebook, "import { late } from 'late'; late"), 'compiled');
  });
});
