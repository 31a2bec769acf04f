/** Names of data sets: of a table (`cifar10`), or of a place by a scheme (`folder:PATH`). */
import { resolve } from 'node:path';
import { refuse, unknownName } from '../util/check';
import type { PictureFiles } from './check/pictureFiles';
import type { Dataset, DatasetOptions } from './types';

/** Options that some data sets have. */
export interface OwnOptions {
  readonly names: readonly string[];
  /** @throws InputError naming `where` and the option, for values that are none */
  check(where: string, options: object): void;
}

/** A data set that may or may not be on this machine. */
export interface DatasetEntry {
  /** Options of its own, beside those of every data set: their names, and what refuses values that are none. Default none. */
  readonly ownOptions?: OwnOptions;
  /**
   * Of what a path means: the SHA-256 of the files that say which images there are and what is on them. It stands for the path in what
   * names a run. @throws InputError where they are missing
   */
  contents?(): string;
  /** Its files of pictures, none of them read; absent where it has none. @throws InputError where files are missing or damaged */
  pictures?(options: DatasetOptions): PictureFiles;
  /** Reads it. @throws InputError where files are missing or damaged */
  load(options: DatasetOptions): Promise<Dataset>;
}

/** The data set that lies at a path, which is absolute. */
export type DatasetScheme = (path: string) => DatasetEntry;

/** What names may mean: data sets by name, and schemes by what stands before the colon. */
export interface DatasetTable {
  readonly names: Readonly<Record<string, DatasetEntry>>;
  readonly schemes: Readonly<Record<string, DatasetScheme>>;
}

/** The data set of a name. @throws InputError for another name or scheme, listing those there are, and for a scheme without a path */
export function datasetNamed(where: string, name: unknown, { names, schemes }: DatasetTable): DatasetEntry {
  const known = [...Object.keys(names), ...Object.keys(schemes).map((one) => `${one}:PATH`)];
  if (typeof name !== 'string') throw unknownName(where, known, name);
  if (Object.hasOwn(names, name)) return names[name] as DatasetEntry;
  const { scheme, path } = parts(name);
  const at = scheme !== undefined && Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (at && path === '') throw refuse(where, `${scheme}:PATH with the path of a folder or file`, name);
  if (at) return at(resolve(path));
  throw unknownName(where, known, name);
}

/** The name with an absolute path, where it has one: it then means the same from any working directory. */
export function absoluteName(name: string): string {
  const { scheme, path } = parts(name);
  return scheme === undefined || path === '' ? name : `${scheme}:${resolve(path)}`;
}

/** Whether a name means a path. */
export const isPlaced = (name: string): boolean => parts(name).scheme !== undefined;

/** What may stand in the name of a folder: the name, or its scheme alone. */
export const datasetLabel = (name: string): string => parts(name).scheme ?? name;

function parts(name: string): { readonly scheme?: string; readonly path: string } {
  const colon = name.indexOf(':');
  return colon < 0 ? { path: '' } : { scheme: name.slice(0, colon), path: name.slice(colon + 1) };
}
