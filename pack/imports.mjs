// @ts-check
/** Which packages files import: the package's own list of dependencies is made from it, and checked by it. */
import { isBuiltin } from 'node:module';
import ts from 'typescript';

/**
 * The packages that a file imports or requires by a literal, without Node's own modules and local files.
 * @param {string} text JavaScript or declarations
 * @returns {string[]}
 */
export function importedPackages(text) {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((specifier) => /^[@\w]/.test(specifier) && !isBuiltin(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
}

/**
 * Whether a file names a package in a string that begins with it: as a whole, or as a path into it. An import by a computed name or
 * a constant is found so, too.
 * @param {string} text
 * @param {string} name
 */
export function namesPackage(text, name) {
  return new RegExp(`['"\`]${name.replaceAll('.', '\\.')}(?=['"\`/])`).test(text);
}
