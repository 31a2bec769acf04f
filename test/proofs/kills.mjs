// @ts-check
/**
 * Runs of every method, killed at random moments by SIGKILL and SIGTERM in turns of chance and gone on with, end with the bits of runs
 * that were left alone.
 *
 *   node test/proofs/kills.mjs [KILLS] [SEED] [METHODS] [FOLDER]      default 500, 1 and all, separated by commas
 *
 * Each run has a folder around it, so that none takes what another one has fitted to its teacher.
 * Each process saves every one to five steps, begins with `iekd resume` now and then, and is given a random part of the time that
 * an unbroken one takes, and more with every kill of a run. In FOLDER the unbroken runs stay, and are used again. Prints a line a run and what was counted; exit code 1 where a run differs.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, configsOfMethods, HERE, isComplete, outcomeOf, teacherConfig } from './runsOfMethods.mjs';

const [kills = '500', seed = '1', methods = '', kept = ''] = process.argv.slice(2);
const EPOCHS = 8;
const root = mkdtempSync(join(tmpdir(), 'iekd-kills-'));
const count = { runs: 0, SIGKILL: 0, SIGTERM: 0, stopped: 0, slowest: 0, differences: 0 };
const random = mulberry(Number(seed));
/** Of the unbroken runs. */
const wholes = kept || root;

/**
 * Runs a process; kills it after `ms`.
 * @param {readonly string[]} words
 * @param {{ signal: 'SIGKILL' | 'SIGTERM', ms: number }} [kill]
 * @returns {Promise<{ killed: boolean, code: number | null, by: NodeJS.Signals | null, seconds: number, after: number, errors: string }>}
 */
function sitting(words, kill) {
  const child = spawn(process.execPath, [...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  const begin = performance.now();
  let [killed, at, errors] = [false, 0, ''];
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const timer =
    kill &&
    setTimeout(() => {
      at = performance.now();
      killed = child.kill(kill.signal);
    }, kill.ms);
  return new Promise((resolve) => {
    child.on('close', (code, by) => {
      clearTimeout(timer);
      const now = performance.now();
      resolve({ killed, code, by, seconds: (now - begin) / 1000, after: killed ? (now - at) / 1000 : 0, errors });
    });
  });
}

/**
 * @param {{ name: string, config: string }} run
 * @param {string} folder
 */
function command({ config }, folder) {
  if (existsSync(join(folder, 'config.json')) && random() < 0.3) return [CLI, 'resume', folder, '--threads', '1'];
  return [join(HERE, 'trainSaving.mjs'), config, folder, String(1 + Math.floor(5 * random()))];
}

/**
 * Kills a run again and again until it is complete, or enough were killed.
 * @param {{ name: string, config: string, seconds: number, outcome: string }} run
 */
async function killRun(run) {
  const folder = join(root, `killed-${count.runs}`, 'run');
  let own = 0;
  while (!isComplete(folder)) {
    const enough = count.SIGKILL + count.SIGTERM >= Number(kills);
    const signal = random() < 0.5 ? 'SIGKILL' : 'SIGTERM';
    const kill = enough ? undefined : /** @type {const} */ ({ signal, ms: 1000 * run.seconds * random() * 1.1 ** own });
    const { killed, code, by, after, errors } = await sitting(command(run, folder), kill);
    if (!killed && code !== 0) throw new Error(`${run.name}: expected exit code 0, received ${code}: ${errors}`);
    if (!killed) continue;
    count[signal]++;
    own++;
    if (by === signal || code === 0) continue;
    // It had begun to train: it stopped in good order.
    if (signal !== 'SIGTERM' || code !== 143) throw new Error(`${run.name}: ${signal}: received ${code} ${by}: ${errors}`);
    count.stopped++;
    count.slowest = Math.max(count.slowest, after);
  }
  count.runs++;
  const same = outcomeOf(folder) === run.outcome;
  if (!same) count.differences++;
  console.log(`${run.name}: ${own} kills, ${same ? 'the same bits' : `DIFFERENT: ${folder}`}`);
  if (same) rmSync(folder, { recursive: true });
}

/** Trains teachers, and every method once without a kill. */
async function wholeRuns() {
  /** @type {string[]} */
  const teachers = [];
  for (const teacher of [1, 2]) {
    const folder = join(wholes, `teacher-${teacher}`);
    const config = join(wholes, `teacher-${teacher}.json`);
    writeFileSync(config, JSON.stringify(teacherConfig(teacher)));
    await whole(config, folder);
    teachers.push(join(folder, 'student-last.safetensors'));
  }
  const runs = [];
  const asked = methods === '' ? undefined : methods.split(',');
  for (const settings of configsOfMethods(teachers, EPOCHS)) {
    const { name } = settings.method;
    if (asked && !asked.includes(name)) continue;
    const config = join(wholes, `${name}.json`);
    writeFileSync(config, JSON.stringify(settings));
    const folder = join(wholes, `whole-${name}`, 'run');
    const seconds = await whole(config, folder);
    runs.push({ name, config, seconds, outcome: outcomeOf(folder) });
  }
  return runs;
}

/**
 * @param {string} config
 * @param {string} folder
 */
async function whole(config, folder) {
  const times = `${folder}.seconds`;
  if (isComplete(folder) && existsSync(times)) return Number(readFileSync(times, 'utf8'));
  const { code, seconds, errors } = await sitting([join(HERE, 'trainSaving.mjs'), config, folder, '5']);
  if (code !== 0) throw new Error(`${folder}: expected exit code 0, received ${code}: ${errors}`);
  writeFileSync(times, String(seconds));
  return seconds;
}

/** Numbers in [0, 1), the same for a seed. @param {number} state */
function mulberry(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

mkdirSync(wholes, { recursive: true });
const runs = await wholeRuns();
if (runs.length === 0) throw new Error(`kills: expected methods of the library, received ${methods}`);
for (let done = false; !done; ) {
  for (const run of runs) {
    await killRun(run);
    done = count.SIGKILL + count.SIGTERM >= Number(kills);
    if (done) break;
  }
}
const { SIGKILL, SIGTERM, stopped, slowest, differences } = count;
const counted = `${SIGKILL + SIGTERM} kills (${SIGKILL} SIGKILL, ${SIGTERM} SIGTERM) of ${count.runs} runs of ${runs.length} methods`;
const order = `${stopped} stopped in good order, the slowest after ${slowest.toFixed(1)} s`;
console.log(`${counted}: ${differences === 0 ? 'all the same bits' : `${differences} DIFFERENT`}; ${order}`);
if (differences === 0) rmSync(root, { recursive: true });
process.exitCode = differences === 0 ? 0 : 1;
