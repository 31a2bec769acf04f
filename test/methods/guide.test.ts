/** The guide "Add your own method" (lib/methods/README.md), followed to the letter: its code is taken out, compiled and run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { TermValues } from 'iekd';
import * as ts from 'typescript';
import { NOTEBOOK_OPTIONS, runCode } from '../fixtures/notebookCode';

const GUIDE = join(__dirname, '..', '..', 'lib', 'methods', 'README.md');
/** Where the code would stand if a reader had put it into a file. */
const FILE = join(__dirname, 'guide.ts');

/** What comes after it says what all methods keep to. */
const text = readFileSync(GUIDE, 'utf8').split('\n## ')[0] as string;
const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] as string);
const code = blocks.join('');

/** What the code prints, argument by argument. */
let printed: unknown[][] = [];

before(async () => {
  printed = await runCode(code, FILE);
});

test('is at most 40 lines long, its matcher about 20', () => {
  assert.ok(text.trimEnd().split('\n').length <= 40);
  assert.equal(blocks.length, 2);
  assert.ok((blocks[0] as string).trimEnd().split('\n').length <= 25);
});

test('imports from iekd alone, and compiles', () => {
  const imported = [...code.matchAll(/from '(.*?)'/g)].map((match) => match[1]);
  assert.deepEqual([...new Set(imported)], ['iekd']);
  const host = ts.createCompilerHost(NOTEBOOK_OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === FILE ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === FILE || fileExists(name);
  const program = ts.createProgram([FILE], NOTEBOOK_OPTIONS, host);
  const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  assert.deepEqual(problems, []);
});

test('trains the matcher under match and ie: terms of the names it should have, finite, the distance within its bound', () => {
  const expected = [
    ['similarity', ['task', 'similarity']],
    ['ie-similarity', ['task', 'inheritance', 'exploration']],
  ] as const;
  assert.deepEqual(
    printed.map(([name, terms]) => [name, Object.keys(terms as TermValues)]),
    expected,
  );
  for (const [, terms] of printed) {
    for (const [name, { value, weighted }] of Object.entries(terms as TermValues)) {
      assert.ok(Number.isFinite(weighted) && value > 0, name);
      if (name !== 'task') assert.ok(value < 4 / 64, `${name}: ${value}`);
    }
  }
});
