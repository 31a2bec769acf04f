/**
 * Pictures named by the rows of a table, with a class each: a name, or a number from 0. Where every label is a number, so are the names of the
 * classes; else classes are numbered by the code units of their names. Files lie in the table's folder or below it, each in one row.
 */
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { pick, refuse, refusePhrase, textIn } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { sha256 } from '../../util/hash';
import { listed } from '../../util/names';
import { labelIn } from '../images/checkImages';
import { FILE_PARTS, type FilePart, type ImageFiles, imageFilesBuilder } from './imageFiles';
import type { TableRows } from './tableRows';

/** Words of the column `split`. */
const SPLITS: Readonly<Record<string, FilePart>> = {
  train: 'train',
  val: 'validation',
  validation: 'validation',
  test: 'test',
};

/** The files of a table. @param given names of the classes in their order; default those that the labels are */
export function tableFiles(path: string, rows: TableRows, given?: readonly string[]): ImageFiles {
  const root = tryFile(path, 'a table of pictures', () => realpathSync(dirname(path)));
  const found = imageFilesBuilder();
  const labels = new Map<string | number, number>();
  const seen = new Set<string>();
  const isInside = insideFolder(root);
  let divided: boolean | undefined;
  rows(path, (row) => {
    const where = `${path}: line ${row.line}`;
    const file = fileOf(where, row.file);
    if (seen.has(file)) throw refusePhrase(where, 'every file once', `${file} again`);
    seen.add(file);
    const label = labelOf(where, row.label);
    if (!labels.has(label)) labels.set(label, labels.size);
    divided ??= row.split !== undefined;
    if (divided !== (row.split !== undefined)) throw refuse(where, 'a split in every row, or in none', row.split);
    const [folder, name] = [posix.dirname(file), posix.basename(file)];
    found.add({
      ...{ folder: folder === '.' ? '' : folder, name, label: labels.get(label) as number },
      part: divided ? pick(`${where}: split`, SPLITS, row.split) : 'any',
      size: sizeOf(where, join(root, file), isInside),
    });
  });
  if (seen.size === 0) throw refusePhrase(path, 'rows of pictures', 'none');
  const { classNames, numbers } = classesOf(path, [...labels.keys()], given);
  const { hash, ...files } = found.build();
  return {
    ...{ folder: root, ...files, classNames, notes: [] },
    labels: files.labels.map((label) => numbers[label] as number),
    parts: measuredOnTest(files.parts),
    contents: sha256(JSON.stringify([...labels.keys()]), JSON.stringify(classNames), hash),
    layout: `a table, ${divided ? 'split' : 'not split'}`,
  };
}

/** A path below the table's folder, `/` between its parts. */
function fileOf(where: string, value: unknown): string {
  const file = posix.normalize(textIn(`${where}: file`, value));
  if (file.startsWith('../') || file === '..' || file.endsWith('/') || posix.isAbsolute(file) || file.includes('\\')) {
    throw refuse(`${where}: file`, "a path in the table's folder, with /", value);
  }
  return file;
}

/** A class number, or a name; digits of CSV are a number. */
function labelOf(where: string, value: unknown): string | number {
  if (typeof value === 'number') return labelIn(`${where}: label`, value);
  const text = textIn(`${where}: label`, value, 256);
  return text;
}

const isNumber = (label: string | number): boolean => typeof label === 'number' || /^(0|[1-9]\d{0,6})$/.test(label);

/** Names of the classes, and the class number of each label in the order of their first rows. */
function classesOf(
  path: string,
  labels: readonly (string | number)[],
  given: readonly string[] | undefined,
): { readonly classNames: readonly string[]; readonly numbers: readonly number[] } {
  if (labels.every(isNumber)) {
    const numbers = labels.map((label) => labelIn(`${path}: label`, Number(label)));
    const most = numbers.reduce((a, b) => Math.max(a, b), 0);
    const names = given ?? Array.from({ length: most + 1 }, (_, i) => String(i));
    if (most >= names.length)
      throw refusePhrase(`${path}: label`, `numbers below ${names.length}, as many as classNames`, String(most));
    return { classNames: names, numbers };
  }
  const number = labels.find((label) => typeof label === 'number');
  if (number !== undefined) throw refuse(`${path}: label`, 'names of classes as in other rows, or numbers in all', number);
  const texts = labels as readonly string[];
  const classNames = given ?? [...texts].sort();
  const at = new Map(classNames.map((name, i) => [name, i]));
  const unknown = texts.find((name) => !at.has(name));
  if (unknown !== undefined) throw refuse(`${path}: label`, `names of classNames: ${listed(classNames)}`, unknown);
  return { classNames, numbers: texts.map((name) => at.get(name) as number) };
}

/** What is measured on is the test part, as with folders: where no row is for testing, those for validation are. */
function measuredOnTest(parts: Uint8Array): Uint8Array {
  const [validation, tested] = [FILE_PARTS.indexOf('validation'), FILE_PARTS.indexOf('test')];
  return parts.includes(tested) ? parts : parts.map((part) => (part === validation ? tested : part));
}

/** Whether a folder, links followed, lies within another; each is looked at once. */
function insideFolder(root: string): (folder: string) => boolean {
  const known = new Map<string, boolean>();
  return (folder) => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const real = tryFile(folder, 'a folder of pictures', () => realpathSync(folder));
    const holds = real === root || real.startsWith(root + sep);
    known.set(folder, holds);
    return holds;
  };
}

/** In bytes. @throws InputError with the row, for a file that is not there or lies elsewhere */
function sizeOf(where: string, file: string, isInside: (folder: string) => boolean): number {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) throw refusePhrase(where, 'a file that is there', file);
  const target = stat.isSymbolicLink() ? tryFile(file, 'a picture', () => realpathSync(file)) : file;
  if (!isInside(dirname(target)))
    throw refusePhrase(where, "a file in the table's folder", `a link to ${target}`, 'copy it there');
  const { size, isFile } = stat.isSymbolicLink() ? sizes(statSync(target)) : sizes(stat);
  if (!isFile) throw refusePhrase(where, 'a picture', `${file}, which is no file`);
  return size;
}

const sizes = (stat: ReturnType<typeof statSync> & object): { readonly size: number; readonly isFile: boolean } => ({
  size: Number(stat.size),
  isFile: stat.isFile(),
});
