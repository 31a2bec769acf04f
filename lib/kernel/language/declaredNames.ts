/** The names that a cell mentions and declares. */
import ts from 'typescript';

/** Every identifier in a cell, also those of properties: more than the names that it may take from earlier cells. */
export function mentionedNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** Whether a cell says something about modules or the global scope that lasts without a name of its own. */
export const augments = (file: ts.SourceFile): boolean =>
  file.statements.some(
    (node) => ts.isModuleDeclaration(node) && (ts.isStringLiteral(node.name) || !!(node.flags & ts.NodeFlags.GlobalAugmentation)),
  );

export interface DeclaredName {
  /** `entity`: what may have a meaning as a type, such as a class or an import. */
  readonly kind: 'let' | 'const' | 'entity';
  /** Of the name in the cell's text. */
  readonly offset: number;
  /** Whether the cell's own words export it. */
  readonly exported: boolean;
}

/** The names that later cells see: those of the top level, and `var` below it. */
export function declaredNames(file: ts.SourceFile): Map<string, DeclaredName> {
  const names = new Map<string, DeclaredName>();
  const add = (name: ts.Node, kind: DeclaredName['kind'], exported = false): void => {
    if (!ts.isIdentifier(name) || name.text === '') return;
    const earlier = names.get(name.text);
    const both = earlier !== undefined && earlier.kind !== kind ? 'entity' : kind;
    names.set(name.text, {
      kind: both,
      offset: earlier?.offset ?? name.getStart(file),
      exported: exported || !!earlier?.exported,
    });
  };
  for (const statement of file.statements) addStatement(statement, add);
  for (const name of localExports(file)) {
    const declared = names.get(name);
    if (declared) names.set(name, { ...declared, exported: true });
  }
  return names;
}

type Add = (name: ts.Node, kind: DeclaredName['kind'], exported?: boolean) => void;

function addStatement(node: ts.Statement, add: Add): void {
  if (ts.isVariableStatement(node)) addVariables(node.declarationList, add, isExported(node));
  else if (ts.isImportDeclaration(node)) addImports(node.importClause, add);
  else if (ts.isImportEqualsDeclaration(node)) add(node.name, 'entity', isExported(node));
  else if (ts.isExportDeclaration(node)) addExports(node, add);
  else if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
    if (node.name) add(node.name, 'entity', isExported(node) && !isDefault(node));
  } else if (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node)) {
    add(node.name, 'entity', isExported(node));
  } else if (ts.isModuleDeclaration(node)) {
    if (!(node.flags & ts.NodeFlags.GlobalAugmentation)) add(node.name, 'entity', isExported(node));
  } else addNestedVariables(node, add);
}

function addVariables(list: ts.VariableDeclarationList, add: Add, exported: boolean): void {
  const constant = (list.flags & ts.NodeFlags.BlockScoped) >= ts.NodeFlags.Const; // also `using`
  const found = list.declarations.flatMap(({ name }) => boundNames(name));
  for (const name of found) add(name, constant ? 'const' : 'let', exported);
}

/** The names that a pattern binds. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function addImports(clause: ts.ImportClause | undefined, add: Add): void {
  if (clause?.name) add(clause.name, 'entity');
  const bindings = clause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) add(bindings.name, 'entity');
  else if (bindings) for (const { name } of bindings.elements) add(name, 'entity');
}

/** `export { a as b }` and `export … from` give later cells the names that they export. */
function addExports({ exportClause }: ts.ExportDeclaration, add: Add): void {
  if (exportClause && ts.isNamespaceExport(exportClause)) add(exportClause.name, 'entity', true);
  if (!exportClause || !ts.isNamedExports(exportClause)) return;
  for (const { name, propertyName } of exportClause.elements) {
    const renamed = propertyName !== undefined && propertyName.text !== name.text;
    if (name.text !== 'default' && (renamed || exportClause.parent.moduleSpecifier)) add(name, 'entity', true);
  }
}

/** Names in `export { a }`. */
const localExports = (file: ts.SourceFile): string[] =>
  file.statements.flatMap((node) =>
    ts.isExportDeclaration(node) && !node.moduleSpecifier && node.exportClause && ts.isNamedExports(node.exportClause)
      ? node.exportClause.elements.map(({ name }) => name.text)
      : [],
  );

function addNestedVariables(node: ts.Node, add: Add): void {
  if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isExpression(node)) return;
  if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped)) addVariables(node, add, false);
  ts.forEachChild(node, (child) => addNestedVariables(child, add));
}

const isExported = (node: ts.Statement): boolean => hasModifier(node, ts.SyntaxKind.ExportKeyword);
const isDefault = (node: ts.Statement): boolean => hasModifier(node, ts.SyntaxKind.DefaultKeyword);

function hasModifier(node: ts.Statement, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((word) => word.kind === kind);
}
