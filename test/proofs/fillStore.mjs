// @ts-check
/** A process of `eightProcesses.mjs` that fills a store with plans. Prints `done NAME` for each run that it completed. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DIST } from './runsOfMethods.mjs';

const require = createRequire(import.meta.url);
const [folder = '', plans = '[]'] = process.argv.slice(2);
const { start } = require(join(DIST, 'engine/start.js'));
const { reproduce } = require(join(DIST, 'experiments/queue/reproduce.js'));
const { planName } = require(join(DIST, 'experiments/runPlan.js'));
const { runStore } = require(join(DIST, 'experiments/store/runStore.js'));
const { stopOnSignals } = require(join(DIST, 'util/stopSignal.js'));

const watch = stopOnSignals();
await start({ threads: 1 });
const { failed } = await reproduce(JSON.parse(plans), {
  store: runStore({ runs: join(folder, 'runs'), results: join(folder, 'results') }),
  onEvent: (/** @type {{ kind: string, plan: object }} */ { kind, plan }) => {
    if (kind === 'done') process.stdout.write(`done ${planName(plan)}\n`);
  },
});
for (const { error } of failed) process.stderr.write(`${error.stack}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
watch.release();
