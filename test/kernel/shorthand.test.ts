import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandShorthand } from 'iekd/dist/kernel/shorthand';

const rows: readonly (readonly [source: string, expanded: string])[] = [
  ['f({ seed })', 'f({ seed: seed })'],
  ['f({ a: 1, seed, b })\ng({\n  seed,\n})', 'f({ a: 1, seed: seed, b: b })\ng({\n  seed: seed,\n})'],
  ['const { a, b } = c', 'const { a, b } = c'],
  ['function f({ a }: T) { return { a } }', 'function f({ a }: T) { return { a: a } }'],
  ['({ a, b } = c)', '({ a, b } = c)'],
  ['({ a = 1 } = c)', '({ a = 1 } = c)'],
  ['x = { y: { seed } }', 'x = { y: { seed: seed } }'],
  ['const { a: b } = c', 'const { "a": b } = c'],
  ['const f = ({ a, b: { c = 1 } }: T) => c', 'const f = ({ a, "b": { c = 1 } }: T) => c'],
  ['const { [k]: v, "x": y } = z', 'const { [k]: v, "x": y } = z'],
  ['import { a } from "b"', 'import { a } from "b"'],
  ['"{ seed }" // { seed }', '"{ seed }" // { seed }'],
];

test('shorthand properties are written in full, keys of patterns are quoted, everything else stays', () => {
  for (const [source, expanded] of rows) assert.equal(expandShorthand(source), expanded);
});
