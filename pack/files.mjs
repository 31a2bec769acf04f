// @ts-check
/**
 * What the package holds, file by file: what is built of lib, and what is read or run as it is. No tests, no TypeScript sources, no
 * source maps. Listed from the sources, so that a file of an older build does not travel.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPTIONAL_PEERS } from './manifest.mjs';

/** Folders of lib without sources of the library. */
const APART = ['dist', 'stubs', 'setup', 'bin', 'node_modules'];

/** Files of lib that travel as they are. `setup`: what `iekd setup` runs. */
const PLAIN = [
  /^bin\//,
  /^bench\/[^/]+\.py$/,
  /^kernel\/jupyter\//,
  /^demo\/site\/[^/]+\.(html|css|js)$/,
  /^engine\/onednn\/native\/([^/]+\.[cm]js$|src\/)/,
  /^setup\/(engine|onednn|processes|tensorflow(Wheel|Binding)?|dependencies)\.mjs$|^setup\/tensorflowWheel\.txt$/,
  /^util\/(locks\/)?[^/]+\.cjs$/,
];

/** Files of the repository. */
const TOP = ['LICENSE', 'environment.md', 'data/README.md'];

/**
 * All files of the package but package.json, by their path in it.
 * @param {string} root the repository, built
 * @returns {Map<string, Buffer | string>}
 */
export function packageFiles(root) {
  const lib = join(root, 'lib');
  const sources = readdirSync(lib, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(lib.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const built = sources.filter((path) => /\.(ts|cjs)$/.test(path) && !APART.includes(path.split('/')[0] ?? ''));
  /** @type {Map<string, Buffer | string>} */
  const files = new Map();
  for (const path of sources.filter((path) => PLAIN.some((pattern) => pattern.test(path))))
    files.set(path, readFileSync(join(lib, path)));
  for (const path of TOP) files.set(path, readFileSync(join(root, path)));
  for (const path of built) for (const [name, text] of builtFiles(lib, path)) files.set(name, text);
  files.set('README.md', readFileSync(join(root, 'pack', 'package.md')));
  return files;
}

/**
 * What the compiler has made of a source.
 * @param {string} lib
 * @param {string} source
 * @returns {[string, string][]}
 */
function builtFiles(lib, source) {
  if (source.endsWith('.d.ts')) return [];
  const names = source.endsWith('.ts') ? [source.replace(/\.ts$/, '.js'), source.replace(/\.ts$/, '.d.ts')] : [source];
  return names.flatMap((name) => {
    const path = join(lib, 'dist', name);
    // Of the addon's plain JavaScript nothing is built: it is loaded as it is.
    if (source.endsWith('.cjs') && !existsSync(path)) return [];
    if (!existsSync(path)) throw new Error(`pack: expected lib/dist/${name}, received none; run npm run build`);
    const text = readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    return [[`dist/${name}`, name.endsWith('.d.ts') ? withoutPeers(text) : text]];
  });
}

/**
 * Declarations that can be read where an optional package is not installed: its types are `any` then, instead of an error.
 * @param {string} text
 */
function withoutPeers(text) {
  const peers = Object.keys(OPTIONAL_PEERS).join('|');
  return text.replaceAll(new RegExp(`^(import .* from '(?:${peers})';)$`, 'gm'), '// @ts-ignore: an optional package\n$1');
}
