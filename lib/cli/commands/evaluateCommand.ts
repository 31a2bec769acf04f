/** `iekd evaluate PATH`: how good trained weights are. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetConfig } from '../../experiments/run/config';
import type { Evaluation } from '../../training/evaluation';
import { refusePhrase } from '../../util/check';
import { type EngineFlags, engineOptions, startEngine } from '../options/engineOptions';
import { integer, oneOf } from '../options/parsers';
import {
  type DataFolderFlags,
  type DownloadFlags,
  dataFolderOption,
  downloadOption,
  type RunsFlags,
  runPlace,
  runsOption,
} from '../options/runPlace';
import { withoutWeights } from '../options/unfinishedRun';
import { checkTyped } from '../options/usageError';
import { shownPath, textTable, writeNote, writeResult } from '../output/output';
import { dataProgress } from '../output/runResult';
import { progressView } from '../output/terminalProgress';
import { metricCells } from '../output/trainingProgress';

interface Flags extends EngineFlags, RunsFlags, DataFolderFlags, DownloadFlags {
  readonly data?: string;
  readonly split: Evaluation['split'];
  readonly testImages?: number;
  readonly json?: boolean;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .argument('<path>', 'a file of weights, the folder of a run, or its name')
    .description('Measure trained weights on the data set of their run, or on another.')
    .option('--data <name>', 'data set; default: that of the run')
    .option('--test-images <n>', 'use so many test images', integer(1))
    .option('--json', 'rows as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd evaluate data/runs/teacher
  iekd evaluate weights.safetensors --data cifar10`,
    );
  const split = oneOf('--split <name>', 'part of the data set', ['test', 'validation']).default('test');
  engineOptions(downloadOption(runsOption(dataFolderOption(command.addOption(split))))).action(evaluateWeights);
}

async function evaluateWeights(typed: string, flags: Flags): Promise<void> {
  const path = runPlace(typed, flags);
  const { DATASET_TABLE, loadDataset } = await import('../../data/index.js');
  const { datasetNamed } = await import('../../data/datasetNames.js');
  const { readRunWeights } = await import('../../experiments/run/runWeights.js');
  const { networkOf } = await import('../../weights/networkFile.js');
  const { evaluate } = await import('../../training/evaluate.js');
  const files = await weightFiles(path);
  if (flags.data !== undefined) checkTyped(() => datasetNamed('evaluate: --data', flags.data, DATASET_TABLE));
  for (const weights of files) readRunWeights(weights); // what is no file of weights says what it is
  const { name, ...parts } = await datasetOf(path, flags);
  await startEngine(flags);
  const view = progressView();
  const fetching = { download: flags.download ?? false, onProgress: dataProgress(view) };
  const data = await loadDataset(name, { ...parts, ...fetching }).finally(() => view.end());
  const rows: (Evaluation & { readonly weights: string; readonly model: string; readonly data: string })[] = [];
  for (const weights of files) {
    const stored = readRunWeights(weights);
    if (!stored.checked) writeNote(`${shownPath(weights)}: an older file, which has no SHA-256 to be checked against`);
    if (stored.notes['adjusted']) writeNote(`${shownPath(weights)}: of a run with ${stored.notes['adjusted']}`);
    const network = networkOf(stored, weights);
    rows.push({ weights, model: network.name, data: name, ...(await evaluate(network, data, flags.split)) });
    network.dispose();
  }
  const text = textTable(
    rows.map(({ metrics, loss, count, split, weights, ...row }) => ({
      ...{ weights: shownPath(weights), ...row },
      [split]: count,
      ...metricCells(metrics),
      loss: loss.toFixed(4),
    })),
  );
  writeResult({ json: rows, text }, flags.json);
}

/** The file itself, or the last and the best weights of a run: the student's, then its peers'. */
async function weightFiles(path: string): Promise<string[]> {
  const { weightsIn } = await import('../../weights/networkFile.js');
  if (!isFolder(path)) return [path];
  const files = weightsIn(path);
  if (files.length > 0) return files;
  throw await withoutWeights('evaluate', path);
}

/** The data set that was asked for, or the one that the weights' run was trained on. */
async function datasetOf(path: string, { data, folder, testImages }: Flags): Promise<DatasetConfig> {
  const { RUN_FILES } = await import('../../experiments/run/runFiles.js');
  const { readConfig } = await import('../../experiments/run/config.js');
  const typed = { ...(folder === undefined ? {} : { folder }), ...(testImages === undefined ? {} : { test: testImages }) };
  if (data !== undefined) return { name: data, ...typed };
  const config = join(isFolder(path) ? path : dirname(path), RUN_FILES.config);
  if (!existsSync(config)) throw refusePhrase('evaluate', '--data, or weights in the folder of their run', path);
  return { ...readConfig(config).dataset, ...typed };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
