/** `iekd evaluate PATH`: how good trained weights are. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetConfig, RunConfig } from '../../../experiments/run/config';
import type { EvaluationReport, TaskSpec } from '../../../tasks/types';
import type { Evaluation } from '../../../training/evaluation';
import { refusePhrase } from '../../../util/check';
import type { StoredWeights } from '../../../weights/networkFile';
import { type EngineFlags, engineOptions, startEngine } from '../../options/engineOptions';
import { type NetworkFlags, networkOptions, typedNetwork } from '../../options/networkFlags';
import { fraction, integer, oneOf } from '../../options/parsers';
import {
  type DataFolderFlags,
  type DownloadFlags,
  dataFolderOption,
  downloadOption,
  type RunsFlags,
  runPlace,
  runsOption,
  type WorkersFlags,
  workersOf,
  workersOption,
} from '../../options/runPlace';
import { type DataFlags, dataOptions, dataSettings, type TaskFlags, taskFrom, taskOptions } from '../../options/taskFlags';
import { withoutWeights } from '../../options/unfinishedRun';
import { checkTyped } from '../../options/usageError';
import { shownPath, textTable, writeNote, writeResult } from '../../output/output';
import { writeCurves } from '../../output/reportCurves';
import { dataProgress } from '../../output/runResult';
import { progressView } from '../../output/terminalProgress';
import { metricCells } from '../../output/trainingProgress';

interface Flags extends EngineFlags, RunsFlags, DataFolderFlags, DownloadFlags, WorkersFlags, TaskFlags, DataFlags, NetworkFlags {
  readonly data?: string;
  readonly split: Evaluation['split'];
  readonly testImages?: number;
  readonly score?: number;
  readonly curves?: string;
  readonly json?: boolean;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .argument('<path>', 'a file of weights, the folder of a run, or its name')
    .description('Measure trained weights on the data set of their run, or on another.')
    .option('--data <name>', 'data set, as of iekd train; default: that of the run')
    .option('--test-images <n>', 'use so many test images', integer(1))
    .option('--score <s>', 'of detection: precision and recall of the boxes from this score on; default: 0.5', fraction)
    .option('--curves <folder>', 'of detection: write precision over recall of each class as CSV and SVG')
    .option('--json', 'rows as JSON, of detection with all that is known of each class')
    .addHelpText(
      'after',
      `
Examples:
  iekd evaluate data/runs/teacher
  iekd evaluate weights.safetensors --data cifar10
  iekd evaluate resnet56-4bfd9763.th --data cifar10
  iekd evaluate data/runs/detector --curves data/runs/curves
  iekd evaluate weights.safetensors --task detection --data voc:VOCdevkit`,
    );
  const split = oneOf('--split <name>', 'part of the data set', ['test', 'validation']).default('test');
  const own = dataOptions(taskOptions(command.addOption(split)));
  engineOptions(networkOptions(workersOption(downloadOption(runsOption(dataFolderOption(own)))))).action(evaluateWeights);
}

interface Row extends Evaluation {
  readonly weights: string;
  readonly model: string;
  readonly data: string;
  readonly report?: EvaluationReport;
}

async function evaluateWeights(typed: string, flags: Flags): Promise<void> {
  const path = runPlace(typed, flags);
  const { DATASET_TABLE, loadDataset } = await import('../../../data/index.js');
  const { datasetNamed, isPlaced } = await import('../../../data/datasetNames.js');
  const { readRunWeights } = await import('../../../experiments/run/runWeights.js');
  const { networkOf } = await import('../../../weights/networkFile.js');
  const { onImages } = await import('../../../models/index.js');
  const { imageOf } = await import('../../../training/checks/checkNetworks.js');
  const { evaluateInDetail } = await import('../../../training/evaluate.js');
  const { taskNamed } = await import('../../../tasks/index.js');
  const files = await weightFiles(path);
  if (flags.data !== undefined) checkTyped(() => datasetNamed('evaluate: --data', flags.data, DATASET_TABLE));
  const other = typedNetwork('evaluate', flags);
  const [first] = files.map((weights) => readRunWeights(weights, other)); // what is no file of weights says what it is
  const { dataset, task: spec } = await askedOf(path, flags);
  const task = checkTyped(() => taskNamed(spec));
  if (dataset.contents !== undefined) {
    const hint = 'name another with --data, or call evaluate(network, data) where it is made';
    throw refusePhrase('evaluate', 'a data set by its name', `${dataset.name}, which was made in code`, hint);
  }
  // Pictures on disk are brought to whatever the network sees, unless a size was asked for.
  const [height, width, channels] = (isPlaced(dataset.name) && first?.spec.input) || [];
  const grey = channels === 1 ? { channels } : {}; // where a data set has no such option, it says so
  const size = height === undefined || width === undefined ? {} : { pixels: [height, width] as const, ...grey };
  const { name, ...parts }: DatasetConfig = { ...size, ...dataset };
  await startEngine(flags);
  const view = progressView();
  const fetching = { download: flags.download ?? false, onProgress: dataProgress(view) };
  const reading = isPlaced(name) ? workersOf(flags) : {};
  const data = await loadDataset(name, { ...parts, ...fetching, ...reading }).finally(() => view.end());
  const rows: Row[] = [];
  for (const weights of files) {
    const stored = readRunWeights(weights, other);
    writeNotes(weights, stored);
    const network = onImages('evaluate', networkOf(stored, weights), imageOf(data));
    const score = flags.score === undefined ? {} : { score: flags.score };
    const { evaluation, report } = await evaluateInDetail(network, data, flags.split, { task, ...score });
    rows.push({ weights, model: network.name, data: name, ...evaluation, ...(report ? { report } : {}) });
    network.dispose();
  }
  const json = rows.map(({ report, ...row }) => ({ ...row, ...(report ? { report: report.values } : {}) }));
  writeResult({ json, text: [summary(rows), ...rows.flatMap(details)].join('\n\n') }, flags.json);
  if (flags.curves !== undefined) writeReports(flags.curves, rows);
}

function summary(rows: readonly Row[]): string {
  return textTable(
    rows.map(({ metrics, loss, count, split, weights, report: _, ...row }) => ({
      ...{ weights: shownPath(weights), ...row },
      [split]: count,
      ...metricCells(metrics),
      loss: loss.toFixed(4),
    })),
  );
}

const details = ({ weights, report }: Row): string[] =>
  (report?.tables ?? []).map(({ caption, rows }) => textTable(rows, { caption: `${shownPath(weights)}, ${caption}` }));

function writeReports(folder: string, rows: readonly Row[]): void {
  const reports = rows.flatMap(({ weights, report }) => (report ? [{ weights, report }] : []));
  if (reports.length === 0) throw refusePhrase('evaluate: --curves', 'a task that has curves, as detection', 'one without');
  for (const { weights, report } of reports) {
    for (const file of writeCurves(folder, weights, report.curves)) writeNote(`written: ${shownPath(file)}`);
  }
}

/** What must be known of a file of weights beside how good they are. */
function writeNotes(path: string, { checked, notes, remark, spec, writtenBy }: StoredWeights): void {
  const where = shownPath(path);
  if (remark !== undefined) writeNote(`${where}: ${remark}`);
  const { mean, std } = spec.normalisation ?? {};
  if (notes['adjusted']) writeNote(`${where}: of a run with ${notes['adjusted']}`);
  if (mean && std)
    writeNote(`${where}: images are normalised by its own mean ${mean.join(', ')} and deviation ${std.join(', ')}`);
  if (!checked && !writtenBy) writeNote(`${where}: an older file, which has no SHA-256 to be checked against`);
}

