/** The library as it is installed here: in its repository, or as a package below a project's `node_modules`. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type InputError, isObject, refusePhrase } from '../check';
import { readJson } from '../json';

/** The library's own folder, seen from `dist/util/package`. */
export const LIBRARY = resolve(__dirname, '../../..');

/** Whether this is the repository, with sources beside what is built of them. */
export function inRepository(folder: string = LIBRARY): boolean {
  return existsSync(join(folder, 'tsconfig.json'));
}

/** The folder that the library belongs to: the repository, or the project in whose `node_modules` it is installed. */
export function ownerFolder(folder: string = LIBRARY): string {
  return inRepository(folder) ? dirname(folder) : resolve(folder, '../..');
}

/** The library's version, of its package.json. */
export function libraryVersion(): string {
  return String(manifest()['version']);
}

/** The command that installs packages which may be missing, in the versions that the library is made for. */
export function installCommand(names: readonly string[], folder: string = LIBRARY): string {
  if (inRepository(folder)) return '`npm install`';
  const wanted = names.map((name) => [name, wantedVersion(name, folder)].filter(Boolean).join('@'));
  return `\`npm install ${wanted.join(' ')}\``;
}

/** The version of another package that the library is made for; undefined for one that it does not name. */
export function wantedVersion(name: string, folder: string = LIBRARY): string | undefined {
  const from = manifest(inRepository(folder) ? dirname(folder) : folder);
  const lists = [from['dependencies'], from['optionalDependencies'], from['peerDependencies']].filter(isObject);
  return lists.map((list) => list[name]).find((version) => typeof version === 'string');
}

/** What Node says of an import that leads nowhere, as a sentence; undefined for other errors and for files that are missing. */
export function missingPackage(error: unknown): InputError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const [, name] = /^Cannot find (?:module|package) '((?:@[\w.-]+\/)?\w[\w.-]*)/.exec(error.message) ?? [];
  return name === undefined ? undefined : refusePhrase('iekd', `the package ${name}`, 'none', installCommand([name]));
}

/** Loads a package that may be missing. @throws InputError with the command that installs it */
export function optionalPackage<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw missingPackage(error) ?? error;
  }
}

function manifest(folder: string = LIBRARY): Readonly<Record<string, unknown>> {
  const found = readJson(join(folder, 'package.json'));
  return isObject(found) ? found : {};
}
