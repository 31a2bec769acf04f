/**
 * Pictures in a folder a class (torchvision's ImageFolder, Keras's image_dataset_from_directory): `PATH/train/<class>/…` beside
 * `PATH/val`, `validation` or `test`, or else `PATH/<class>/…`. The name of a class is that of its folder, classes are numbered by the code units of
 * their names; pictures may lie in folders within it. Hidden files (a dot first) and files that are no pictures by their names are passed over
 * and counted. Links may name files within the folder, nothing outside of it.
 */
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { refusePhrase } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { sha256 } from '../../util/hash';
import { listed } from '../../util/names';
import { counted, printable } from '../../util/text';
import { type FilePart, type ImageFiles, imageFilesBuilder } from './imageFiles';

/** Names of files that are taken for pictures. */
const PICTURE = /[.](jpe?g|png|webp)$/i;
/** Names of pictures that are not read. */
const OTHER_PICTURE = /[.](gif|bmp|tiff?|avif|hei[cf]|jp2|jxl|jfif|jpe|svg)$/i;
/** Names of the folders of parts. */
const PARTS: Readonly<Record<string, FilePart>> = { val: 'validation', validation: 'validation', test: 'test' };
/** A folder in a folder in a folder …: more is a mistake. */
const DEEPEST = 16;
const WHAT = 'a folder with a folder of pictures for each class';
const ALLOWED = 'JPEG, PNG and WebP are read: .jpg, .jpeg, .png, .webp';

/** Everything below a folder. @throws InputError for what is no such folder, classes without pictures, and links that leave it */
export function classFolders(path: string): ImageFiles {
  const root = tryFile(path, WHAT, () => realpathSync(path));
  const folders = partFolders(root);
  const classNames = classesIn(root, folders);
  const found = imageFilesBuilder();
  const passed: Passed = { hidden: 0, others: [] };
  for (const [part, folder] of folders) {
    const present = subfolders(join(root, folder), passed);
    checkClasses(join(root, folder), present, classNames);
    for (const name of present) {
      const files = picturesIn(root, folder === '' ? name : `${folder}/${name}`, passed, 0);
      const label = classNames.indexOf(name);
      let count = 0;
      for (const file of files) {
        found.add({ ...file, part, label });
        count++;
      }
      if (count === 0 && part !== 'validation' && part !== 'test') {
        throw refusePhrase(join(root, folder, name), 'pictures of the class', 'none', `remove the folder; ${ALLOWED}`);
      }
    }
  }
  const { hash, ...files } = found.build();
  const split = folders.map(([, folder]) => folder).filter((folder) => folder !== '');
  return {
    ...{ folder: root, classNames, ...files, notes: notesOf(passed) },
    contents: sha256(JSON.stringify(classNames), hash),
    layout: split.length > 0 ? `class folders in ${listed(split)}` : 'class folders',
  };
}

/** Folders of the parts: of a data set that is not split the root itself. */
function partFolders(root: string): readonly (readonly [FilePart, string])[] {
  const names = subfolders(root);
  const held = names.filter((name) => Object.hasOwn(PARTS, name));
  if (!names.includes('train')) {
    if (held.length > 0 && held.length === names.length) {
      throw refusePhrase(root, `a folder train beside ${listed(held)}`, 'none', 'rename it, or name the folder above');
    }
    return [['any', '']];
  }
  const validation = held.filter((name) => PARTS[name] === 'validation');
  if (validation.length > 1) throw refusePhrase(root, 'one of the folders val and validation', 'both');
  if (held.length === 0) return [['any', 'train']];
  // What is measured on is the test part, whatever its folder is called: ImageNet has val alone.
  const parts = held.map((name): [FilePart, string] => [held.length === 1 ? 'test' : (PARTS[name] as FilePart), name]);
  return [['train', 'train'], ...parts];
}

