/** A process that fills the store in a folder with plans, on one thread. Prints a line for each event, and for each step. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from 'iekd/dist/engine/start';
import { planName } from 'iekd/dist/experiments/plan';
import { reproduce } from 'iekd/dist/experiments/reproduce';
import { runStore } from 'iekd/dist/experiments/runStore';

const [folder = ''] = process.argv.slice(2);

async function fill(): Promise<void> {
  await start({ threads: 1 });
  const say = (text: string): unknown => process.stdout.write(`${text}\n`);
  await reproduce(JSON.parse(readFileSync(join(folder, 'plans.json'), 'utf8')), {
    store: runStore({ runs: join(folder, 'runs'), results: join(folder, 'results') }),
    onEvent: ({ kind, plan }) => say(`${kind} ${planName(plan)}`),
    listen: (plan) => (event) => event.kind === 'step' && say(`step ${event.step} of ${planName(plan)}`),
  });
  say('end');
}

fill().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
