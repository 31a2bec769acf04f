/** The process that `killAt` kills: goes on with the run in a folder, saving at every step. Prints each step. */
import { resumeRun } from 'iekd/dist/experiments/run';

const [folder = ''] = process.argv.slice(2);

resumeRun(folder, {
  everySteps: 1,
  listeners: [(event) => event.kind === 'step' && process.stdout.write(`step ${event.step}\n`)],
}).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
