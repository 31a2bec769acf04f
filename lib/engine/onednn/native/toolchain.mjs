// @ts-check
/** What the addon is compiled with: oneDNN, the compiler, its options, and the instruction sets that come of them. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const VERSION_HEADER = 'oneapi/dnnl/dnnl_version.h';

/** Folders that may hold oneDNN, the user's own choice first. */
function prefixes() {
  const named = ['ONEDNN_ROOT', 'DNNL_ROOT', 'CONDA_PREFIX'].map((name) => process.env[name] ?? '').filter(Boolean);
  return [...named, '/usr', '/usr/local', '/opt/homebrew'];
}

/** The prefix under which oneDNN's headers lie, or undefined. */
export function findOneDnn() {
  return prefixes().find((prefix) => existsSync(join(prefix, 'include', VERSION_HEADER)));
}

/** A C++ compiler that answers, or undefined. */
export function findCompiler() {
  const wanted = [process.env.CXX ?? '', 'g++', 'clang++'].filter(Boolean);
  return wanted.find((cxx) => spawnSync(cxx, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** The processor to compile for: this one, or what IEKD_MARCH names, as -march= does. */
export function processorName() {
  const name = process.env.IEKD_MARCH || 'native';
  if (/^[\w.+-]+$/.test(name)) return name;
  throw new Error(`IEKD_MARCH: expected a name that -march= takes, such as native or x86-64-v3, received "${name}"`);
}

/**
 * What the compiler defines by itself for a processor: its version, and the instruction sets that it will use.
 * @param {string} cxx
 * @param {string} processor
 */
export function macrosFor(cxx, processor) {
  return run(cxx, [`-march=${processor}`, '-dM', '-E', '-x', 'c++', process.platform === 'win32' ? 'NUL' : '/dev/null']);
}

/** Every read and write checked, as are lengths of vectors and arithmetic; the first fault ends the program. */
const SANITIZE = [
  '-O1',
  '-g',
  '-fno-omit-frame-pointer',
  '-fsanitize=address,undefined,float-cast-overflow',
  '-fno-sanitize-recover=all',
  '-D_GLIBCXX_ASSERTIONS',
  '-D_GLIBCXX_SANITIZE_VECTOR',
];

/**
 * @param {string} prefix
 * @param {{ processor: string, sanitize: boolean }} variant
 */
export function compileFlags(prefix, { processor, sanitize }) {
  const require = createRequire(import.meta.url);
  const headers = [require('node-api-headers').include_dir, dirname(require.resolve('node-addon-api'))];
  const include = [...headers, ...(prefix === '/usr' ? [] : [join(prefix, 'include')])].map((folder) => `-I${folder}`);
  return [
    '-std=c++17',
    ...(sanitize ? SANITIZE : ['-O3']),
    `-march=${processor}`,
    '-fno-math-errno',
    '-fno-trapping-math',
    '-fPIC',
    '-fopenmp',
    '-Wall',
    '-Wextra',
    '-Wno-unknown-pragmas',
    // Another compiler's new warning must not cost a user the engine; here it must not pass unseen. Sanitizers bring false ones.
    ...(process.env.CI && !sanitize ? ['-Werror'] : []),
    '-DNAPI_VERSION=8',
    '-DNAPI_CPP_EXCEPTIONS',
    '-DNODE_GYP_MODULE_NAME=iekd',
    '-DBUILDING_NODE_EXTENSION',
    ...include,
  ];
}

/**
 * @param {string} prefix
 * @param {{ sanitize: boolean }} variant
 */
export function linkFlags(prefix, { sanitize }) {
  const lib = join(prefix, 'lib');
  const found = prefix === '/usr' ? [] : [`-L${lib}`, `-Wl,-rpath,${lib}`];
  const dynamic = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [
    ...dynamic,
    ...(sanitize ? SANITIZE.filter((flag) => flag.startsWith('-fsanitize')) : []),
    '-fopenmp',
    ...found,
    '-ldnnl',
  ];
}

/**
 * Runs a compiler.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<string>} what it printed; rejects with that when it fails
 */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(text.trim() || `${command} ended with ${code}`))));
  });
}
