// @ts-check
/** What the addon is compiled with: the compiler, its options, and the instruction sets that come of them. */
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

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
 * How a compiler is told a processor, and what it defines by itself for it: its version, and the instruction sets that it will use.
 * @typedef {{ flag: string, macros: string }} Target
 */

/**
 * @param {string} cxx
 * @param {string} processor
 * @returns {Promise<Target>}
 */
export async function targetFor(cxx, processor) {
  /** @param {string} flag */
  const ask = async (flag) => ({ flag, macros: await run(cxx, [flag, '-dM', '-E', '-x', 'c++', '/dev/null']) });
  try {
    return await ask(`-march=${processor}`);
  } catch (refused) {
    // Compilers for ARM that are not GCC know "native" as a processor only.
    return ask(`-mcpu=${processor}`).catch(() => Promise.reject(refused));
  }
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
 * @param {import('./oneDnn.mjs').OneDnn} oneDnn
 * @param {{ target: Target, sanitize: boolean }} variant
 */
export function compileFlags({ include, lib }, { target, sanitize }) {
  const require = createRequire(import.meta.url);
  const headers = [require('node-api-headers').include_dir, dirname(require.resolve('node-addon-api'))];
  return [
    '-std=c++17',
    ...(sanitize ? SANITIZE : ['-O3']),
    target.flag,
    '-fno-math-errno',
    '-fno-trapping-math',
    '-fPIC',
    // Loops over registers only: our threads are our own, so that OpenMP's header and library need not be there.
    '-fopenmp-simd',
    '-Wall',
    '-Wextra',
    '-Wno-unknown-pragmas',
    '-Wno-psabi', // GCC's, of wide vectors handed from function to function: all of them are compiled together
    '-Wno-pass-failed', // clang's, of a loop that it leaves as it is
    // Another compiler's new warning must not cost a user the engine; here it must not pass unseen. Sanitizers bring false ones.
    ...(process.env.CI && !sanitize ? ['-Werror'] : []),
    '-DNAPI_VERSION=8',
    '-DNAPI_CPP_EXCEPTIONS',
    '-DNODE_GYP_MODULE_NAME=iekd',
    '-DBUILDING_NODE_EXTENSION',
    ...headers.map((folder) => `-I${folder}`),
    ...(lib ? [`-I${include}`] : []),
  ];
}

/**
 * Of a build for other machines: C++'s runtime inside, which is older there, without its names for others to find; and libraries beside
 * it, those that they need themselves too (DT_RPATH, which is inherited, where DT_RUNPATH is not).
 */
const RELEASE = [
  '-static-libstdc++',
  '-Wl,--exclude-libs,ALL',
  '-Wl,--gc-sections', // what is not used of it may need a newer C library
  '-Wl,--disable-new-dtags',
  '-Wl,-rpath,$ORIGIN/../lib',
  '-s',
];

/**
 * @param {import('./oneDnn.mjs').OneDnn} oneDnn
 * @param {{ sanitize: boolean, release?: object }} variant
 */
export function linkFlags({ lib }, { sanitize, release }) {
  const dynamic = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [
    ...dynamic,
    ...(sanitize ? SANITIZE.filter((flag) => flag.startsWith('-fsanitize')) : []),
    ...(lib ? [`-L${lib}`] : []),
    ...(release ? RELEASE : lib ? [`-Wl,-rpath,${lib}`] : []),
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

/**
 * The line of a compiler's or linker's text that says what is wrong; later errors mostly follow from the first.
 * @param {string} text
 */
export function firstError(text) {
  const lines = text.split('\n').map((line) => line.trim());
  const found = lines.find((line) => /\berror:|undefined reference|cannot find|not found/.test(line)) ?? lines[0] ?? '';
  return found.length > 200 ? `${found.slice(0, 199)}…` : found;
}
