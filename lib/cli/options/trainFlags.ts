/** Options of `iekd train`, and the configuration that they make. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RunConfig, TeacherConfig } from '../../experiments/run/config';
import type { Method } from '../../methods/method';
import type { NetworkSpec } from '../../models/types';
import { isObject, refusePhrase } from '../../util/check';
import { readJson } from '../../util/json';
import type { EngineFlags } from './engineOptions';
import { fraction, integer, names, number, settings } from './parsers';
import { type DataFolderFlags, dataFolderOption, type RunsFlags, runPlace, runsOption } from './runPlace';
import { type DataFlags, dataOptions, dataSettings, type TaskFlags, taskFrom, taskOptions } from './taskFlags';
import { defined, type TrainingFlags, trainingFlags, trainingFrom } from './trainingFlags';
import { withoutWeights } from './unfinishedRun';
import { checkTyped } from './usageError';

export interface TrainFlags extends EngineFlags, RunsFlags, DataFolderFlags, TaskFlags, DataFlags, TrainingFlags {
  readonly config?: string;
  readonly data?: string;
  readonly trainImages?: number;
  readonly validation?: number;
  readonly testImages?: number;
  readonly model?: string;
  readonly modelSet?: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly teacher?: string;
  readonly peer?: string[];
  readonly labelSmoothing?: number;
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly seed?: number;
  readonly fitEpochs?: number;
  readonly fitSeed?: number;
  readonly from?: string;
}

/** What is trained when nothing is said; the network is the task's usual one. */
const BASE: Omit<RunConfig, 'student'> = {
  dataset: { name: 'fashion-mnist' },
  method: { name: 'supervised' },
  training: { epochs: 10 },
};

/** Adds the options that describe a run. */
export function configOptions(command: Command): Command {
  command
    .option('--config <file>', 'start from this configuration (JSON, as config.json in the folder of a run)')
    .option('--data <name>', 'data set, see iekd datasets, or folder:, csv:, jsonl:, voc:, coco:PATH (default: fashion-mnist)');
  runsOption(dataFolderOption(dataOptions(taskOptions(command))))
    .option('--train-images <n>', 'use so many training images', integer(1))
    .option('--validation <n>', 'keep so many of them for validation', integer(0))
    .option('--test-images <n>', 'use so many test images', integer(1))
    .option(
      '--model <name>',
      'network, see iekd models, or a JSON file with a description (default: resnet20, for detection ssd-resnet8)',
    )
    .option(
      '--model-set <name=value>',
      'an option of the network, as iekd models has them by family (shortcut=A of a resnet, dropout=0.3 of a wrn); may be repeated',
      settings,
    )
    .option('--method <name>', 'see iekd methods (default: supervised)')
    .option(
      '--set <name=value>',
      'an option of the method, see iekd methods (explore=0, explore.how=cka); may be repeated',
      settings,
    )
    .option(
      '--teacher <path>',
      'weights of the teacher: a file, of PyTorch (.pth), TensorFlow.js (model.json) or Keras (.keras) too, or a run (its folder or name), whose last weights are taken',
    )
    .option('--peer <name>', 'a network that learns beside it, for dml, ie-dml and kdcl; may be repeated', names);
  return trainingFlags(command)
    .option('--label-smoothing <share>', 'of a target spread over all classes (0.1)', fraction)
    .option('--mixup <alpha>', 'mix images of a batch, by λ ~ Beta(alpha, alpha) (0.2)', number(0))
    .option('--cutmix <alpha>', 'put a box of one image into another; with --mixup either, in turn at random (1)', number(0))
    .option('--seed <n>', 'of everything drawn (default: 0)', integer(0))
    .option('--fit-epochs <n>', 'of fitting the encoder to the teacher, for methods that have one (default: 30)', integer(1))
    .option('--fit-seed <n>', 'of that encoder, which runs of every --seed then share (default: 0)', integer(0))
    .option(
      '--from <path>',
      'begin with these weights: a file, or the folder of a run, whose network is then --model; or a file of PyTorch (.pth, safetensors), of the network or of its backbone; a last layer of other classes is drawn',
    );
}

