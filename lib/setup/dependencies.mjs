// @ts-check
/** The npm packages, exactly as package-lock.json pins them. */
import { accessSync, constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * Whether `installed` (npm's own record in node_modules, written last) holds what `locked` asks for. A package that may be
 * missing, because it is optional or meant for another platform, has only to be of the right version where it is there.
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 */
export function isInstalled(locked, installed) {
  return Object.entries(locked).every(([path, want]) => {
    if (!path.startsWith('node_modules/')) return true; // the project and its workspace
    const have = installed[path];
    if (!have) return want.optional === true;
    return have.version === want.version && have.integrity === want.integrity && have.link === want.link;
  });
}

/**
 * Whether package.json asks for what the lock file was made from.
 * @param {object} manifest package.json
 * @param {object} locked the lock file's entry of the project itself
 */
export function isLocked(manifest, locked) {
  /** @param {any} from */
  const ranges = (from) =>
    ['dependencies', 'devDependencies', 'optionalDependencies'].map((kind) =>
      JSON.stringify(Object.entries(from[kind] ?? {}).sort()),
    );
  return ranges(manifest).join() === ranges(locked).join();
}

/**
 * Installs the locked packages when they are missing or others. Install scripts are not run: every package with a native part
 * brings it in its tarball, but for tfjs-node-gpu, whose script downloads a TensorFlow for CUDA 11; tensorflow.mjs builds it.
 * @param {string} root
 * @param {(line: string) => void} log
 */
export async function ensureDependencies(root, log) {
  const locked = readJson(join(root, 'package-lock.json')).packages;
  if (isLocked(readJson(join(root, 'package.json')), locked['']) && isInstalled(locked, installedPackages(root))) return;
  log('installing the locked dependencies (npm ci) …');
  const started = Date.now();
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  let result = await npm(root, args);
  if (result.code !== 0 && /EACCES|EPERM|EROFS/.test(result.output) && !isWritable(await cacheFolder(root))) {
    log("npm's cache cannot be written; trying again with one of the project's own …");
    const cache = join(root, '.setup', 'npm-cache');
    result = await npm(root, [...args, '--cache', cache]);
    rmSync(cache, { recursive: true, force: true });
  }
  if (result.code !== 0) {
    const advice = 'Check the network and proxy settings and run it again.';
    throw new Error(`npm ci failed (exit ${result.code}):\n${complaint(result.output)}\n${advice}`);
  }
  log(`dependencies installed in ${Math.round((Date.now() - started) / 1000)} s`);
  if (hasNvidiaDriver())
    log('NVIDIA driver found: `npm run setup -- --tensorflow` builds the engine tensorflow (environment.md)');
}

/**
 * What npm complains of: the first lines; pages of usage may follow them.
 * @param {string} output
 */
function complaint(output) {
  const errors = output.split('\n').filter((line) => line.startsWith('npm error'));
  return (errors.length > 0 ? errors : output.trim().split('\n')).slice(0, 12).join('\n');
}

/** Whether Linux shows an NVIDIA driver. */
export const hasNvidiaDriver = () => existsSync('/proc/driver/nvidia/version');

/**
 * Adds optional packages that are missing, as the lock file has them: an npm that ran their install scripts leaves them out when a
 * script fails.
 * @param {string} root
 * @param {(line: string) => void} log
 */
export async function restorePackages(root, log) {
  log('adding the optional packages that are missing (npm install --no-save) …');
  const args = ['install', '--no-save', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const { code, output } = await npm(root, [...args, '--loglevel=error']);
  if (code !== 0) throw new Error(`npm install failed (exit ${code}):\n${complaint(output)}`);
}

/**
 * The npm that runs us, or the one on the search path.
 * @param {string} root
 * @param {readonly string[]} args
 * @param {number} [timeoutMs]
 */
function npm(root, args, timeoutMs) {
  const own = process.env.npm_execpath;
  const options = { cwd: root, ...(timeoutMs ? { timeoutMs } : {}) };
  return own?.endsWith('npm-cli.js') ? run(process.execPath, [own, ...args], options) : run('npm', args, options);
}

/** @param {string} root */
async function cacheFolder(root) {
  return (await npm(root, ['config', 'get', 'cache', '--loglevel=error'])).output.trim();
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} root
 * @returns {LockedPackages}
 */
function installedPackages(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  return existsSync(record) ? readJson(record).packages : {};
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
