/**
 * What becomes of a cell before TypeScript's own transformations: header and footer go, the value of the last statement is kept
 * (`__kernel.result(…)`), and `import(…)`, which would look from where the script was compiled, looks from the notebook; a script
 * has no `import.meta`.
 */
import ts from 'typescript';
import type { CellFile } from '../cellFiles';

export function cellResult(cell: CellFile): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const f = context.factory;
    const end = cell.start + cell.source.length;
    const own = file.statements.filter(
      (node) => node.getStart(file) >= cell.start && node.getStart(file) <= end && node.end <= end,
    );
    const last = own.filter((node) => !ts.isEmptyStatement(node)).at(-1);
    const visit = (node: ts.Node): ts.Node => {
      const inner = ts.visitEachChild(node, visit, context);
      if (ts.isCallExpression(inner) && inner.expression.kind === ts.SyntaxKind.ImportKeyword) {
        return f.updateCallExpression(inner, kernelMember(f, 'import'), undefined, inner.arguments);
      }
      return ts.isMetaProperty(inner) && inner.keywordToken === ts.SyntaxKind.ImportKeyword ? kernelMember(f, 'meta') : inner;
    };
    const statements = own.map((node) => {
      const inner = ts.visitNode(node, visit) as ts.Statement;
      if (node !== last || !ts.isExpressionStatement(inner)) return inner;
      return f.updateExpressionStatement(inner, kernelCall(f, 'result', inner.expression));
    });
    return f.updateSourceFile(file, ts.setTextRange(f.createNodeArray(statements), file.statements));
  };
}

const kernelMember = (f: ts.NodeFactory, name: string): ts.Expression =>
  f.createPropertyAccessExpression(f.createIdentifier('__kernel'), name);

/** `__kernel.name(argument)` */
export const kernelCall = (f: ts.NodeFactory, name: string, argument: ts.Expression): ts.Expression =>
  f.createCallExpression(kernelMember(f, name), undefined, [argument]);
