// @ts-check
/**
 * `npm run pack`: the package as npm would publish it, a tarball that any project can install. What is made and in which order decides
 * nothing else: the same sources give the same files.
 *
 *   npm run pack                             iekd-VERSION.tgz in the working directory
 *   npm run pack -- --out FOLDER             there
 *   npm run pack -- --platform linux-x64     the package of that platform; --processors x86-64-v3,…: for these only, to try it
 *
 * linux-arm64 is compiled by Debian's cross compiler against oneDNN for arm64, whose folder ONEDNN_ROOT names (pack/arm64.sh gets both).
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
import { platformFiles } from './platformPackage.mjs';

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

const OPTIONS = /** @type {const} */ ({
  out: { type: 'string', default: '.' },
  platform: { type: 'string' },
  processors: { type: 'string' },
});

async function main() {
  const { out, platform, processors } = parseArgs({ options: OPTIONS }).values;
  const from = platform ? await platformOf(platform, processors) : libraryPackage();
  const path = tarball(from, resolve(out));
  const glibc = 'glibc' in from ? `, needs glibc ${from.glibc}` : '';
  console.log(`${path} (${(statSync(path).size / 2 ** 20).toFixed(2)} MB${glibc})`);
}

/**
 * @param {string} name
 * @param {string | undefined} processors
 */
function platformOf(name, processors) {
  const only = processors === undefined ? {} : { processors: processors.split(',') };
  const log = (/** @type {string} */ line) => console.error(line);
  return platformFiles({ name, version: json('lib/package.json').version, root: ROOT, log, ...only });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(`pack: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