/** The file itself, or the last and the best weights of a run: the student's, then its peers'. */
async function weightFiles(path: string): Promise<string[]> {
  const { weightsIn } = await import('../../../weights/networkFile.js');
  if (!isFolder(path)) return [path];
  const files = weightsIn(path);
  if (files.length > 0) return files;
  throw await withoutWeights('evaluate', path);
}

/** The data set and the task that were asked for, or those that the weights' run was trained with. */
async function askedOf(
  path: string,
  flags: Flags,
): Promise<{ readonly dataset: DatasetConfig; readonly task: TaskSpec | undefined }> {
  const { data, folder, testImages } = flags;
  const run = await configOf(path);
  const typed = {
    ...dataSettings(flags),
    ...(folder === undefined ? {} : { folder }),
    ...(testImages === undefined ? {} : { test: testImages }),
  };
  const task = taskFrom(flags, run?.task);
  if (data !== undefined) return { dataset: { name: data, ...typed }, task };
  if (!run) throw refusePhrase('evaluate', '--data, or weights in the folder of their run', path);
  return { dataset: { ...run.dataset, ...typed }, task };
}

async function configOf(path: string): Promise<RunConfig | undefined> {
  const { RUN_FILES } = await import('../../../experiments/run/runFiles.js');
  const { readConfig } = await import('../../../experiments/run/config.js');
  const config = join(isFolder(path) ? path : dirname(path), RUN_FILES.config);
  return existsSync(config) ? readConfig(config) : undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
