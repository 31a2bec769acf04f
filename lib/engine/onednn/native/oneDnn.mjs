// @ts-check
/** Where oneDNN is: the system's, Homebrew's, conda's or pip's. A copy that the addon cannot use is passed over, with the reason. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION_HEADER = 'oneapi/dnnl/dnnl_version.h';

/**
 * A copy of oneDNN.
 * @typedef {object} OneDnn
 * @property {string} prefix its folder, as packages are installed into one
 * @property {string} include folder of its headers
 * @property {string | undefined} lib folder of its library; undefined where the compiler's own search finds it
 */

/** Where the system's compiler looks by itself. */
const SYSTEM = '/usr';

/**
 * Folders that may hold it, in order: those that a variable names, the one used last, the system's, the user's own, and only then,
 * since Python has to be started for it, those where its pip installs.
 * @param {string | undefined} last
 * @param {NodeJS.ProcessEnv} env
 * @returns {Generator<string>}
 */
function* prefixes(last, env) {
  for (const name of ['ONEDNN_ROOT', 'DNNL_ROOT', 'CONDA_PREFIX', 'VIRTUAL_ENV']) if (env[name]) yield env[name];
  if (last) yield last;
  yield* [SYSTEM, '/usr/local', '/opt/homebrew', join(homedir(), '.local')];
  yield* pythonPrefixes();
}

/** Where `pip install` puts files: Python's own prefix, and the user's. */
function pythonPrefixes() {
  const program = 'import site, sys; print(sys.prefix); print(site.getuserbase())';
  const { status, stdout } = spawnSync('python3', ['-c', program], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim().split('\n') : [];
}

/**
 * The first copy of oneDNN that the addon can be compiled from, or why there is none.
 * @param {string} [last] the prefix that was used last
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ found: OneDnn } | { reason: string }}
 */
export function findOneDnn(last, env = process.env) {
  let reason = 'oneDNN was not found';
  for (const prefix of prefixes(last, env)) {
    const copy = look(prefix);
    if (copy === undefined) continue;
    if ('found' in copy) return copy;
    reason = copy.reason;
  }
  return { reason };
}

/**
 * @param {string} prefix
 * @returns {{ found: OneDnn } | { reason: string } | undefined} undefined where there are no headers
 */
function look(prefix) {
  const include = join(prefix, 'include');
  if (!existsSync(join(include, VERSION_HEADER))) return undefined;
  // Intel's package "onednn" is compiled for its SYCL, whose memory ours is not.
  if (/^#define DNNL_CPU_RUNTIME DNNL_RUNTIME_(SYCL|DPCPP)/m.test(text(join(include, 'oneapi', 'dnnl', 'dnnl_config.h'))))
    return { reason: `the oneDNN in ${prefix} needs SYCL` };
  if (prefix === SYSTEM) return { found: { prefix, include, lib: undefined } };
  const names = ['libdnnl.so', 'libdnnl.dylib'];
  const lib = ['lib', 'lib64']
    .map((folder) => join(prefix, folder))
    .find((folder) => names.some((n) => existsSync(join(folder, n))));
  return lib ? { found: { prefix, include, lib } } : { reason: `${prefix} has oneDNN's headers and no library` };
}

/**
 * The text that says which version it is.
 * @param {OneDnn} oneDnn
 */
export function versionText({ include }) {
  return text(join(include, VERSION_HEADER)) + text(join(include, 'oneapi', 'dnnl', 'dnnl_config.h'));
}

/** @param {string} file */
function text(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
