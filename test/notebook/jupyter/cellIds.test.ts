/** Cell ids: valid, each once, the same for the same notebook; those that are there stay. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withCellIds } from 'iekd/dist/notebook/jupyter/cellIds';
import type { Notebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { codeCell } from '../cells';

function ids(given: readonly (string | undefined)[], minor = 4): { ids: (string | undefined)[]; minor: number } {
  const cells = given.map((id) => ({ ...codeCell('1'), ...(id === undefined ? {} : { id }) }));
  const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: minor };
  const result = withCellIds(notebook);
  return { ids: result.cells.map(({ id }) => id), minor: result.nbformat_minor };
}

describe('cell ids', () => {
  const fresh = ids([undefined, undefined]).ids;

  it('are made for cells without one, and the notebook becomes one of version 4.5', () => {
    assert.deepEqual(ids([undefined, undefined]), { ids: fresh, minor: 5 });
    assert.ok(fresh.every((id) => /^[0-9a-f]{8}$/.test(id ?? '')));
    assert.notEqual(fresh[0], fresh[1]);
  });
  const table: readonly (readonly [string, readonly (string | undefined)[], readonly (string | undefined)[]])[] = [
    ['stay', ['a', 'B-_9'], ['a', 'B-_9']],
    ['are replaced where they are not valid', ['', 'a b'], fresh],
    ['are replaced where they are too long', ['x'.repeat(65), 'x'.repeat(64)], [fresh[0], 'x'.repeat(64)]],
    ['are replaced where they come again', ['a', 'a'], ['a', fresh[1]]],
  ];
  for (const [name, given, expected] of table) it(name, () => assert.deepEqual(ids(given).ids, expected));
  it('leave one that a later cell has', () => {
    const { ids: found } = ids([undefined, fresh[0]]);
    assert.equal(found[1], fresh[0]);
    assert.notEqual(found[0], fresh[0]);
  });
  it('keep a newer version', () => assert.equal(ids(['a'], 6).minor, 6));
});
