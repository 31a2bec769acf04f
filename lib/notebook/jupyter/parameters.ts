/**
 * Parameters of a notebook, as papermill has them: a cell tagged `parameters` declares them with their defaults, and a cell tagged
 * `injected-parameters` right behind it gives other values. Values are TypeScript. The injected cell is compiled by the kernel like any
 * other, and written so that the kernel checks each value against the type that its declaration has or implies:
 *
 *     let epochs = 5;                     epochs = 3;
 *     const epochs = 5;                   const epochs: number = 3;
 *     const set: 'a' | 'b' = 'a';         const set: 'a' | 'b' = 'b';
 *     const size = { train: 5 };          const size = (() => (size = { train: 5 }) => size)()({ train: 3 });
 *
 * In the last the default is never evaluated and gives the type alone. (A function that is called where it stands would take its
 * parameter's type from the value.)
 *
 * https://papermill.readthedocs.io/en/latest/usage-parameterize.html
 */
import * as ts from 'typescript';
import { refuse, refusePhrase } from '../../util/check';
import { listed, suggestion } from '../../util/names';
import type { Cell, CodeCell, Notebook } from './notebookFile';

const DECLARING = 'parameters';
const INJECTED = 'injected-parameters';

/** A variable that a parameters cell declares, in its own words. */
interface Parameter {
  readonly keyword: 'let' | 'const' | 'var';
  readonly type: string | undefined;
  readonly value: ts.Expression;
  readonly text: string;
}

/** The notebook with other values for its parameters. @param values TypeScript expressions by name @throws InputError */
export function withParameters(notebook: Notebook, values: Readonly<Record<string, string>>): Notebook {
  const at = notebook.cells.findIndex((cell) => hasTag(cell, DECLARING));
  const declaring = notebook.cells[at];
  if (declaring?.cell_type !== 'code') {
    const expected = `a code cell with the tag "${DECLARING}"`;
    throw refusePhrase('--set', expected, 'none', 'give the tag to the cell that declares them');
  }
  const known = parametersOf(declaring.source);
  const lines = Object.entries(values).map(([name, value]) => assignment(name, value, known));
  const before = notebook.cells.find((cell) => hasTag(cell, INJECTED));
  const injected: CodeCell = {
    cell_type: 'code',
    source: ['// Parameters', ...lines].join('\n'),
    metadata: { tags: [INJECTED] },
    outputs: [],
    execution_count: null,
    ...(before?.id === undefined ? {} : { id: before.id }),
  };
  const cells = notebook.cells.flatMap((cell) => (cell === declaring ? [cell, injected] : hasTag(cell, INJECTED) ? [] : [cell]));
  return { ...notebook, cells };
}

function hasTag({ metadata }: Cell, tag: string): boolean {
  const tags = metadata['tags'];
  return Array.isArray(tags) && tags.includes(tag);
}

/** Variables with a value that stand at the top of a cell, by name. */
function parametersOf(source: string): ReadonlyMap<string, Parameter> {
  const file = ts.createSourceFile('parameters.ts', source, ts.ScriptTarget.Latest, true);
  const statements = file.statements.filter(ts.isVariableStatement);
  const found = statements.flatMap(({ declarationList: list }) => {
    const keyword = list.flags & ts.NodeFlags.Const ? 'const' : list.flags & ts.NodeFlags.Let ? 'let' : 'var';
    return list.declarations.flatMap(({ name, type, initializer: value }): [string, Parameter][] => {
      if (!ts.isIdentifier(name) || !value) return [];
      return [[name.text, { keyword, type: type?.getText(file), value, text: value.getText(file) }]];
    });
  });
  return new Map(found);
}

function assignment(name: string, value: string, known: ReadonlyMap<string, Parameter>): string {
  const parameter = known.get(name);
  if (!parameter) {
    const names = [...known.keys()];
    const expected =
      names.length > 0 ? `a parameter among ${listed(names)}` : 'a parameter, and the cell declares none with a value';
    throw refuse('--set', expected, name, suggestion(names, name));
  }
  const given = value.trim();
  if (!isExpression(given)) {
    const hint = isText(parameter) ? `a text has quotes of its own: --set '${name}=${JSON.stringify(value)}'` : undefined;
    throw refuse(`--set ${name}`, 'a TypeScript expression', value, hint);
  }
  if (parameter.keyword !== 'const') return `${name} = ${given};`;
  const type = parameter.type ?? literalType(parameter.value);
  if (type) return `const ${name}: ${type} = ${given};`;
  if (given === 'undefined' || awaits(parameter.value)) {
    throw refusePhrase(
      `--set ${name}`,
      'a declaration with a type',
      `none for ${JSON.stringify(given)}`,
      `write const ${name}: TYPE = …`,
    );
  }
  return `const ${name} = (() => (${name} = ${parameter.text}) => ${name})()(${given});`;
}

const isText = ({ type, value }: Parameter): boolean => (type ? type === 'string' : ts.isStringLiteralLike(value));

/** Whether a text is one expression, and none that reaches out of its place. */
function isExpression(text: string): boolean {
  const { diagnostics } = ts.transpileModule(`(${text})`, { reportDiagnostics: true });
  const { statements } = ts.createSourceFile('value.ts', `(${text})`, ts.ScriptTarget.Latest);
  const [statement] = statements;
  if (diagnostics?.length || statements.length !== 1 || !statement || !ts.isExpressionStatement(statement)) return false;
  const { expression } = statement;
  return ts.isParenthesizedExpression(expression) && expression.end === text.length + 2 && !isSequence(expression.expression);
}

/** `a, b` would be two arguments. */
const isSequence = (expression: ts.Expression): boolean =>
  ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.CommaToken;

/** The type that TypeScript gives a `let` with this literal. */
function literalType(value: ts.Expression): string | undefined {
  const literal = ts.isPrefixUnaryExpression(value) ? value.operand : value;
  if (ts.isNumericLiteral(literal)) return 'number';
  if (ts.isBigIntLiteral(literal)) return 'bigint';
  if (ts.isStringLiteral(value) || ts.isTemplateLiteral(value)) return 'string';
  return value.kind === ts.SyntaxKind.TrueKeyword || value.kind === ts.SyntaxKind.FalseKeyword ? 'boolean' : undefined;
}

/** The default of a parameter of a function cannot await. */
function awaits(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node)) return true;
  return ts.isFunctionLike(node) ? false : (ts.forEachChild(node, awaits) ?? false);
}
