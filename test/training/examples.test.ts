/** The examples in the doc comments, run as a reader would: each is whole, and what it imports is there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { projectFolder } from 'iekd/dist/util/folders';

const FILES = ['lib/training/train.ts', 'lib/training/evaluate.ts', 'lib/optim/schedule.ts'];

/** The code of an example, without the comment's stars. */
function exampleIn(path: string): string {
  const [, code] = /@example\n \* ```ts\n([\s\S]*?) \* ```/.exec(readFileSync(path, 'utf8')) ?? [];
  assert.ok(code, `an example in ${path}`);
  return code.replace(/^ \* /gm, '');
}

describe('examples of doc comments', () => {
  for (const file of FILES) {
    test(file, async () => {
      const code = exampleIn(join(projectFolder(), file));
      const [, names] = /^import (\{.*\}) from 'iekd';\n/.exec(code) ?? [];
      assert.ok(names, 'begins with what it imports from iekd');
      assert.ok(code.trim().split('\n').length <= 7, 'six lines and an import');
      const body = code.replace(/^import .*\n/, '');
      const library: unknown = await import('iekd');
      const known = names.replace(/[{} ]/g, '').split(',');
      for (const name of known) assert.ok(name in (library as object), `iekd exports ${name}`);
      const run = new Function('iekd', `return (async () => { const ${names} = iekd; ${body} })();`) as (
        iekd: unknown,
      ) => Promise<void>;
      await run(library);
    });
  }
});
