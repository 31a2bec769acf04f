/**
 * A configuration trained in a folder of its own: config.json, inputs.json, description.txt, metrics.jsonl, checkpoint.safetensors
 * and, at the end, student-last.safetensors, student-best.safetensors, the same of peers (peer1-last.safetensors, …) and result.json. It can
 * be stopped or killed, and resumed.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { datasetIn } from '../../data/images/checkDataset';
import type { Dataset } from '../../data/types';
import { type EngineReport, start } from '../../engine/start';
import { buildMethod } from '../../methods';
import type { Network } from '../../models/types';
import { taskNamed } from '../../tasks';
import { checkSame } from '../../training/checkpoint/checkSame';
import { DESCRIPTION_FILE, descriptionFile } from '../../training/descriptionFile';
import { METRICS_FILE, metricsFile } from '../../training/metricsFile';
import { ownRun } from '../../training/runOwner';
import { hasTensorboard, tensorboardFile } from '../../training/tensorboard/tensorboardFile';
import { type TrainingResult, train } from '../../training/train';
import type { TrainOptions } from '../../training/trainOptions';
import { knownKeys, objectIn, refusePhrase, textIn } from '../../util/check';
import type { Claim } from '../../util/claims';
import { writeAtomic } from '../../util/files';
import { readJson } from '../../util/json';
import { interruptSignal } from '../../util/stopSignal';
import { type RunConfig, readConfig } from './config';
import { ENCODERS_FOLDER, keptEncoders } from './keptEncoders';
import { type ParsedRun, parseRun, withoutPlaces } from './parsedRun';
import { writeReport } from './reportFile';
import { RUN_FILES } from './runFiles';
import { buildInputs, checkInputs, type InputOptions, type RunInputs } from './runInputs';
import { type Provenance, provenance } from './runProvenance';
import { type RunReport, saveResults } from './runReport';

/** Options of `runExperiment`. */
export interface RunOptions extends Pick<TrainOptions, 'listeners' | 'stop' | 'slot' | 'adjust'>, InputOptions {
  readonly folder: string;
  /** Goes on with what the folder holds; starts anew in an empty one. Default false: a folder with a run is refused. */
  readonly resume?: boolean | undefined;
  /** How often a checkpoint is written; default every 60 seconds. */
  readonly everySteps?: number | undefined;
  readonly everySeconds?: number | undefined;
  /** Called before the first step of a run that begins, with what was loaded and built. */
  readonly onInputs?: ((inputs: RunInputs, run: ParsedRun) => Promise<void>) | undefined;
  /** Folder of fitted encoders, which runs share; default `.encoders` beside the run's folder, false: the run fits its own. */
  readonly encoders?: string | false | undefined;
  /** Writes an event file for TensorBoard into the folder (`tensorboardFile`); default where a share of the run before has. */
  readonly tensorboard?: boolean | undefined;
  /** That this process is the folder's owner already; default it becomes it, until the run has ended. */
  readonly claim?: Claim | undefined;
}

/** A run that has ended or was stopped, with the networks in memory. */
export interface ExperimentRun {
  readonly folder: string;
  readonly training: TrainingResult;
  /** Of a complete run. */
  readonly report?: RunReport;
  readonly student: Network;
  readonly peers: readonly Network[];
  readonly teachers: readonly Network[];
  readonly data: Dataset;
  /** Disposes of networks and distillation. */
  dispose(): void;
}

const KNOWN = [
  'folder',
  'listeners',
  'stop',
  'adjust',
  'resume',
  'onInputs',
  'everySteps',
  'everySeconds',
  'download',
  'dataFolder',
  'data',
  'workers',
  'onDataProgress',
  'source',
  'slot',
  'encoders',
  'claim',
  'tensorboard',
];

/**
 * Trains what a configuration says, on the started engine or the best there is, in the configuration's precision. On images of one's own, which
 * `dataset` makes: `runExperiment({ student, method, training }, { folder, data })`; the run's name has their fingerprint.
 * @throws InputError for a configuration that is wrong, inputs that are missing, and a folder that holds another run, or in which
 *   another process trains
 * @example
 * ```ts
 * import { runExperiment } from 'iekd';
 *
 * const dataset = { name: 'fashion-mnist', train: 200, test: 100 };
 * const config = { dataset, student: { name: 'resnet8' }, method: { name: 'supervised' }, training: { epochs: 1 } };
 * const run = await runExperiment(config, { folder: 'runs/first' });
 * console.log(run.report?.last?.evaluations); // accuracy and loss on the test images; runs/first holds the weights
 * run.dispose();
 * ```
 */
export async function runExperiment(config: RunConfig | OwnDataConfig, options: RunOptions): Promise<ExperimentRun> {
  const { data } = objectIn('runExperiment', 'options with a folder', options, ['folder']);
  return trainRun(parseRun(data === undefined ? config : withData(config, datasetIn('runExperiment: data', data))), options);
}

