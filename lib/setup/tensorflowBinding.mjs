// @ts-check
/**
 * Builds the native module of @tensorflow/tfjs-node-gpu from the sources in its package, against TensorFlow's wheel (tensorflowWheel.mjs), in the
 * place where the package looks for it. Published, it is a download made for TensorFlow 2.9.1 and CUDA 11.2; the sources use
 * TensorFlow's C interface only, which has not changed. It is loaded in a process of its own before it is put in its place.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { firstError, run } from '../engine/onednn/native/toolchain.mjs';
import { run as runProgram, tail } from './processes.mjs';
import { LIBRARIES } from './tensorflowWheel.mjs';

const SOURCES = ['tfjs_backend.cc', 'tfjs_binding.cc'];

/** Prints what a binding that loads says of itself. */
const PROBE = `const binding = require(process.argv[1]);
console.log(JSON.stringify({ version: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));`;

/** Where a package of that folder looks for its native module. @param {string} folder */
const bindingPath = (folder) => join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');

/**
 * @typedef {object} Built
 * @property {string} version TensorFlow's
 * @property {boolean} gpu whether it sees one
 */

/**
 * Builds what is not up to date, and says what it is.
 * @param {{ folder: string, wheel: string, cxx: string, log: (line: string) => void }} plan folder: of the package
 * @returns {Promise<Built>}
 * @throws Error with the compiler's or the loader's first complaint
 */
export async function buildBinding({ folder, wheel, cxx, log }) {
  const path = bindingPath(folder);
  const key = keyOf(folder, wheel, cxx);
  if (existsSync(path) && readStamp(path) === `${key} ${hashOf(path)}`) return probe(path);
  log('compiling the binding of tfjs-node-gpu (once) …');
  mkdirSync(dirname(path), { recursive: true });
  const making = path.replace(/[.]node$/, `.${process.pid}.node`);
  try {
    await compile({ folder, wheel, cxx, to: making });
    const built = await probe(making);
    const hash = hashOf(making);
    renameSync(making, path);
    writeFileSync(stampPath(path), `${key} ${hash}`);
    return built;
  } finally {
    rmSync(making, { force: true });
  }
}

/** @param {{ folder: string, wheel: string, cxx: string, to: string }} what */
async function compile({ folder, wheel, cxx, to }) {
  const napi = createRequire(import.meta.url)('node-api-headers').include_dir;
  const args = [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...[`-I${join(wheel, 'include')}`, `-I${napi}`],
    ...SOURCES.map((name) => join(folder, 'binding', name)),
    ...['-o', to, `-L${wheel}`, ...LIBRARIES.map((name) => `-l:${name}`), `-Wl,-rpath,${wheel}`],
  ];
  try {
    await run(cxx, args);
  } catch (error) {
    const said = firstError(error instanceof Error ? error.message : String(error));
    throw new Error(`the binding does not compile against ${wheel}: ${cxx} says "${said}"; try another TensorFlow or CXX`);
  }
}

/**
 * Loads a binding where it can do no harm.
 * @param {string} path
 * @returns {Promise<Built>}
 */
async function probe(path) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' };
  const { code, output } = await runProgram(process.execPath, ['-e', PROBE, path], { env, timeoutMs: 120_000 });
  const answer = output.split('\n').find((line) => line.startsWith('{"version"'));
  if (code === 0 && answer) return JSON.parse(answer);
  const error = output.split('\n').find((line) => line.startsWith('Error: '));
  throw new Error(`the binding does not load: ${error?.slice(7) ?? `exit code ${code}, ${tail(output, 1)}`}`);
}

/** What decides whether a binding is up to date. @param {string} folder @param {string} wheel @param {string} cxx */
function keyOf(folder, wheel, cxx) {
  const { size, mtimeMs } = statSync(join(wheel, LIBRARIES[0] ?? ''));
  const hash = createHash('sha256').update([cxx, wheel, size, mtimeMs].join('\n'));
  for (const name of SOURCES) hash.update(readFileSync(join(folder, 'binding', name)));
  return hash.digest('hex');
}

/** @param {string} file */
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** @param {string} path */
const stampPath = (path) => `${path}.stamp`;

/** @param {string} path */
function readStamp(path) {
  return existsSync(stampPath(path)) ? readFileSync(stampPath(path), 'utf8') : undefined;
}
