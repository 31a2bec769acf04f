/** Whether Enter runs a cell. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openNotebook } from './replMode';

const COMPLETE = [
  '',
  '1',
  'const a = 1',
  'const a',
  'function f(x: number) { return x }',
  'for (const i of [1]) { console.log(i) }',
  '`a`',
  `\`a \${b} c\``,
  '// only a comment',
  'await (f())',
  'for await (const x of y) {}',
  'using a = b;',
  'export default 1',
  '@dec class A {}',
  'const s = "a\\\nb"',
  'unknown.name + 1',
];

const INVALID = [
  'const = 1',
  '}{',
  '1 +* 2',
  'let 3x',
  "'abc",
  'f(1))',
  '/abc',
  '}',
  'case 1:',
  "f('abc",
  'a b',
  'let x = {\n  a b\n',
];

/** With what the next line begins with. */
const INCOMPLETE: readonly (readonly [source: string, indent: string])[] = [
  ['function f(x: number) {', '  '],
  ['const a = [1,', '  '],
  ['`abc', ''],
  [`\`a \${b`, '  '],
  [`\`a \${b} c`, ''],
  ['for (const i of [1]) {', '  '],
  ['f(1,', '  '],
  ['const o = {', '  '],
  ['/* abc', ''],
  ['const a =', ''],
  ['x.', ''],
  ['if (x)', ''],
  ['if (x) {\n  f(\n', '    '],
  ['@dec', ''],
  ['import { a } from', ''],
  ['class A {\n  m() {\n    1;\n  }\n', '  '],
  ['try { }', ''],
  ['1 +\n', ''],
  ['async () => {\n\tawait 1;\n', '\t'],
];

describe('completeness', () => {
  const notebook = openNotebook();
  after(() => notebook.remove());
  const told = (source: string) => notebook.language.isComplete(source);
  for (const source of COMPLETE) {
    it(`complete: ${JSON.stringify(source)}`, () => assert.deepEqual(told(source), { status: 'complete', indent: '' }));
  }
  for (const source of INVALID) {
    it(`invalid: ${JSON.stringify(source)}`, () => assert.deepEqual(told(source), { status: 'invalid', indent: '' }));
  }
  for (const [source, indent] of INCOMPLETE) {
    it(`incomplete: ${JSON.stringify(source)}`, () => assert.deepEqual(told(source), { status: 'incomplete', indent }));
  }
});
