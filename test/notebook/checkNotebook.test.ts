/** The check of notebooks sees what the kernel lets pass; and every notebook of the project passes it. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { notebookOf, ROOT } from './cells';
import { checkNotebook, complaints } from './checkNotebook';

const FOLDER = join(ROOT, 'notebooks');

describe('the check of notebooks', () => {
  it('finds type errors with their cell and line', () => {
    const notebook = notebookOf(
      "import { refuse } from 'iekd';\nconst wrong = refuse('a', 'b', 'c');",
      'function twice(x) { return 2 * x; }',
      'const first = [1, 2][0];\nfirst.toFixed();\n\nawait Promise.resolve(3);',
      "import x from '../y.json';",
      'const first = 2;',
    );
    const found = complaints(notebook, FOLDER);
    const expected = [
      /^cell 2, line 1: Parameter 'x' implicitly has an 'any' type\.$/,
      /^cell 3, line 1: Cannot redeclare block-scoped variable 'first'\.$/,
      /^cell 3, line 2: 'first' is possibly 'undefined'\.$/,
      /^cell 4, line 1: Cannot find module '\.\.\/y\.json'/,
      /^cell 5, line 1: Cannot redeclare block-scoped variable 'first'\.$/,
    ];
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const pattern of expected)
      assert.ok(
        found.some((text) => pattern.test(text)),
        `${pattern}\n${found.join('\n')}`,
      );
  });

  it('passes good cells', () => {
    const good = "import { refuse } from 'iekd';\nconst error: Error = refuse('a', 'b', 'c');";
    assert.deepEqual(complaints(notebookOf(good, 'await Promise.resolve(error.message);'), FOLDER), []);
  });

  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.ipynb'))) {
    it(`passes ${name}`, () => assert.deepEqual(checkNotebook(join(FOLDER, name)), []));
  }
});
