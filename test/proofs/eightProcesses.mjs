// @ts-check
/**
 * Eight processes fill one store, and eight want to go on with one folder, while some of them are killed and come again: each run is
 * trained by one process at a time, no row is written twice, and what comes out has the bits of runs that were left alone.
 *
 *   node test/proofs/eightProcesses.mjs [SECONDS] [PROCESSES]      default 300 and 8
 *
 * Half of the time goes to the store, half to the folder. Exit code 1 where something is not so.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CLI, DIST, HERE, isComplete, outcomeOf, teacherConfig } from './runsOfMethods.mjs';

const require = createRequire(import.meta.url);
const [seconds = '300', processes = '8'] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'iekd-eight-'));
/** @type {string[]} */
const wrong = [];

/** @typedef {{ code: number | null, by: NodeJS.Signals | null, killed: boolean, out: string, errors: string }} Ended */

/**
 * Keeps so many processes at work until `done`: who ended begins again, and every second one is killed within the time of a few runs.
 * @param {() => readonly string[]} words of a process
 * @param {(ended: Ended) => void} onEnd
 * @param {() => boolean} done
 * @param {number} unitMs what a run takes by itself, its start included
 */
async function keepAtWork(words, onEnd, done, unitMs) {
  let kills = 0;
  const work = async () => {
    while (!done()) {
      const ended = await sitting(words(), Math.random() < 0.5 ? 4 * unitMs * Math.random() : undefined);
      if (ended.killed) kills++;
      onEnd(ended);
    }
  };
  await Promise.all(Array.from({ length: Number(processes) }, work));
  return kills;
}

/**
 * @param {readonly string[]} words
 * @param {number} [ms] until it is killed
 * @returns {Promise<Ended>}
 */
function sitting(words, ms) {
  const child = spawn(process.execPath, [...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => void child.kill(Math.random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
  const timer = ms === undefined ? undefined : setTimeout(kill, ms);
  let [out, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code, by) => {
      clearTimeout(timer);
      resolve({ code, by, killed: child.killed, out, errors });
    });
  });
}

/** The steps of a log, each of which stands there once. @param {string} folder */
function checkRows(folder) {
  const rows = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const names = rows.map(({ kind, stage, step, epoch }) => [kind, stage, step, epoch].join(' '));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) wrong.push(`${folder}: the row "${twice}" is there twice`);
}

/** Who was killed between its run's record and its end has left a claim: whoever comes next takes it, and nothing stays. @param {string} runs */
function checkOwners(runs) {
  const { tryLock } = require(join(DIST, 'util/lockFile.cjs'));
  const owners = () => readdirSync(runs, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.owner'));
  for (const run of new Set(owners().map(dirname))) {
    const lock = tryLock(join(runs, run, '.owner'));
    if (lock) lock.release();
    else wrong.push(`${run} is held though all processes have ended`);
  }
  if (owners().length > 0) wrong.push(`owners are left: ${owners().join(', ')}`);
}

/** Trains a configuration by itself. @param {object} settings @param {string} name @returns what it left, and its milliseconds */
async function alone(settings, name) {
  const config = join(root, `${name}.json`);
  writeFileSync(config, JSON.stringify(settings));
  const begin = performance.now();
  const { code, errors } = await sitting([join(HERE, 'trainSaving.mjs'), config, join(root, name, 'run'), '7']);
  if (code !== 0) throw new Error(errors);
  return { config, outcome: outcomeOf(join(root, name, 'run')), ms: performance.now() - begin };
}

/** Many processes on one store: plans of two methods from one teacher, for as many seeds as there is time for. */
async function oneStore() {
  const folder = join(root, 'store');
  const { ms } = await alone(teacherConfig(0), 'teacher-alone');
  const until = Date.now() + 500 * Number(seconds);
  const { seed: _, ...teacher } = teacherConfig(0);
  const plan = (/** @type {number} */ seed, /** @type {string} */ name) => ({ ...teacher, method: { name }, teacher, seed });
  const { planFolder, planName } = require(join(DIST, 'experiments/runPlan.js'));
  const { runStore } = require(join(DIST, 'experiments/store/runStore.js'));
  const store = runStore({ runs: join(folder, 'runs'), results: join(folder, 'results') });
  /** @type {object[]} */
  const plans = [];
  /** @type {Map<string, number>} */
  const done = new Map();
  const more = () => {
    for (let i = 0; i < 4; i++) plans.push(plan(plans.length, i % 2 === 0 ? 'kd' : 'at'));
  };
  const left = () => plans.some((one) => store.status(one) !== 'trained');
  const onEnd = (/** @type {Ended} */ { code, by, killed, out, errors }) => {
    for (const [, name = ''] of out.matchAll(/^done (.*)$/gm)) done.set(name, (done.get(name) ?? 0) + 1);
    if (!killed && code !== 0) wrong.push(`a process of the store: ${code} ${by}: ${errors}`);
  };
  const words = () => {
    if (Date.now() < until && !left()) more();
    return [join(HERE, 'fillStore.mjs'), folder, JSON.stringify(plans)];
  };
  const kills = await keepAtWork(words, onEnd, () => Date.now() >= until && !left(), ms);
  for (const name of [...plans, teacher].map(planName)) {
    // A process that was killed after its run's record was written did not say so.
    if ((done.get(name) ?? 0) > 1) wrong.push(`${name} was completed ${done.get(name)} times`);
  }
  for (const one of plans) checkRows(planFolder(store.runs, one));
  store.publish(
    'table1',
    plans.map((one) => store.find(one)),
  );
  const lines = readFileSync(join(store.results, 'table1.jsonl'), 'utf8').trim().split('\n').length;
  if (lines !== plans.length) wrong.push(`${lines} records of ${plans.length} runs`);
  checkOwners(store.runs);
  console.log(`one store: ${plans.length} runs, ${kills} kills of ${processes} processes, ${wrong.length} complaints`);
}

/** Many processes on one folder: one trains, the others are refused with its name, until the run is complete; then the next run. */
async function oneFolder() {
  const until = Date.now() + 500 * Number(seconds);
  const settings = teacherConfig(7);
  const { config, outcome, ms } = await alone({ ...settings, training: { ...settings.training, epochs: 40 } }, 'alone');
  let [runs, refused, kills] = [0, 0, 0];
  while (Date.now() < until || runs === 0) {
    const folder = join(root, `folder-${runs++}`, 'run');
    const onEnd = (/** @type {Ended} */ { code, by, killed, errors }) => {
      const refusal = /expected a run that no process is training, received one held by process \d+ on /.test(errors);
      if (refusal) refused++;
      else if (!killed && code !== 0) wrong.push(`a process of the folder: ${code} ${by}: ${errors}`);
    };
    const words = () => {
      const begun = existsSync(join(folder, 'config.json'));
      return begun && Math.random() < 0.5
        ? [CLI, 'resume', folder, '--threads', '1']
        : [join(HERE, 'trainSaving.mjs'), config, folder, '2'];
    };
    kills += await keepAtWork(words, onEnd, () => isComplete(folder) && !existsSync(join(folder, '.owner')), ms);
    checkRows(folder);
    if (outcomeOf(folder) !== outcome) wrong.push(`${folder} differs from a run that was left alone`);
  }
  console.log(
    `one folder: ${runs} runs, ${kills} kills of ${processes} processes, ${refused} refusals, ${wrong.length} complaints`,
  );
}

await oneStore();
await oneFolder();
for (const complaint of wrong) console.log(complaint);
if (wrong.length === 0) rmSync(root, { recursive: true });
process.exitCode = wrong.length === 0 ? 0 : 1;
