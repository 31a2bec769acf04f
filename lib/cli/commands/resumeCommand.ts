/** `iekd resume FOLDER`: goes on with a run that was stopped or killed. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { type EngineFlags, engineOptions, startEngine } from '../options/engineOptions';
import {
  type DataFolderFlags,
  type DownloadFlags,
  dataFolderOf,
  dataFolderOption,
  downloadOption,
  type RunsFlags,
  runPlace,
  runsOption,
  type WorkersFlags,
  workersOf,
  workersOption,
} from '../options/runPlace';
import { shownPath, writeNote } from '../output/output';
import { showRun } from '../output/runResult';
import { beforeWork } from '../output/stopping';

interface Flags extends EngineFlags, RunsFlags, DataFolderFlags, DownloadFlags, WorkersFlags {
  readonly json?: boolean;
}

export function addResume(program: Command): void {
  const command = program
    .command('resume')
    .argument('<folder>', 'of a run, or its name, as iekd train tells it')
    .description('Go on with a run from its last checkpoint; its weights become those of an unbroken one, bit for bit.')
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      '\nBit for bit on the same engine, precision, number of threads and kind of\nprocessor: those of the run, unless others are asked for.',
    );
  engineOptions(workersOption(downloadOption(runsOption(dataFolderOption(command))))).action(
    async (typed: string, flags: Flags) => {
      const folder = runPlace(typed, flags, 'a run by its folder or name');
      const { readConfig } = await import('../../experiments/run/config.js');
      const { resumeRun } = await import('../../experiments/run/runExperiment.js');
      const { RUN_FILES } = await import('../../experiments/run/runFiles.js');
      const { engineOfRun } = await import('../../experiments/run/runEngine.js');
      const { refuseOwned } = await import('../../training/runOwner.js');
      // What is wrong with the folder is said before an engine is started.
      readConfig(join(folder, RUN_FILES.config));
      refuseOwned(folder, shownPath(folder));
      const began = engineOfRun(folder);
      const same = began && (flags.engine ?? began.name) === began.name;
      const own = same ? { engine: began.name, threads: flags.threads ?? began.threads } : {};
      await showRun(async (watched) => {
        const report = await beforeWork('resume', watched.stop, () => startEngine({ ...flags, ...own }));
        const other = began && (['name', 'threads', 'precision'] as const).find((key) => began[key] !== report[key]);
        if (other)
          writeNote(`the run began with ${other} ${began[other]}: its bits will be others than those of an unbroken one`);
        return resumeRun(folder, { ...watched, ...dataFolderOf(flags), ...workersOf(flags), download: flags.download ?? false });
      }, flags.json);
    },
  );
}
