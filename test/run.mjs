// @ts-check
/**
 * All checks and tests, as CI runs them (`npm test`).
 *
 *   node test/run.mjs                 static checks, then every *.test.ts below test
 *   node test/run.mjs --checks        static checks only
 *   node test/run.mjs PATH …          the test files at or below these paths only
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKS } from './checks.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, '..');

/** Lavapipe, which plays a GPU, compiles what most tests run once: without optimising and for fewer lanes, in half the time. */
const LAVAPIPE = { GALLIVM_PERF: 'nopt', LP_NATIVE_VECTOR_WIDTH: '128' };

/** No test takes longer unless it hangs. */
const TIMEOUT_MS = 600_000;

/** Runs every check, also after one has failed; true when none complained. */
function check() {
  let fine = true;
  for (const [name, complaints] of CHECKS) {
    const started = Date.now();
    const text = complaints();
    console.log(`${text ? '✖' : '✔'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (text) console.log(`${text}\n`);
    fine &&= text === '';
  }
  return fine;
}

/**
 * Test files at or below a path. Listed here because `node --test` of Node 20 looks for JavaScript only, and passes with none.
 * @param {string} path
 * @returns {string[]}
 */
function testFiles(path) {
  if (!existsSync(path)) throw new Error(`expected a test file or a folder of them, received ${path}`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(path, name));
}

/**
 * Runs test files; true when at least one test ran and none failed.
 * @param {readonly string[]} files
 * @returns {Promise<boolean>}
 */
async function test(files) {
  if (files.length === 0) throw new Error('expected test files (*.test.ts), received none');
  // As many files at a time as there are cores: most tests wait for processes or compute on one thread.
  const concurrency = availableParallelism();
  const options = ['--test', '--test-reporter=spec', `--test-concurrency=${concurrency}`, `--test-timeout=${TIMEOUT_MS}`];
  const args = ['-r', join(HERE, 'typescript.cjs'), '--enable-source-maps', ...options, ...files.map((f) => relative(ROOT, f))];
  // Without it a run inside a test would take itself for a part of that one, and run nothing.
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const env = { ...LAVAPIPE, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...inherited };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let end = '';
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    end = (end + chunk).slice(-100_000);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0 && ranSome(end))));
}

/** @param {string} output */
function ranSome(output) {
  const passed = Number(/^\S* ?ℹ pass (\d+)/mu.exec(output)?.[1] ?? 0);
  if (passed === 0) console.error('no test ran');
  return passed > 0;
}

async function main() {
  const paths = process.argv.slice(2);
  if (paths.includes('--checks')) return check();
  if (paths.length > 0) return test(paths.flatMap((path) => testFiles(resolve(path))));
  const checked = check();
  return (await test(testFiles(HERE))) && checked;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
