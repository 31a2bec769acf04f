/** `iekd evaluate PATH`: how good trained weights are. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetConfig } from '../../experiments/run/config';
import type { Evaluation } from '../../training/evaluation';
import { refusePhrase } from '../../util/check';
import { type EngineFlags, engineOptions, startEngine } from '../options/engineOptions';
import { integer } from '../options/parsers';
import { checkTyped } from '../options/usageError';
import { textTable, writeResult } from '../output/output';
import { metricCells } from '../output/trainingProgress';

interface Flags extends EngineFlags {
  readonly data?: string;
  readonly folder?: string;
  readonly split: Evaluation['split'];
  readonly testImages?: number;
  readonly json?: boolean;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .argument('<path>', 'a file of weights, or the folder of a run')
    .description('Measure trained weights on the data set of their run, or on another.')
    .option('--data <name>', 'data set; default: that of the run')
    .option('--folder <folder>', 'where its files lie')
    .option('--test-images <n>', 'use so many test images', integer(1))
    .option('--json', 'rows as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd evaluate data/runs/teacher
  iekd evaluate weights.safetensors --data cifar10`,
    );
  const split = command.createOption('--split <name>', 'part of the data set').choices(['test', 'validation']).default('test');
  engineOptions(command.addOption(split)).action(evaluateWeights);
}

async function evaluateWeights(path: string, flags: Flags): Promise<void> {
  const { DATASET_TABLE, loadDataset } = await import('../../data/index.js');
  const { datasetNamed } = await import('../../data/datasetNames.js');
  const { loadNetwork } = await import('../../weights/networkFile.js');
  const { evaluate } = await import('../../training/evaluate.js');
  const files = await weightFiles(path);
  const { name, ...parts } = await datasetOf(path, flags);
  checkTyped(() => datasetNamed('evaluate: --data', name, DATASET_TABLE));
  await startEngine(flags);
  const data = await loadDataset(name, parts);
  const rows: (Evaluation & { readonly weights: string; readonly model: string; readonly data: string })[] = [];
  for (const weights of files) {
    const network = loadNetwork(weights);
    rows.push({ weights, model: network.name, data: name, ...(await evaluate(network, data, flags.split)) });
    network.dispose();
  }
  const text = textTable(
    rows.map(({ metrics, loss, count, split, ...row }) => ({
      ...row,
      [split]: count,
      ...metricCells(metrics),
      loss: loss.toFixed(4),
    })),
  );
  writeResult({ json: rows, text }, flags.json);
}

/** The file itself, or the last and the best weights of a run: the student's, then its peers'. */
async function weightFiles(path: string): Promise<string[]> {
  const { RUN_FILES } = await import('../../experiments/run/runExperiment.js');
  const { weightsIn } = await import('../../weights/networkFile.js');
  if (!isFolder(path)) return [path];
  const files = weightsIn(path);
  if (files.length === 0) throw refusePhrase('evaluate', `a folder with ${RUN_FILES.last}`, path, 'is the run complete?');
  return files;
}

/** The data set that was asked for, or the one that the weights' run was trained on. */
async function datasetOf(path: string, { data, folder, testImages }: Flags): Promise<DatasetConfig> {
  const { RUN_FILES } = await import('../../experiments/run/runExperiment.js');
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
