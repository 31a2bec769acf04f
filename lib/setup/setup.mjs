// @ts-check
/**
 * Everything between a clone and a running project: the locked dependencies, the built library, the fast engine. Does what is
 * missing and nothing else; silent when nothing is. Needs Node and npm only.
 *
 *   node lib/setup/setup.mjs     (npm run setup; npm start, npm test and npm run lab begin with it)
 */
import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { ensureEngine } from './engine.mjs';
import { ensureLibrary } from './library.mjs';
import { nodeObstacle } from './node.mjs';
import { oneAtATime } from './oneSetup.mjs';

/** The project's folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {string} line */
const print = (line) => console.log(`set-up: ${line}`);

/** Brings the project into a state in which it can run; throws an Error with a sentence for the user when it cannot. */
export async function setup() {
  const obstacle = nodeObstacle();
  if (obstacle) throw new Error(obstacle);
  const onWait = () => print('another set-up is at work here; waiting for it …');
  await oneAtATime(join(ROOT, '.setup'), work, { onWait });
}

async function work() {
  await ensureDependencies(ROOT, print);
  await ensureLibrary(ROOT, print);
  await ensureEngine(ROOT, print);
}

/** Runs `setup` for a script: false, with the reason on stderr and the exit code set, when it failed. */
export async function setupOrExplain() {
  try {
    await setup();
    return true;
  } catch (error) {
    console.error(`set-up: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
    return false;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await setupOrExplain();
