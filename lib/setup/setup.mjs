// @ts-check
/**
 * Everything between a clone and a running project: the locked dependencies, the built library, the fast engine. Does what is
 * missing and nothing else; silent when nothing is. Needs Node and npm only.
 *
 *   node lib/setup/setup.mjs                  (npm run setup; npm start, npm test and npm run lab begin with it)
 *   node lib/setup/setup.mjs --tensorflow     the engine tensorflow as well (npm run setup -- --tensorflow)
 */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { ensureEngine } from './engine.mjs';
import { ensureLibrary } from './library.mjs';
import { nodeObstacle } from './node.mjs';
import { oneAtATime } from './oneSetup.mjs';
import { ensureTensorflow } from './tensorflow.mjs';

/** The project's folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {string} line */
const print = (line) => console.log(`set-up: ${line}`);

/**
 * Brings the project into a state in which it can run; throws an Error with a sentence for the user when it cannot.
 * @param {readonly string[]} options what is wanted besides
 */
export async function setup(options = []) {
  const unknown = options.find((option) => option !== '--tensorflow');
  if (unknown !== undefined) throw new Error(`expected --tensorflow or nothing, received ${unknown}`);
  const obstacle = nodeObstacle();
  if (obstacle) throw new Error(obstacle);
  const onWait = () => print('another set-up is at work here; waiting for it …');
  await oneAtATime(join(ROOT, '.setup'), () => work(options.length > 0), { onWait });
}

/** @param {boolean} tensorflow */
async function work(tensorflow) {
  await ensureDependencies(ROOT, print);
  await ensureLibrary(ROOT, print);
  await ensureEngine(ROOT, print);
  if (tensorflow) await ensureTensorflow(ROOT, print);
}

/**
 * Runs `setup` for a script: false, with the reason on stderr and the exit code set, when it failed.
 * @param {readonly string[]} [options]
 */
export async function setupOrExplain(options) {
  try {
    await setup(options);
    return true;
  } catch (error) {
    console.error(`set-up: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
    return false;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await setupOrExplain(process.argv.slice(2));
