// @ts-check
/**
 * tfjs-core's own suite (more than 4,200 tests) on our engines, each in a process of its own: two minutes an engine.
 * `npm run test:tfjs-core` takes onednn, where it was built, webgpu, where there is an
 * adapter, and portable.
 *
 *   node test/tfjsCore/run.mjs [ENGINE …]
 *
 * Exit 1 when a test fails that is no exception (exceptions.mjs), or an exception passes; 2 when an engine does not start.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { EXCEPTIONS } from './exceptions.mjs';
import { runSuite } from './suite.cjs';
import { complaints } from './verdict.mjs';

const require = createRequire(import.meta.url);

/** Set in the process that runs one engine. */
const ONE = 'IEKD_TFJS_CORE_ENGINE';

/** @param {string} engine */
async function runOne(engine) {
  const { start } = require('iekd');
  console.log((await start({ engine: /** @type {any} */ (engine) })).sentence);
  const outcomes = await runSuite();
  const found = complaints(engine, outcomes, EXCEPTIONS);
  /** @param {string} wanted */
  const count = (wanted) => outcomes.filter(({ status }) => status === wanted).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped by the suite itself`);
  for (const complaint of found) console.log(`✖ ${complaint}`);
  console.log(found.length > 0 ? `✖ ${engine}: ${found.length} complaints` : `✔ ${engine}`);
  return found.length > 0 ? 1 : 0;
}

/** The engines that need no TensorFlow; says why one of them is passed over. */
async function present() {
  const { onednn } = require('iekd/dist/engine/onednn');
  const { webgpu } = require('iekd/dist/engine/webgpu');
  const engines = ['portable'];
  for (const engine of [webgpu, onednn]) {
    const reason = await engine.unavailable();
    if (reason) console.log(`${engine.name} is passed over: ${reason}`);
    else engines.unshift(engine.name);
  }
  return engines;
}

async function main() {
  const one = process.env[ONE];
  if (one) return runOne(one);
  const named = process.argv.slice(2);
  const chosen = named.length > 0 ? named : await present();
  const codes = chosen.map((engine) => {
    const environment = { ...process.env, [ONE]: engine };
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { env: environment, stdio: 'inherit' });
    return status ?? 2;
  });
  return Math.max(...codes);
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
