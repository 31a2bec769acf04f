/**
 * What tslab 1.0.22 cannot run although it is good TypeScript: a sentence for each use, with what to write instead. tslab makes
 * a cell asynchronous only when the compiler complains of an `await` outside a function, and it does not take `await (`,
 * `await [` and the like, or `for await`, for one; it compiles nothing above the notebook's folder, and no `export`.
 */
import { existsSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type * as TypeScript from 'typescript';
import { tslabTypescript } from './tslab';

/** One thing in a cell that tslab cannot do. */
export interface CellProblem {
  /** Counted from 1. */
  readonly line: number;
  /** One sentence: what it is and what to write instead. */
  readonly sentence: string;
}

type Found = { readonly node: TypeScript.Node; readonly sentence: string };

const PLAIN_OPERAND = /^await[^\S\n]+[\p{L}\p{N}_$"'#]/u;

/**
 * @param source a code cell
 * @param folder where the notebook lies, which is also where its kernel runs
 */
export function cellProblems(source: string, folder: string): CellProblem[] {
  const ts = tslabTypescript();
  const module = `${source}\nexport {};`; // only in a module is a top-level await one
  const file = ts.createSourceFile('cell.ts', module, ts.ScriptTarget.ES2022, true);
  const found = [...awaitProblems(ts, file), ...importProblems(ts, file, folder), ...exportProblems(ts, file)];
  return found
    .map(({ node, sentence }) => ({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, sentence }))
    .sort((a, b) => a.line - b.line);
}

/** Nodes outside functions and classes, in order. */
function topLevel(ts: typeof TypeScript, root: TypeScript.Node): TypeScript.Node[] {
  const nodes: TypeScript.Node[] = [];
  const visit = (node: TypeScript.Node): void => {
    nodes.push(node);
    if (!ts.isFunctionLike(node) && !ts.isClassLike(node)) ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

function awaitProblems(ts: typeof TypeScript, file: TypeScript.SourceFile): Found[] {
  const nodes = topLevel(ts, file);
  const awaits = nodes.filter(ts.isAwaitExpression);
  const plain = (node: TypeScript.Node): boolean => PLAIN_OPERAND.test(node.getText());
  if (awaits.some(plain)) return []; // one plain await makes the whole cell asynchronous
  const cure = 'begin the cell with `await 0;`, or write an async function and await its call';
  const loops = nodes.filter((node): node is TypeScript.ForOfStatement => ts.isForOfStatement(node) && !!node.awaitModifier);
  return [
    ...awaits.map((node) => {
      const start = node.getText().replace(/\s+/g, ' ').slice(0, 7);
      return { node, sentence: `tslab cannot run \`${start}\` outside a function: ${cure}` };
    }),
    ...loops.map((node) => ({ node, sentence: `tslab cannot run \`for await\` outside a function: ${cure}` })),
  ];
}

function importProblems(ts: typeof TypeScript, file: TypeScript.SourceFile, folder: string): Found[] {
  return file.statements.flatMap((node): Found[] => {
    if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      const from = node.moduleReference.expression.getText();
      const sentence = `tslab cannot run \`import ${node.name.text} = require(${from})\`: write \`import * as ${node.name.text} from ${from}\``;
      return [{ node, sentence }];
    }
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    const sentence = from && ts.isStringLiteral(from) ? pathProblem(from.text, folder) : undefined;
    return sentence ? [{ node, sentence }] : [];
  });
}

function pathProblem(from: string, folder: string): string | undefined {
  if (!/^\.\.?(\/|$)/.test(from)) return undefined;
  const path = resolve(folder, from);
  if (relative(folder, path).split(sep)[0] === '..') {
    return from.endsWith('.json')
      ? `tslab cannot import '${from}' from above the notebook's folder: write \`JSON.parse(fs.readFileSync('${from}', 'utf8'))\``
      : `tslab cannot import '${from}' from above the notebook's folder: import from 'iekd'; after a change there run \`npm run build\` and restart the kernel`;
  }
  if (existsSync(path) && statSync(path).isDirectory()) {
    return `tslab cannot import the folder '${from}': write '${from.replace(/\/$/, '')}/index'`;
  }
  return undefined;
}

function exportProblems(ts: typeof TypeScript, file: TypeScript.SourceFile): Found[] {
  const sentence = 'tslab cannot run `export` in a cell: leave the word out, later cells see every top-level name';
  const exported = (node: TypeScript.Statement): boolean =>
    ts.isExportAssignment(node) ||
    (ts.isExportDeclaration(node) && !node.moduleSpecifier) ||
    (ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((word) => word.kind === ts.SyntaxKind.ExportKeyword));
  return file.statements
    .slice(0, -1)
    .filter(exported)
    .map((node) => ({ node, sentence }));
}
