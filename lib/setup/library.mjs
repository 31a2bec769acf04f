// @ts-check
/** The built library: `tsc -b lib`, skipped without starting the compiler when nothing has changed since. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.mjs';

/** Folders of lib without TypeScript sources. */
const APART = new Set(['dist', 'stubs', 'node_modules', 'build', 'src']);

/**
 * A hash over names, sizes and times of everything the build depends on.
 * @param {string} root
 */
export function sourceStamp(root) {
  const files = ['tsconfig.json', 'package-lock.json', ...sources(root, 'lib')].map((file) => {
    const { size, mtimeMs } = statSync(join(root, file));
    return `${file} ${size} ${mtimeMs}`;
  });
  return createHash('sha256').update(files.join('\n')).digest('hex');
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function sources(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return APART.has(entry.name) ? [] : sources(root, path);
      return /\.(ts|cjs)$/.test(entry.name) || entry.name === 'tsconfig.json' ? [path] : [];
    })
    .sort();
}

/**
 * Builds lib into lib/dist when its sources have changed; a type error is an error.
 * @param {string} root
 * @param {(line: string) => void} log
 */
export async function ensureLibrary(root, log) {
  const stampFile = join(root, 'lib', 'dist', '.setup-stamp');
  const stamp = sourceStamp(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  log('building the library (tsc -b lib) …');
  const { code, output } = await run(
    process.execPath,
    [join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc'), '-b', 'lib'],
    {
      cwd: root,
    },
  );
  if (code !== 0) throw new Error(`the library does not build:\n${output.trimEnd()}`);
  writeFileSync(stampFile, stamp);
}
