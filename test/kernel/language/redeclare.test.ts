/** A name may be declared again in any other way: every kind after every kind, by the compiler and by V8. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openNotebook } from './replMode';

const KINDS: Readonly<Record<string, readonly [declaration: string, value: string]>> = {
  let: ['let x = 1;', 'number'],
  const: ["const x = 'a';", 'string'],
  var: ['var x = true;', 'boolean'],
  'nested var': ['for (var x = 0n; x < 1n; x++);', 'bigint'],
  pattern: ['const { x } = { x: 5 };', 'number'],
  function: ['function x() {}', 'function'],
  'async function': ['async function x() {}', 'function'],
  class: ['class x {}', 'function'],
  enum: ['enum x { a }', 'object'],
  namespace: ['namespace x { export const a = 1; }', 'object'],
  using: ['using x = { [Symbol.dispose]() {} };', 'object'],
  import: ["import { join as x } from 'node:path';", 'function'],
  'default import': ["import x from 'node:os';", 'object'],
  'import all': ["import * as x from 'node:os';", 'object'],
  require: ["import x = require('node:os');", 'object'],
  export: ["export { sep as x } from 'node:path';", 'string'],
};

describe('declared again', () => {
  const notebook = openNotebook();
  after(() => notebook.remove());
  for (const [first, [declaration]] of Object.entries(KINDS)) {
    for (const [then, [again, value]] of Object.entries(KINDS)) {
      it(`${then} after ${first}`, async () => {
        assert.equal(await notebook.run(declaration), undefined);
        assert.equal(await notebook.run(again), undefined);
        assert.equal(await notebook.run('typeof x'), value);
      });
    }
  }

  it('after a declaration that threw', async () => {
    assert.match(String(await notebook.run("const x = (() => { throw new Error('no'); })() as number;")), /^thrown: Error: no/);
    assert.equal(await notebook.run('function x() { return 3; } x()'), 3);
  });
});
