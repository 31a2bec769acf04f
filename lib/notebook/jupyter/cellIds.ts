/**
 * Cell ids, which nbformat 4.5 asks for: 1 to 64 letters, digits, hyphens and underscores, each once in a notebook. Jupyter draws them at
 * random; here a missing one is a hash of the cell's place and text, so that the same notebook gives the same file.
 * https://nbformat.readthedocs.io/en/latest/format_description.html#cell-ids
 */
import { sha256 } from '../../util/hash';
import type { Cell, Notebook } from './notebookFile';

/** The first version with ids. */
const MINOR = 5;

/** The notebook as nbformat 4.5 or newer: cells without a valid id of their own are given one, others keep theirs. */
export function withCellIds(notebook: Notebook): Notebook {
  const given = notebook.cells.flatMap(({ id }) => (id === undefined ? [] : [id]));
  const used = new Set<string>();
  const cells = notebook.cells.map((cell, index): Cell => {
    const own = cell.id !== undefined && /^[\w-]{1,64}$/.test(cell.id) && !used.has(cell.id) ? cell.id : undefined;
    const id = own ?? freshId(cell, index, (name) => used.has(name) || given.includes(name));
    used.add(id);
    return { ...cell, id };
  });
  return { ...notebook, cells, nbformat_minor: Math.max(MINOR, notebook.nbformat_minor) };
}

function freshId({ cell_type: kind, source }: Cell, index: number, taken: (id: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const text = JSON.stringify([index, kind, source, attempt]);
    const id = sha256(text).slice(0, 8);
    if (!taken(id)) return id;
  }
}
