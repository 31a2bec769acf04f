// @ts-check
/**
 * `npm run pack`: the package as npm would publish it, a tarball that any project can install. What is made and in which order decides
 * nothing else: the same sources give the same files.
 *
 *   npm run pack                             iekd-VERSION.tgz in the working directory
 *   npm run pack -- --out FOLDER             there
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { moduleEntry } from './entry.mjs';
import { packageFiles } from './files.mjs';
import { packageManifest } from './manifest.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

/** The library's package: its manifest and its files. */
export function libraryPackage() {
  const files = new Map([...packageFiles(ROOT), ...moduleEntry(ROOT)]);
  const texts = [...files].filter(([path]) => /\.([cm]?js|ts)$/.test(path)).map(([, text]) => String(text));
  const manifest = packageManifest({ root: json('package.json'), library: json('lib/package.json'), texts });
  return { manifest, files };
}

/**
 * Writes a package and lets npm make its tarball.
 * @param {{ manifest: object, files: Map<string, Buffer | string> }} from
 * @param {string} out
 * @returns {string} the tarball's path
 */
function tarball({ manifest, files }, out) {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-pack-'));
  try {
    const whole = new Map([...files, ['package.json', `${JSON.stringify(manifest, undefined, 2)}\n`]]);
    for (const [path, content] of whole) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { mode: path.startsWith('bin/') ? 0o755 : 0o644 });
    }
    mkdirSync(out, { recursive: true });
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', out];
    const { status, stdout, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
    return join(out, JSON.parse(stdout)[0].filename);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: '.' } } });
  const path = tarball(libraryPackage(), resolve(values.out));
  console.log(`${path} (${(statSync(path).size / 2 ** 20).toFixed(2)} MB)`);
}
