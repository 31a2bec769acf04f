/** The examples of doc comments: each compiles as a notebook would, with imports from `iekd` alone; some are run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { before, describe, test } from 'node:test';
import * as ts from 'typescript';
import { NOTEBOOK_OPTIONS, runCode } from '../fixtures/notebookCode';

const LIB = join(__dirname, '..', '..', 'lib');

/** Fewer than this mean that the examples were not found. */
const FEWEST = 20;

/** The first example of each of these files is run; seconds each, at most. */
const RUN: readonly string[] = ['data/own/dataset.ts', 'methods/ie.ts', 'methods/supervised.ts'];
/** As those, in six lines and an import. */
const RUN_SHORT: readonly string[] = ['training/train.ts', 'training/evaluate.ts', 'optim/schedule.ts'];

interface Example {
  /** `methods/ie.ts` */
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** The blocks of code below `@example` in a file, without the stars of the comment. */
function examplesIn(path: string): Example[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^ *\* @example\b[^\n]*\n((?: *\* ?[^/\n]?.*\n)*?) *\* ```ts\n((?: *\*(?!\/).*\n)*?) *\* ```/gm)].map(
    (match) => ({
      file: relative(LIB, path).replaceAll('\\', '/'),
      line: text.slice(0, match.index).split('\n').length,
      code: (match[2] ?? '').replace(/^ *\* ?/gm, ''),
    }),
  );
}

const examples = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/^(dist|stubs)\b/.test(name))
  .sort()
  .flatMap((name) => examplesIn(join(LIB, name)));

/** Where an example would stand if a reader had put it into a file. */
const placeOf = ({ file, line }: Example): string => join(__dirname, `example-${file.replaceAll('/', '-')}-${line}.ts`);

describe('examples of doc comments compile', () => {
  const problems = new Map<string, string[]>();

  before(() => {
    const codes = new Map(examples.map((example) => [placeOf(example), `${example.code}\nexport {};\n`]));
    const host = ts.createCompilerHost(NOTEBOOK_OPTIONS);
    const { getSourceFile, fileExists } = host;
    host.getSourceFile = (name, ...rest) => {
      const code = codes.get(name);
      return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
    };
    host.fileExists = (name) => codes.has(name) || fileExists(name);
    const program = ts.createProgram([...codes.keys()], NOTEBOOK_OPTIONS, host);
    for (const place of codes.keys()) {
      const file = program.getSourceFile(place);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      problems.set(
        place,
        found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
      );
    }
  });

  test('they are found', () => assert.ok(examples.length >= FEWEST, `${examples.length} examples`));

  for (const example of examples) {
    test(`${example.file}:${example.line}`, () => {
      const imported = [...example.code.matchAll(/from '(.*?)'/g)].map((match) => match[1]);
      assert.deepEqual(
        imported.filter((name) => name !== 'iekd'),
        [],
      );
      assert.deepEqual(problems.get(placeOf(example)), []);
    });
  }
});

describe('examples of doc comments run', () => {
  const firstOf = (file: string): Example => examples.find((one) => one.file === file) as Example;
  for (const file of RUN) {
    test(file, async () => {
      const example = firstOf(file);
      const printed = await runCode(example.code, placeOf(example));
      assert.ok(printed.length > 0 && printed.every((line) => line.every((value) => value !== undefined)), 'it shows something');
    });
  }
  for (const file of RUN_SHORT) {
    test(file, async () => {
      const example = firstOf(file);
      const [, names] = /^import \{(.*)\} from 'iekd';\n/.exec(example.code) ?? [];
      assert.ok(names, 'begins with what it imports from iekd');
      assert.ok(example.code.trim().split('\n').length <= 7, 'six lines and an import');
      await runCode(example.code, placeOf(example));
    });
  }
});
