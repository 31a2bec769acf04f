/** `iekd train`: trains a student as the options, or a configuration file, say. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { refusePhrase } from '../../util/check';
import { engineOptions, startEngine } from '../options/engineOptions';
import { allRuns, type DownloadFlags, downloadOption, type WorkersFlags, workersOf, workersOption } from '../options/runPlace';
import { configFrom, configOptions, type TrainFlags } from '../options/trainFlags';
import { checkTyped } from '../options/usageError';
import { shownPath, writeResult } from '../output/output';
import { showRun } from '../output/runResult';
import { beforeWork } from '../output/stopping';

interface Flags extends TrainFlags, DownloadFlags, WorkersFlags {
  readonly out?: string;
  readonly tensorboard?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description(
      'Train a network, alone, from a teacher or with peers. Ctrl-C or SIGTERM stops it after the step; iekd resume goes on.',
    )
    .option('--out <folder>', 'of the run; default: one named after the configuration, in data/runs')
    .option('--tensorboard', 'write an event file for TensorBoard into that folder, too')
    .option('--dry-run', 'print the configuration and train nothing')
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd train --model resnet20 --epochs 5 --out data/runs/teacher
  iekd train --model resnet8 --method ie-ft --teacher teacher --epochs 5
  iekd train --model resnet8 --method ie-ft --teacher teacher --set split=random
  iekd train --method ie-ft --teacher teacher --set explore.how=shared
  iekd train --model resnet8 --method dml --peer resnet14 --epochs 5
  iekd train --data cifar10 --download --epochs 10 --lr-drops 5,8 --seed 1
  iekd train --optimizer adamw --schedule cosine --clip 1 --ema 0.999
  iekd train --config data/runs/teacher/config.json --seed 2`,
    );
  engineOptions(workersOption(downloadOption(configOptions(command)))).action(train);
}

const TEACHER_HINT = 'give --teacher with a file of weights or the folder of a run';
const PEER_HINT = 'give --peer with the name of a network, once for each';

async function train(flags: Flags): Promise<void> {
  const { buildMethod } = await import('../../methods/index.js');
  const { checkConfig } = await import('../../experiments/run/config.js');
  const { parseRun } = await import('../../experiments/run/parsedRun.js');
  const { trainRun } = await import('../../experiments/run/runExperiment.js');
  const { RUN_FILES } = await import('../../experiments/run/runFiles.js');
  const { runFolder } = await import('../../experiments/run/runFolders.js');
  const { refuseOwned } = await import('../../training/runOwner.js');
  const typed = await configFrom(flags);
  const config = checkTyped(() => {
    const { name, teachers, peers } = buildMethod(typed.method);
    if (teachers > 0 && !typed.teacher) throw refusePhrase('train', `a teacher for the method ${name}`, 'none', TEACHER_HINT);
    if (peers && !typed.peers) throw refusePhrase('train', `a peer for the method ${name}`, 'none', PEER_HINT);
    return checkConfig(typed, 'train');
  }, flags.config !== undefined);
  const text = JSON.stringify(config, undefined, 2);
  if (flags.dryRun) return writeResult({ json: config, text }, true);
  const run = parseRun(config, 'train');
  const folder = flags.out ? resolve(flags.out) : runFolder(allRuns(flags), run);
  refuseOwned(folder, shownPath(folder));
  if (existsSync(join(folder, RUN_FILES.config))) {
    const place = shownPath(folder);
    const complete = existsSync(join(folder, RUN_FILES.result));
    const next = complete ? `train on from its weights (--from ${place})` : `go on with it (npx iekd resume ${place})`;
    const found = `${folder}, ${complete ? 'whose run is complete' : 'whose run is not complete'}`;
    throw refusePhrase('train', 'a folder without a run', found, `${next}, or choose another folder with --out`);
  }
  await showRun(async (watched) => {
    await beforeWork('train', watched.stop, () => startEngine(flags));
    const { download = false, tensorboard } = flags;
    return trainRun(run, { ...watched, folder, ...workersOf(flags), download, tensorboard });
  }, flags.json);
}
