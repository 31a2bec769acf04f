// @ts-check
/**
 * A package for one platform: the addon for each level of its processors, oneDNN and what that needs, all licences, and nothing that runs
 * when it is installed.
 *
 *   package.json       os, cpu, libc; `processors`: the folders, best first
 *   PROCESSOR/iekd.node, stamp.json
 *   lib/libdnnl.so.…   found by the addon's own path ($ORIGIN/../lib)
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildRelease } from '../lib/engine/onednn/native/build.mjs';
import { librarySearch, licences, neededLibraries, newestGlibc } from './libraries.mjs';
import { PLATFORMS, platformPackage } from './platforms.mjs';

/**
 * @param {{ name: string, version: string, root: string, log?: (line: string) => void, processors?: readonly string[] }} options processors:
 *   only these of the platform's
 * @returns {Promise<{ manifest: object, files: Map<string, Buffer | string>, glibc: string }>}
 */
export async function platformFiles({ name, version, root, log = () => {}, processors }) {
  const platform = PLATFORMS[name];
  if (!platform) throw new Error(`--platform: expected one of ${Object.keys(PLATFORMS).join(', ')}, received "${name}"`);
  const chosen = platform.processors.filter((processor) => processors?.includes(processor) ?? true);
  const cxx = process.env.CXX || platform.cxx;
  const place = join(root, '.setup', 'platforms', name);
  /** @type {Map<string, Buffer | string>} */
  const files = new Map();
  let lib;
  for (const processor of chosen) {
    const folder = join(place, processor);
    mkdirSync(folder, { recursive: true });
    log(`${name}: ${processor} …`);
    const machine = { platform: 'linux', arch: platform.arch };
    ({ lib } = await buildRelease({ cxx, processor, machine, folder }));
    files.set(`${processor}/iekd.node`, readFileSync(join(folder, 'iekd.node')));
    files.set(`${processor}/stamp.json`, shortStamp(join(folder, 'stamp.json')));
  }
  const addons = chosen.map((processor) => join(place, processor, 'iekd.node'));
  const libraries = neededLibraries(addons[0] ?? '', librarySearch(cxx, lib));
  for (const [soname, path] of libraries) {
    files.set(`lib/${soname}`, readFileSync(path));
    for (const [file, text] of licences(path)) files.set(`licences/${file}`, text);
  }
  files.set('LICENSE', readFileSync(join(root, 'LICENSE')));
  const glibc = newestGlibc([...addons, ...libraries.values()]);
  files.set(
    'README.md',
    readme(
      name,
      glibc,
      [...libraries].map(([soname, path]) => `${soname} (${basename(path)})`),
    ),
  );
  return { manifest: manifest({ name, version, processors: chosen, glibc }), files, glibc };
}

/**
 * Without the hashes of the sources and the place where oneDNN was.
 * @param {string} path
 */
function shortStamp(path) {
  const { addon, target } = JSON.parse(readFileSync(path, 'utf8'));
  return `${JSON.stringify({ addon, target }, undefined, 1)}\n`;
}

/** @param {{ name: string, version: string, processors: readonly string[], glibc: string }} of */
function manifest({ name, version, processors, glibc }) {
  const [os = '', cpu = ''] = name.split('-');
  return {
    name: platformPackage(name),
    version,
    description: `The onednn engine of iekd for ${os} on ${cpu}, glibc ${glibc} or newer: compiled, with oneDNN`,
    license: 'Apache-2.0 AND GPL-3.0-or-later WITH GCC-exception-3.1 AND BSD-2-Clause',
    os: [os],
    cpu: [cpu],
    libc: ['glibc'],
    processors,
  };
}

/**
 * @param {string} name
 * @param {string} glibc
 * @param {readonly string[]} libraries
 */
function readme(name, glibc, libraries) {
  return `# ${platformPackage(name)}

The \`onednn\` engine of \`iekd\`, compiled, for ${name} with glibc ${glibc} or newer. \`iekd\` takes it by itself.
Inside: ${libraries.join(', ')}; their licences are in \`licences\`.
`;
}