/** A configuration of a run on images that are given as `data`, and need not be named. */
export type OwnDataConfig = Omit<RunConfig, 'dataset'>;

/** The configuration that names the data. What it says of it otherwise, such as the number of images, the data itself has decided. */
function withData(config: RunConfig | OwnDataConfig, { name, fingerprint }: Dataset): RunConfig {
  const { dataset } = objectIn('config', 'an object', config as Partial<RunConfig>, []);
  return { ...config, dataset: { name, ...dataset, contents: fingerprint } };
}

/** As `runExperiment`, of a configuration that is parsed already. */
export async function trainRun(run: ParsedRun, options: RunOptions): Promise<ExperimentRun> {
  knownKeys('runExperiment', options, KNOWN);
  textIn('runExperiment: folder', options.folder);
  const { folder, listeners = [], stop = interruptSignal() } = options;
  if (options.claim) return trainOwned(run, { ...options, stop, claim: options.claim });
  const claim = await ownRun(folder, { listeners, stop });
  try {
    return await trainOwned(run, { ...options, stop, claim });
  } finally {
    claim.release();
  }
}

/** Options of a run in whose folder no other process trains. */
type OwnedOptions = RunOptions & { readonly claim: Claim };

async function trainOwned(run: ParsedRun, options: OwnedOptions): Promise<ExperimentRun> {
  const { folder } = options;
  const { config } = run;
  checkFolder(folder, config, options.resume ?? false);
  const engine = await start(config.precision ? { precision: config.precision } : {});
  const inputs = await buildInputs(run, options);
  const networks = [inputs.student, ...inputs.peers, ...inputs.teachers];
  const disposeAll = (parts: readonly { dispose(): void }[]): void => {
    for (const part of parts) part.dispose();
  };
  try {
    checkInputs(folder, inputs.hashes);
    if (!existsSync(join(folder, RUN_FILES.config))) await options.onInputs?.(inputs, run);
    writeAtomic(join(folder, RUN_FILES.config), `${JSON.stringify(config, null, 2)}\n`);
    const origin = provenance(engine);
    const training = await trainIn(config, options, inputs, engine, origin);
    const dispose = (): void => disposeAll([training, ...networks]);
    const report = training.complete
      ? writeReport(folder, saveResults(folder, { run, training, networks: inputs, provenance: origin }))
      : undefined;
    return { folder, training, ...inputs, ...(report ? { report } : {}), dispose };
  } catch (error) {
    disposeAll(networks);
    throw error;
  }
}

/** Goes on with the run in a folder. */
export async function resumeRun(folder: string, options: Omit<RunOptions, 'folder' | 'resume'> = {}): Promise<ExperimentRun> {
  const path = join(textIn('resumeRun: folder', folder), RUN_FILES.config);
  return trainRun(parseRun(readJson(path), path), { ...options, folder, resume: true });
}

/** Refuses a folder that holds another run, or one that nobody asked to resume. */
function checkFolder(folder: string, config: RunConfig, resume: boolean): void {
  const path = join(folder, RUN_FILES.config);
  if (!existsSync(path)) return;
  if (!resume) throw refusePhrase('runExperiment', 'a folder without a run', folder, 'set resume, or choose another folder');
  const [stored, given] = [readConfig(path), config].map(withoutPlaces);
  checkSame(path, stored, given, 'the run in that folder has the former: resume that, or choose another folder');
}

function trainIn(
  config: RunConfig,
  options: OwnedOptions,
  { student, peers, teachers, data, hashes }: RunInputs,
  engine: EngineReport,
  origin: Provenance,
): Promise<TrainingResult> {
  const { folder, listeners = [], stop, slot, adjust, resume, everySteps, everySeconds, claim } = options;
  const { method, task, training, stages, seed, fitSeed } = config;
  const { tensorboard = hasTensorboard(folder) } = options;
  const { encoders = join(dirname(resolve(folder)), ENCODERS_FOLDER) } = options;
  const header = { config, inputs: hashes, provenance: origin };
  return train({
    student,
    peers,
    teachers,
    data,
    method: buildMethod(method),
    task: taskNamed(task),
    training,
    stages,
    seed,
    fitSeed,
    fitted: encoders === false ? undefined : keptEncoders(encoders, engine),
    stop,
    adjust,
    slot,
    // Its counter is of the whole process.
    engine: slot ? undefined : engine,
    resume,
    listeners: [
      descriptionFile(join(folder, DESCRIPTION_FILE)),
      metricsFile(join(folder, METRICS_FILE), { header }),
      ...(tensorboard ? [tensorboardFile(folder)] : []),
      ...listeners,
    ],
    checkpoint: { folder, everySteps, everySeconds, claim },
  });
}
