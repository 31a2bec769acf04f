/** The examples in the doc comments, run as a reader would: each is whole, and what it imports is there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { projectFolder } from 'iekd/dist/util/folders';
import * as ts from 'typescript';

const FILES = ['lib/training/train.ts', 'lib/training/evaluate.ts', 'lib/optim/schedule.ts'];

type Run = (require: (name: string) => object, exports: object) => Promise<void>;

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
      const [, names] = /^import \{(.*)\} from 'iekd';\n/.exec(code) ?? [];
      assert.ok(names, 'begins with what it imports from iekd');
      assert.ok(code.trim().split('\n').length <= 7, 'six lines and an import');
      const library = (await import('iekd')) as object;
      const values = names.split(',').map((name) => name.trim());
      for (const name of values.filter((one) => !one.startsWith('type '))) assert.ok(name in library, `iekd exports ${name}`);
      const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
      const { outputText } = ts.transpileModule(code, { compilerOptions });
      const run = new Function('require', 'exports', `return (async () => { ${outputText} })();`) as Run;
      await run(() => library, {});
    });
  }
});
