/**
 * Every page runs from its first cell to its last on the smallest budget, with runs in a folder of their own. The quickstart,
 * which has no budgets, is what `npm start` runs.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { executeFile } from 'iekd/dist/notebook/jupyter/execute';
import { ROOT } from '../notebook/cells';

const folder = mkdtempSync(join(tmpdir(), 'iekd-pages-'));
process.env.IEKD_BUDGET = 'smoke';
process.env.IEKD_RUNS = join(folder, 'runs');
after(() => rmSync(folder, { recursive: true }));

describe('pages', () => {
  const names = readdirSync(join(ROOT, 'notebooks')).filter((name) => name.endsWith('.ipynb') && !name.startsWith('00-'));
  assert.ok(names.length > 0);
  for (const name of names.sort()) {
    it(name, async () => {
      const page = join(ROOT, 'notebooks', name);
      const { ok, failure, notebook } = await executeFile(page, join(folder, name), { cellTimeoutSeconds: 300 });
      assert.ok(ok, `cell ${failure?.cell}: ${failure?.name}: ${failure?.message}`);
      const code = notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? [cell] : []));
      assert.ok(code.every((cell) => cell.execution_count !== null));
      assert.ok(code.some((cell) => cell.outputs.length > 0));
    });
  }
});
