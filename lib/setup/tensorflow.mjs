// @ts-check
/** The engine `tensorflow`, on request: its package, a compiler, TensorFlow's wheel, and the binding built of them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findCompiler } from '../engine/onednn/native/toolchain.mjs';
import { hasNvidiaDriver, restorePackages } from './dependencies.mjs';
import { aptAllowed, aptInstall } from './onednn.mjs';
import { buildBinding } from './tensorflowBinding.mjs';
import { findWheel } from './tensorflowWheel.mjs';

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/** What it acts through; tests put their own in. */
const SYSTEM = {
  ...{ platform: process.platform, hasNvidiaDriver, packageFolder, restorePackages },
  ...{ findCompiler, aptAllowed, aptInstall, findWheel, buildBinding },
};

/**
 * Makes the engine usable. @throws Error with what is missing and the next step
 * @param {string} root
 * @param {(line: string) => void} log
 * @param {typeof SYSTEM} system
 */
export async function ensureTensorflow(root, log, system = SYSTEM) {
  if (system.platform !== 'linux') throw failure(`it is built on Linux only, this is ${system.platform}; use another engine`);
  const folder = await ensurePackage(root, log, system);
  const cxx = await ensureCompiler(log, system);
  try {
    const wheel = await system.findWheel(join(root, '.setup', 'tensorflow'), log, system.hasNvidiaDriver());
    const { version, gpu } = await system.buildBinding({ folder, wheel, cxx, log });
    log(`the engine tensorflow can be used: TensorFlow ${version} on ${gpu ? 'a GPU' : 'the processor'}`);
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The package's folder. Only npm in the repository has a lock file to compare it with; elsewhere the user adds it.
 * @param {string} root
 * @param {(line: string) => void} log
 * @param {typeof SYSTEM} system
 */
async function ensurePackage(root, log, system) {
  const found = system.packageFolder();
  if (found) return found;
  if (existsSync(join(root, 'package-lock.json'))) await system.restorePackages(root, log);
  const restored = system.packageFolder();
  if (restored) return restored;
  throw failure(`the package ${PACKAGE} is not installed; run \`npm install --ignore-scripts ${PACKAGE}@4.22.0\` and this again`);
}

/**
 * @param {(line: string) => void} log
 * @param {typeof SYSTEM} system
 */
async function ensureCompiler(log, system) {
  const found = system.findCompiler();
  if (found) return found;
  if (system.aptAllowed()) {
    log('installing g++ with apt-get (IEKD_NO_APT=1 forbids it) …');
    const why = await system.aptInstall(['g++']);
    if (why !== undefined) log(`apt-get failed:\n${why}`);
  }
  const brought = system.findCompiler();
  if (brought) return brought;
  throw failure('no C++ compiler was found; install one (`apt-get install g++`) or name it: CXX');
}

function packageFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch {
    return undefined;
  }
}

/** @param {string} why */
const failure = (why) => new Error(`the engine tensorflow is not built: ${why}`);
