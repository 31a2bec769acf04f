// @ts-check
/**
 * A plugin of TypeDoc: groups the reference by room, and adds the types that the front door's names speak of and that are reached by
 * file only, so that no link of the reference ends in nothing.
 */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Comment, CommentTag, Converter, makeRecursiveVisitor, ReflectionKind } from 'typedoc';

const LIB = resolve(fileURLToPath(new URL('../lib', import.meta.url)));

/** The rooms in the order of the front door, with the line that it has for each. */
const ROOMS = new Map(
  [...readFileSync(join(LIB, 'index.ts'), 'utf8').matchAll(/^\/\/ (\w+): (.*)$/gm)].map(([, name = '', what = '']) => [
    name,
    what,
  ]),
);

/** After the groups have been made of the tags. */
const LAST = -10_000;

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.on(Application.EVENT_BOOTSTRAP_END, () =>
    app.options.setValue(
      'categoryOrder',
      [...ROOMS.keys()].flatMap((room) => [room, `${room}: types by file`]),
    ),
  );
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    const names = new Set(context.project.children?.map(({ name }) => name));
    while (addTypes(context) > 0);
    for (const child of context.project.children ?? []) categorise(context, child, names.has(child.name));
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => forgetCategories(project), LAST);
}

/**
 * Converts the types of the library that are named and not there yet; how many.
 * @param {import('typedoc').Context} context
 */
function addTypes(context) {
  /** @type {Map<string, import('typedoc').ReflectionSymbolId>} */
  const wanted = new Map();
  const visitor = makeRecursiveVisitor({
    reference(type) {
      const id = type.reflection ? undefined : type.symbolId;
      if (id?.fileName && inLibrary(id.fileName)) wanted.set(`${id.fileName}:${id.qualifiedName}`, id);
    },
  });
  for (const type of Object.values(context.project.reflections).flatMap(typesOf)) type.visit(visitor);
  return [...wanted.values()].filter((id) => convert(context, id)).length;
}

/**
 * @param {import('typedoc').Context} context
 * @param {import('typedoc').ReflectionSymbolId} id
 */
function convert(context, { fileName, qualifiedName }) {
  if (!fileName) return false;
  for (const program of context.programs) {
    const file = program.getSourceFile(fileName);
    const module = file && program.getTypeChecker().getSymbolAtLocation(file);
    const symbol =
      module &&
      program
        .getTypeChecker()
        .getExportsOfModule(module)
        .find(({ name }) => name === qualifiedName);
    if (!symbol || context.getReflectionFromSymbol(symbol)) continue;
    context.setActiveProgram(program);
    context.converter.convertSymbol(context, symbol);
    return context.getReflectionFromSymbol(symbol) !== undefined;
  }
  return false;
}

/**
 * @param {import('typedoc').Reflection} reflection
 * @returns {import('typedoc').SomeType[]}
 */
function typesOf(reflection) {
  const { type, extendedTypes, typeParameters } = /** @type {any} */ (reflection);
  return [type, ...(extendedTypes ?? []), ...(typeParameters ?? []).map((/** @type {any} */ p) => p.type)].filter(Boolean);
}

/**
 * @param {import('typedoc').Context} context
 * @param {import('typedoc').DeclarationReflection} child
 * @param {boolean} atDoor
 */
function categorise(context, child, atDoor) {
  const symbol = context.getSymbolFromReflection(child);
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
  const room = inLibrary(file) ? (relative(LIB, file).split(/[\\/]/)[0] ?? '') : 'engine'; // tf, which is another library's
  const commented = child.signatures?.[0] && child.kindOf(ReflectionKind.Function) ? child.signatures[0] : child;
  commented.comment ??= new Comment();
  commented.comment.blockTags.push(
    new CommentTag('@category', [{ kind: 'text', text: atDoor ? room : `${room}: types by file` }]),
  );
}

/**
 * Takes the tags away again: a name without a word about it would pass for documented.
 * @param {import('typedoc').ProjectReflection} project
 */
function forgetCategories({ children = [] }) {
  for (const { comment } of children.flatMap((child) => [child, ...(child.signatures ?? [])])) comment?.removeTags('@category');
}

/** @param {string} file */
const inLibrary = (file) => resolve(file).startsWith(LIB) && !file.includes('node_modules');
