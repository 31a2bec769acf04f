// @ts-check
/**
 * The walls of the house: what may import what, how full a folder may be, and that nothing in it is dead. Each rule takes the folder
 * above `lib` and gives its complaints, one a string, so that layers.test.ts can see it complain about a made-up tree.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Fewer modules than this mean that the cruiser did not read TypeScript: with a compiler it does not know, it reads none. */
const FEWEST_MODULES = 100;

/** More files than this in one folder are a list that nobody reads. */
const MOST_FILES = 20;

/** Names that a tool prescribes, or that mean the same in every folder. */
const SHARED_NAMES = ['index.ts', 'types.ts', 'package.json', 'tsconfig.json'];

/** What is built, installed, or stands in for a package of another name. */
const NOT_OURS = ['dist', 'build', 'node_modules', 'stubs'];

const SOURCE = /[.]([cm]?[jt]s|py)$/;

/** A path below `test` in a string (`'../../test/golden'`), or put together (`join(root, 'test', 'golden')`). */
const TEST_PATHS = [
  /(['"`])(?:[^'"`\n]*\/)?test\/[^'"`\n]*\1/,
  /(?<![.\w])(?:path[.])?(?:join|resolve)\([^;]{0,200}?(['"`])test\1/,
];

/**
 * The files of one folder and those below it, as paths from the root with `/`.
 * @param {string} root
 * @param {string} [folder]
 * @returns {string[]}
 */
function libraryFiles(root, folder = 'lib') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (!entry.isDirectory()) return [path];
      return NOT_OURS.includes(entry.name) ? [] : libraryFiles(root, path);
    });
}

/**
 * Imports go down only (`.dependency-cruiser.cjs`).
 * @param {string} root
 * @param {number} [fewest] modules that must have been read
 */
export function forbiddenImports(root, fewest = FEWEST_MODULES) {
  const cruise = program(
    root,
    'dependency-cruiser/bin/dependency-cruise.mjs',
    'lib',
    '--config',
    '.dependency-cruiser.cjs',
    '-T',
    'json',
  );
  if (!cruise.stdout.startsWith('{')) return [cruise.stdout + cruise.stderr];
  /** @type {{ violations: { rule: { name: string }, from: string, to: string, comment?: string }[], totalCruised: number }} */
  const { violations, totalCruised } = JSON.parse(cruise.stdout).summary;
  if (totalCruised < fewest) return [`expected at least ${fewest} modules, received ${totalCruised}`];
  return violations.map(({ rule, from, to, comment }) => `${rule.name}: ${from} → ${to}${comment ? ` (${comment})` : ''}`);
}

/**
 * Files and exports that nothing uses, and packages that are used and not listed or listed and not used (`.knip.json`).
 * @param {string} root
 */
export function deadCode(root) {
  const { status, stdout, stderr } = program(
    root,
    'knip/bin/knip.js',
    '-c',
    '.knip.json',
    '--no-progress',
    '--reporter',
    'compact',
  );
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n');
}

/**
 * Names of the front door without a doc comment, and links of doc comments that end in nothing (`.typedoc.json`).
 * @param {string} root
 */
export function undocumented(root) {
  const { status, stdout, stderr } = program(
    root,
    'typedoc/bin/typedoc',
    '--options',
    '.typedoc.json',
    '--emit',
    'none',
    '--logLevel',
    'Warn',
  );
  return status === 0 ? [] : stripVTControlCharacters(`${stdout}${stderr}`).trim().split('\n');
}

/**
 * @param {string} root
 * @param {string} script below node_modules
 * @param {...string} args
 */
function program(root, script, ...args) {
  return spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

/**
 * Folders with too many files of their own.
 * @param {string} root
 */
export function fullFolders(root) {
  return [...grouped(libraryFiles(root), folderOf)]
    .filter(([, files]) => files.length > MOST_FILES)
    .map(([folder, files]) => `${folder}: expected at most ${MOST_FILES} files of its own, received ${files.length}`);
}

/**
 * Files of one name in two folders.
 * @param {string} root
 */
export function sameNames(root) {
  return [...grouped(libraryFiles(root), nameOf)]
    .filter(([name, files]) => files.length > 1 && !SHARED_NAMES.includes(name))
    .map(([name, files]) => `${name}: expected one file of this name, received ${files.join(', ')}`);
}

/**
 * Sources that name a path below `test`: the library stands without its tests.
 * @param {string} root
 */
export function readsOfTests(root) {
  return libraryFiles(root)
    .filter((file) => SOURCE.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const found = TEST_PATHS.map((pattern) => pattern.exec(text)?.[0]).find(Boolean);
      return found ? [`${file}: expected no path below test, received ${found}`] : [];
    });
}

/** @param {string} file */
const folderOf = (file) => file.slice(0, file.lastIndexOf('/'));

/** @param {string} file */
const nameOf = (file) => file.slice(file.lastIndexOf('/') + 1);

/**
 * @param {readonly string[]} files
 * @param {(file: string) => string} key
 * @returns {Map<string, string[]>}
 */
function grouped(files, key) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const file of files) groups.set(key(file), [...(groups.get(key(file)) ?? []), file]);
  return groups;
}
