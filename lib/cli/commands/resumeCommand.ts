/** `iekd resume FOLDER`: goes on with a run that was stopped or killed. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type EngineFlags, engineOptions, startEngine } from '../options/engineOptions';
import { showRun } from '../output/runResult';

interface Flags extends EngineFlags {
  readonly json?: boolean;
}

export function addResume(program: Command): void {
  const command = program
    .command('resume')
    .argument('<folder>', 'of a run, as iekd train names it')
    .description('Go on with a run from its last checkpoint; its weights become those of an unbroken one, bit for bit.')
    .option('--json', 'the result as JSON')
    .addHelpText('after', '\nBit for bit on the same engine, precision, number of threads and kind of processor.');
  engineOptions(command).action(async (folder: string, flags: Flags) => {
    const { readConfig } = await import('../../experiments/run/config.js');
    const { resumeRun, RUN_FILES } = await import('../../experiments/run/runExperiment.js');
    readConfig(join(folder, RUN_FILES.config)); // says what is wrong with the folder before an engine is started
    await startEngine(flags);
    await showRun((watched) => resumeRun(folder, watched), flags.json);
  });
}
