/** Every cell of the project's own notebooks compiles, in order. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createLanguage } from 'iekd/dist/kernel/language/language';
import { readNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { ROOT } from '../../notebook/cells';
import { told } from './replMode';

const FOLDER = join(ROOT, 'notebooks');

describe('notebooks of the project', () => {
  const language = createLanguage({ folder: FOLDER });
  const pages = readdirSync(FOLDER).filter((name) => name.endsWith('.ipynb'));
  it('are there', () => assert.ok(pages.length >= 10));
  for (const page of pages) {
    it(page, () => {
      const cells = readNotebook(join(FOLDER, page)).cells.filter((cell) => cell.cell_type === 'code');
      assert.ok(cells.length > 0);
      cells.forEach(({ source }, i) => {
        const result = language.compile({ number: i + 1, source });
        assert.equal(result.ok ? '' : told(result.diagnostics), '', `cell ${i + 1}`);
      });
    });
  }
});
