/** The process that `kill.test.ts` kills: a run of the tiny world that saves at every step. Prints each step, then the outcome. */
import { tf } from 'iekd/dist/engine/tf';
import { KILL_RUNS } from './killRun';
import { tinyRun } from './runs';

const [folder = '', run = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  await tf.setBackend('cpu');
  const { outcome } = await tinyRun(folder, {
    ...KILL_RUNS[run]?.settings,
    resume: true,
    checkpoint: { folder, everySteps: 1 },
    listeners: [(event) => event.kind === 'step' && process.stdout.write(`step ${event.step}\n`)],
  });
  process.stdout.write(`outcome ${JSON.stringify(outcome)}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
