/** The examples of doc comments: each compiles as a notebook would, with imports from `iekd` alone; some are run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { before, describe, test } from 'node:test';
import * as ts from 'typescript';

const LIB = join(__dirname, '..', '..', 'lib');

/** Fewer than this mean that the examples were not found. */
const FEWEST = 20;

/** The first example of each of these files is run; seconds each, at most. */
const RUN: readonly string[] = ['methods/ie.ts', 'methods/supervised.ts'];

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

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
    const host = ts.createCompilerHost(OPTIONS);
    const { getSourceFile, fileExists } = host;
    host.getSourceFile = (name, ...rest) => {
      const code = codes.get(name);
      return code === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, code, ts.ScriptTarget.ES2022);
    };
    host.fileExists = (name) => codes.has(name) || fileExists(name);
    const program = ts.createProgram([...codes.keys()], OPTIONS, host);
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
  for (const file of RUN) {
    test(file, async () => {
      const example = examples.find((one) => one.file === file) as Example;
      const { outputText } = ts.transpileModule(example.code, {
        compilerOptions: { ...OPTIONS, noEmit: false, module: ts.ModuleKind.CommonJS },
      });
      const printed: unknown[][] = [];
      const AsyncFunction = (async () => undefined).constructor as new (
        ...parts: string[]
      ) => (...given: unknown[]) => Promise<void>;
      const log = (...line: unknown[]): unknown => printed.push(line);
      await new AsyncFunction('require', 'exports', 'console', outputText)(createRequire(placeOf(example)), {}, { log });
      assert.ok(printed.length > 0 && printed.every((line) => line.every((value) => value !== undefined)), 'it shows something');
    });
  }
});