function classesIn(root: string, folders: readonly (readonly [FilePart, string])[]): string[] {
  const [, first] = folders[0] as readonly [FilePart, string];
  const classNames = subfolders(join(root, first));
  if (classNames.length > 0) return classNames;
  const files = entriesOf(join(root, first)).filter((entry) => PICTURE.test(entry.name)).length;
  const hint = 'make a folder for each class, or give a table of files and labels: csv:PATH, jsonl:PATH';
  throw refusePhrase(join(root, first), WHAT, files > 0 ? `${counted(files, 'picture')} in no folder` : 'no folder', hint);
}

function checkClasses(folder: string, present: readonly string[], classNames: readonly string[]): void {
  const unknown = present.find((name) => !classNames.includes(name));
  if (unknown === undefined) return;
  throw refusePhrase(join(folder, unknown), `a class that train has: ${listed(classNames)}`, 'another');
}

/** What is there and is no picture of a class. */
interface Passed {
  hidden: number;
  /** Of the others the first paths, and then zeros: they are counted. */
  readonly others: string[];
}

/** Names of the folders in a folder, by their code units. */
function subfolders(folder: string, passed?: Passed): string[] {
  return entriesOf(folder).flatMap((entry) => {
    if (entry.isDirectory() && !isHidden(entry.name)) return [entry.name];
    if (entry.isSymbolicLink() && isFolder(join(folder, entry.name))) throw linkedFolder(join(folder, entry.name));
    if (passed && isHidden(entry.name)) passed.hidden++;
    else if (passed) passed.others.push(join(folder, entry.name));
    return [];
  });
}

/** The pictures of a class, folder by folder. */
function* picturesIn(
  root: string,
  folder: string,
  passed: Passed,
  depth: number,
): Generator<{ readonly folder: string; readonly name: string; readonly size: number }, void, void> {
  const at = join(root, folder);
  if (depth > DEEPEST) throw refusePhrase(at, `folders within folders, ${DEEPEST} at most`, 'more');
  for (const entry of entriesOf(at)) {
    const { name } = entry;
    const path = join(at, name);
    if (isHidden(name)) passed.hidden++;
    else if (entry.isDirectory()) yield* picturesIn(root, `${folder}/${name}`, passed, depth + 1);
    else if (entry.isSymbolicLink() && isFolder(path)) throw linkedFolder(path);
    else if (!PICTURE.test(name)) passed.others.push(path);
    else yield { folder, name, size: sizeOf(root, path, entry.isSymbolicLink()) };
  }
}

/** In bytes. @throws InputError for a link that leaves the folder or goes nowhere, and what is no file */
function sizeOf(root: string, path: string, isLink: boolean): number {
  if (isLink) {
    const target = tryFile(path, 'a picture', () => realpathSync(path));
    if (!target.startsWith(root + sep)) throw refusePhrase(path, `a file within ${root}`, `a link to ${target}`, 'copy it there');
  }
  const stat = tryFile(path, 'a picture', () => statSync(path));
  if (!stat.isFile()) throw refusePhrase(path, 'a picture', 'what is no file');
  return stat.size;
}

const linkedFolder = (path: string): Error => refusePhrase(path, 'a folder', 'a link to one', 'move the folder there');

const entriesOf = (folder: string): Dirent[] =>
  tryFile(folder, WHAT, () => readdirSync(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));

const isHidden = (name: string): boolean => name.startsWith('.');

const isFolder = (path: string): boolean =>
  tryFile(path, 'a picture', () => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);

function notesOf({ hidden, others }: Passed): string[] {
  const found = hidden > 0 ? [`${counted(hidden, 'hidden file')} passed over`] : [];
  const [first] = others;
  if (first === undefined) return found;
  const what = others.length === 1 ? 'is no picture of a class' : 'are no pictures of a class';
  const hint = others.some((path) => OTHER_PICTURE.test(path)) ? `; ${ALLOWED}` : '';
  return [...found, `${counted(others.length, 'file')} that ${what} passed over, the first: ${printable(first)}${hint}`];
}