/** The configuration: the file's or the defaults, overlaid by what was typed. Names are checked where it is used. */
export async function configFrom(flags: TrainFlags): Promise<RunConfig> {
  const { readConfig } = await import('../../experiments/run/config.js');
  const { buildMethod } = await import('../../methods/index.js');
  const { taskNamed } = await import('../../tasks/index.js');
  const given = flags.config === undefined ? undefined : readConfig(flags.config);
  const { labelSmoothing, mixup, cutmix } = flags;
  const softened = defined({ labelSmoothing, mixup, cutmix });
  const taskSet = Object.keys(softened).length > 0 ? { ...flags.taskSet, ...softened } : flags.taskSet;
  const task = taskFrom({ ...flags, ...(taskSet ? { taskSet } : {}) }, given?.task);
  const { name: taskName, usual } = checkTyped(() => taskNamed(task));
  const base = given ?? { ...BASE, student: { name: usual.network } };
  const { data, folder, trainImages, validation, testImages, model, seed } = flags;
  const begun = flags.from === undefined ? undefined : await beginningAt(runPlace(flags.from, flags), taskName);
  const dataset = data === undefined ? base.dataset : { name: data };
  const student = model === undefined ? (begun?.network ?? base.student) : networkFrom(model);
  const method = flags.method === undefined ? base.method : { name: flags.method };
  const peers = flags.peer?.map(networkFrom) ?? base.peers;
  const teacher = flags.teacher === undefined ? base.teacher : await weightsAt('--teacher', runPlace(flags.teacher, flags));
  const spec = { ...method, ...flags.set };
  const fitting = checkTyped(() => fittingFrom(flags, buildMethod(spec), spec.fit));
  return {
    ...base,
    dataset: { ...dataset, ...dataSettings(flags), ...defined({ folder, train: trainImages, validation, test: testImages }) },
    student: { ...student, ...flags.modelSet },
    method: { ...spec, ...defined({ fit: fitting.fit }) },
    training: await trainingFrom(flags, base.training, usual.learningRate),
    ...defined({ task, peers, teacher, seed, from: begun?.weights, fitSeed: fitting.seed }),
  };
}

/**
 * A network by its name, or out of a JSON file: the description of one, `{ "name": "mine", "stages": [[{ "conv": 16 }]] }`, or a `model.json`
 * of tfjs, whose topology it has.
 */
function networkFrom(model: string): NetworkSpec {
  if (!model.endsWith('.json')) return { name: model };
  const value = readJson(model);
  const isModel = isObject(value) && ['modelTopology', 'model_config', 'class_name'].some((key) => value[key] !== undefined);
  return isModel ? { name: 'layersModel', topology: value['modelTopology'] ?? value } : (value as NetworkSpec);
}

/**
 * How what the method fits to the teacher is fitted, where it fits something. Without a configuration that says otherwise it has the
 * seed 0 whatever the run's, so that runs of several seeds share it.
 */
function fittingFrom(
  { fitEpochs: epochs, fitSeed, config }: TrainFlags,
  { name, options }: Method,
  fit: unknown,
): { readonly fit?: object; readonly seed?: number } {
  if ('fit' in options) {
    const own = typeof fit === 'object' ? fit : {};
    const seed = fitSeed ?? (config === undefined ? 0 : undefined);
    return { ...(epochs === undefined ? {} : { fit: { ...own, epochs } }), ...(seed === undefined ? {} : { seed }) };
  }
  const option = epochs === undefined ? '--fit-seed' : '--fit-epochs';
  if (epochs === undefined && fitSeed === undefined) return {};
  throw refusePhrase(`train: ${option}`, 'a method that fits an encoder to the teacher', name, 'ft and ie-ft do');
}

/** A classifier of another program is, where another task is learned, the backbone of a network that is not known. */
async function beginningAt(
  path: string,
  task: string,
): Promise<{ readonly network: NetworkSpec | undefined; readonly weights: string }> {
  const { readStartingWeights } = await import('../../experiments/run/startingWeights.js');
  const weights = await lastWeights('--from', path);
  const { spec, ofOthers } = readStartingWeights(weights);
  return { network: ofOthers && task !== 'classification' ? undefined : spec, weights };
}

async function weightsAt(option: string, path: string): Promise<TeacherConfig> {
  const { readRunWeights } = await import('../../experiments/run/runWeights.js');
  const weights = await lastWeights(option, path);
  return { network: readRunWeights(weights).spec, weights };
}

/** The file itself, or the last weights in the folder of a run. @param option for errors @throws InputError for a run that has none yet */
export async function lastWeights(option: string, path: string): Promise<string> {
  const { RUN_FILES } = await import('../../experiments/run/runFiles.js');
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const weights = isFolder ? join(path, RUN_FILES.last) : path;
  if (isFolder && !existsSync(weights)) throw await withoutWeights(option, path);
  return weights;
}
