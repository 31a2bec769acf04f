/** Cells that are too much: refused or compiled, and the next one compiles. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openNotebook, told } from './replMode';

const DEEP = '1:1 0 compile: expected a cell that is nested less deeply (Maximum call stack size exceeded)';

const CASES: Readonly<Record<string, readonly [source: string, told: string]>> = {
  brackets: [`${'('.repeat(5000)}1${')'.repeat(5000)}`, DEEP],
  blocks: ['{'.repeat(5000) + '}'.repeat(5000), DEEP],
  'open calls': ['f('.repeat(5000), DEEP],
  'open templates': ['`${'.repeat(5000), DEEP],
  'a long sum': [`1${'+1'.repeat(20_000)}`, DEEP],
  types: [`let x: ${'Array<'.repeat(5000)}1${'>'.repeat(5000)};`, DEEP],
  'a type without end': [
    'type R<T extends number, A extends 1[] = []> = A["length"] extends T ? A : R<T, [...A, 1]>;\nlet r: R<5000>;',
    '2:8 2589 Type instantiation is excessively deep and possibly infinite.',
  ],
  'a text of 50 MB': [
    `'${'x'.repeat(50e6)}'`,
    '1:1 0 compile: expected a cell of at most 5,000,000 characters, received one of 50,000,002 characters',
  ],
  'a text of 4 MB': [`'${'x'.repeat(4e6)}'`, 'compiled'],
  'many lines': [Array.from({ length: 10_000 }, (_, i) => `${i};`).join('\n'), 'compiled'],
  'control characters': ['\u0000', '1:1 1127 Invalid character.'],
  'half a character': ["'\ud800'.length", 'compiled'],
  'a name of the kernel': ['const $cells = 1;', 'compiled'],
};

describe('hostile cells', () => {
  const notebook = openNotebook();
  after(() => notebook.remove());
  for (const [name, [source, expected]] of Object.entries(CASES)) {
    it(name, () => {
      const result = notebook.compile(source);
      assert.equal(result.ok ? 'compiled' : told(result.diagnostics), expected);
      assert.ok(notebook.compile('1 + 1').ok);
    });
  }

  it('are complete, without completions or documentation', () => {
    for (const source of ['('.repeat(50_000), 'x'.repeat(5_000_001)]) {
      assert.deepEqual(notebook.language.isComplete(source), { status: 'complete', indent: '' });
      assert.deepEqual(notebook.language.complete(source, source.length).matches, []);
      assert.equal(notebook.language.inspect(source, source.length, 1), undefined);
    }
  });

  it('are many: places are found for all, and names last', async () => {
    assert.equal(await notebook.run('const first = 41; interface Kept { a: 1 }'), undefined);
    assert.equal(await notebook.run('const uses = (k: Kept) => k.a;'), undefined);
    for (let i = 0; i < 150; i++)
      notebook.compile(i % 3 === 0 ? `const only${i} = first + ${i};` : `const again = first + ${i};`);
    assert.equal(await notebook.run('uses({ a: 1 }) + first'), 42);
    assert.ok(notebook.compile('only0 + only147 + again').ok);
  });
});
