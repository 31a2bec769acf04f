/**
 * Two ways of writing objects that tslab 1.0.22 compiles wrongly, written so that it does not. It puts `exports.` before every
 * name that an earlier cell declared, but misses the value in `{ seed }` (the cell then finds no `seed`) and takes the key in
 * `const { result: r } = run` for such a name (the cell then means something else). Written in full, `{ seed: seed }`, and with
 * a quoted key, `{ "result": r }`, both work. Lines stay as they are.
 */
import type * as TypeScript from 'typescript';
import { tslabTypescript } from './tslab';

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** A cell with every shorthand property written in full and every key of a pattern quoted. */
export function expandShorthand(source: string): string {
  const ts = tslabTypescript();
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const insertions: Insertion[] = [];
  const visit = (node: TypeScript.Node): void => {
    insertions.push(...insertionsAt(ts, node));
    ts.forEachChild(node, visit);
  };
  visit(file);
  insertions.sort((a, b) => b.at - a.at);
  return insertions.reduce((text, { at, text: more }) => `${text.slice(0, at)}${more}${text.slice(at)}`, source);
}

function insertionsAt(ts: typeof TypeScript, node: TypeScript.Node): Insertion[] {
  // `({ a = 1 } = x)` is a pattern to assign to, which has no long form of this kind.
  if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer && !isPattern(ts, node.parent)) {
    return [{ at: node.name.end, text: `: ${node.name.text}` }];
  }
  const key = ts.isBindingElement(node) ? node.propertyName : undefined;
  if (!key || !ts.isIdentifier(key)) return [];
  return [key.getStart(), key.end].map((at) => ({ at, text: '"' }));
}

/** Whether an object literal is the left side of an assignment: `({ a } = b)`. */
function isPattern(ts: typeof TypeScript, literal: TypeScript.ObjectLiteralExpression): boolean {
  const { parent } = literal;
  return ts.isBinaryExpression(parent) && parent.left === literal && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}
