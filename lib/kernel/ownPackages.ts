/**
 * Packages that every notebook has, wherever it lies: one that is installed in the folders above it is taken first, else the one of the
 * project whose kernel this is. Of `tslab` that is its types; the kernel provides the module itself.
 */
import { join } from 'node:path';

/** The one with so many types that it takes a while to read them. */
export const LARGE_PACKAGE = 'iekd';

/** Whether a specifier means one of them, or a file of it. */
export const isOwnPackage = (specifier: string): boolean => /^(iekd|tslab)(\/|$)/.test(specifier);

/**
 * Those that a cell imports. Main loads them while the cell is still compiled: nothing happens at their import but that it takes a while.
 * @param source of a cell; a comment that looks like an import does no harm
 */
export function importedOwnPackages(source: string): string[] {
  return [...source.matchAll(/\bfrom\s*['"]([^'"\n]+)['"]/g)].flatMap(([, specifier = '']) =>
    isOwnPackage(specifier) ? specifier : [],
  );
}

/** A file from which they are found. It need not be there. */
export const OWN_IMPORTER = join(__dirname, 'cell.ts');
