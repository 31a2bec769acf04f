/** Options of `iekd train`, and the configuration that they make. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RunConfig, TeacherConfig } from '../../experiments/run/config';
import type { EngineFlags } from './engineOptions';
import { integer, names, number, numbers, settings } from './parsers';

export interface TrainFlags extends EngineFlags {
  readonly config?: string;
  readonly data?: string;
  readonly folder?: string;
  readonly trainImages?: number;
  readonly validation?: number;
  readonly testImages?: number;
  readonly model?: string;
  readonly modelSet?: Readonly<Record<string, unknown>>;
  readonly method?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly teacher?: string;
  readonly peer?: string[];
  readonly epochs?: number;
  readonly batch?: number;
  readonly lr?: number;
  readonly lrDrops?: number[];
  readonly weightDecay?: number;
  readonly augment: boolean;
  readonly seed?: number;
}

/** What is trained when nothing is said. */
const BASE: RunConfig = {
  dataset: { name: 'fashion-mnist' },
  student: { name: 'resnet20' },
  method: { name: 'supervised' },
  training: { epochs: 10 },
};

/** Adds the options that describe a run. */
export function configOptions(command: Command): Command {
  return command
    .option('--config <file>', 'start from this configuration (JSON, as config.json in the folder of a run)')
    .option('--data <name>', 'data set, see iekd datasets (default: fashion-mnist)')
    .option('--folder <folder>', 'where its files lie')
    .option('--train-images <n>', 'use so many training images', integer(1))
    .option('--validation <n>', 'keep so many of them for validation', integer(0))
    .option('--test-images <n>', 'use so many test images', integer(1))
    .option('--model <name>', 'network, see iekd models (default: resnet20)')
    .option('--model-set <name=value>', 'an option of the network (shortcut=A, dropout=0.3); may be repeated', settings)
    .option('--method <name>', 'see iekd methods (default: supervised)')
    .option('--set <name=value>', 'an option of the method; may be repeated', settings)
    .option('--teacher <path>', 'weights of the teacher: a file, or the folder of a run, whose last weights are taken')
    .option('--peer <name>', 'a network that learns beside it, for dml and ie-dml; may be repeated', names)
    .option('--epochs <n>', 'of the student (default: 10)', integer(1))
    .option('--batch <n>', 'images a step', integer(1))
    .option('--lr <rate>', 'learning rate to begin with (default: 0.1)', number(0))
    .option('--lr-drops <epochs>', 'where it becomes ten times lower (default: after half and four fifths)', numbers)
    .option('--weight-decay <rate>', 'of all parameters', number(0))
    .option('--no-augment', 'show training images as they are')
    .option('--seed <n>', 'of everything drawn (default: 0)', integer(0));
}

/** The configuration: the file's or the defaults, overlaid by what was typed. Names are checked where it is used. */
export async function configFrom(flags: TrainFlags): Promise<RunConfig> {
  const { readConfig } = await import('../../experiments/run/config.js');
  const base = flags.config === undefined ? BASE : readConfig(flags.config);
  const { data, folder, trainImages, validation, testImages, model, seed } = flags;
  const dataset = data === undefined ? base.dataset : { name: data };
  const student = model === undefined ? base.student : { name: model };
  const method = flags.method === undefined ? base.method : { name: flags.method };
  const peers = flags.peer?.map((name) => ({ name })) ?? base.peers;
  const teacher = flags.teacher === undefined ? base.teacher : await teacherFrom(flags.teacher);
  return {
    ...base,
    dataset: { ...dataset, ...defined({ folder, train: trainImages, validation, test: testImages }) },
    student: { ...student, ...flags.modelSet },
    method: { ...method, ...flags.set },
    training: trainingFrom(flags, base.training),
    ...defined({ peers, teacher, seed }),
  };
}

/** Of a file's training, only what was typed is changed; its learning rate stays unless --lr or --lr-drops was typed. */
function trainingFrom(flags: TrainFlags, base: RunConfig['training']): RunConfig['training'] {
  const { epochs = base.epochs, batch, lr = 0.1, lrDrops = usualDrops(epochs), weightDecay } = flags;
  const keeps = base.learningRate !== undefined && flags.lr === undefined && flags.lrDrops === undefined;
  const learningRate = lrDrops.length > 0 ? ({ kind: 'multiStep', base: lr, at: lrDrops, factor: 0.1 } as const) : lr;
  return {
    ...base,
    epochs,
    ...(keeps ? {} : { learningRate }),
    ...defined({ batch, weightDecay }),
    ...(flags.augment ? {} : { augment: false }),
  };
}

/** After half and after four fifths of the epochs, where those are whole epochs within the run. */
function usualDrops(epochs: number): number[] {
  const drops = [Math.round(0.5 * epochs), Math.round(0.8 * epochs)];
  return [...new Set(drops)].filter((epoch) => epoch > 0 && epoch < epochs);
}

async function teacherFrom(path: string): Promise<TeacherConfig> {
  const { RUN_FILES } = await import('../../experiments/run/runExperiment.js');
  const { readWeights } = await import('../../weights/networkFile.js');
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const weights = isFolder ? join(path, RUN_FILES.last) : path;
  return { network: readWeights(weights).spec, weights };
}

/** Without the entries that are undefined. */
function defined<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as ReturnType<typeof defined<T>>;
}
