/** What is offered at `|`, and what of the text it replaces. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openNotebook } from './replMode';

const CELL = `const config = { rate: 3, name: 'x' };
function add(a: number, b = 2): number { return a + b; }
class Net { depth = 4; run(): void {} }
import { join } from 'node:path';
interface Options { name: 'resnet20' | 'resnet8' | 'vgg' }
function build(options: Options): string { return options.name; }`;

interface Case {
  readonly at: string;
  /** The first matches, in order. */
  readonly first: readonly string[];
  /** All of them. */
  readonly count?: number;
  /** Where the replacement begins. */
  readonly start: number;
}

const CASES: readonly Case[] = [
  { at: 'con|', first: ['config', 'confirm', 'console', 'const', 'continue'], count: 5, start: 0 },
  { at: 'consol|', first: ['console'], count: 1, start: 0 },
  { at: 'Math.sqr|', first: ['sqrt'], count: 3, start: 5 },
  { at: 'Math.SQR|', first: ['SQRT1_2', 'SQRT2'], count: 3, start: 5 },
  { at: '[1].toRev|', first: ['toReversed'], count: 1, start: 4 },
  { at: 'config.|', first: ['name', 'rate'], count: 2, start: 7 },
  { at: 'config.ra|te + 1', first: ['rate'], count: 1, start: 7 },
  { at: '[config].map((one) => one.n|)', first: ['name'], count: 1, start: 26 },
  { at: 'ad|', first: ['add'], count: 1, start: 0 },
  { at: 'new Ne|', first: ['Net'], start: 4 },
  { at: 'const o: Opt|', first: ['Options'], count: 1, start: 9 },
  { at: "build({ name: 'res|' })", first: ['resnet20', 'resnet8'], count: 2, start: 15 },
  { at: "build({ name: 'res|", first: ['resnet20', 'resnet8'], count: 2, start: 15 },
  { at: 'build({ na|', first: ['name'], count: 1, start: 8 },
  { at: "config['r|']", first: ['rate'], count: 1, start: 8 },
  { at: "import { helping } from './he|'", first: ['helper'], count: 1, start: 27 },
  { at: "import x from 'pack|'", first: ['packaged'], count: 1, start: 15 },
  { at: "import { hel|} from './helper'", first: ['helping'], count: 1, start: 9 },
  { at: "import { basename } from 'node:path'; base|", first: ['basename'], count: 1, start: 38 },
  { at: '"💥"; Math.sqr|', first: ['sqrt'], start: 11 },
  { at: 'const of = 1; const off = 2;\n{ const offer = 3; off| }', first: ['off', 'offer'], count: 2, start: 48 },
  { at: 'displ|', first: ['display'], count: 1, start: 0 },
  { at: 'notThere.x|', first: [], count: 0, start: 9 },
  { at: '// con|', first: [], count: 0, start: 3 },
  { at: 'const n = 12|', first: [], count: 0, start: 10 },
];

describe('completions', () => {
  const notebook = openNotebook({ 'helper.ts': 'export const helping = 1;' });
  after(() => notebook.remove());
  notebook.writePackage('packaged', { 'index.d.ts': 'export declare const one: 1;', 'index.js': 'exports.one = 1;' });
  notebook.compile(CELL);
  for (const { at, first, count, start } of CASES) {
    it(at, () => {
      const offset = at.indexOf('|');
      const found = notebook.language.complete(at.replace('|', ''), offset);
      const texts = found.matches.map(({ text }) => text);
      assert.deepEqual(texts.slice(0, count === undefined ? first.length : undefined), first);
      assert.deepEqual({ start: found.start, end: found.end }, { start, end: offset });
    });
  }

  const signatures: readonly (readonly [source: string, kind: string, signature: string])[] = [
    ['add', 'alias', 'function add(a: number, b?: number): number'],
    ['confi', 'const', 'const config: { rate: number; name: string; }'],
    ['consol', 'var', 'var console: Console'],
    ['new Net().ru', 'method', '(method) Net.run(): void'],
    ['Math.sqrt', 'method', '(method) Math.sqrt(x: number): number'],
    ['contin', 'keyword', ''],
  ];
  for (const [source, kind, signature] of signatures) {
    it(`says what ${source} is`, () => {
      const [match] = notebook.language.complete(source, source.length).matches;
      assert.deepEqual({ kind: match?.kind, signature: match?.signature }, { kind, signature });
    });
  }

  it('leaves no name behind, and takes none away', async () => {
    const source = 'const added = 1; function add() {} add';
    notebook.language.complete(source, source.length);
    assert.equal(await notebook.run('add.length + added'), "1:14 2552 Cannot find name 'added'. Did you mean 'add'?");
  });

  for (const offset of [-1, 99, Number.NaN, 1.5]) {
    it(`takes ${offset} for a place within the cell`, () => {
      const { start, end } = notebook.language.complete('con', offset);
      assert.ok(start >= 0 && start <= end && end <= 3);
    });
  }
});
