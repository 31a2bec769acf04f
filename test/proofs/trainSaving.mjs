// @ts-check
/** The process that `kills.mjs` kills: begins the run of a configuration in a folder, or goes on with it, and saves every so many steps. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DIST } from './runsOfMethods.mjs';

const require = createRequire(import.meta.url);
const [config = '', folder = '', everySteps = '1'] = process.argv.slice(2);
const { start } = require(join(DIST, 'engine/start.js'));
const { parseRun } = require(join(DIST, 'experiments/run/parsedRun.js'));
const { trainRun } = require(join(DIST, 'experiments/run/runExperiment.js'));
const { exitCodeAfter, stopOnSignals } = require(join(DIST, 'util/stopSignal.js'));

const watch = stopOnSignals();
await start({ threads: 1 });
const run = await trainRun(parseRun(JSON.parse(readFileSync(config, 'utf8'))), {
  folder,
  resume: true,
  everySteps: Number(everySteps),
});
run.dispose();
process.exitCode = run.training.complete ? 0 : exitCodeAfter(watch.received);
