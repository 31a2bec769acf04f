/**
 * A configuration trained in a folder of its own: config.json, inputs.json, description.txt, metrics.jsonl, checkpoint.safetensors
 * and, at the end, student-last.safetensors, student-best.safetensors, the same of peers (peer1-last.safetensors, …) and result.json. It can
 * be stopped or killed, and resumed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../data/types';
import { type EngineReport, start } from '../../engine/start';
import { buildMethod } from '../../methods';
import type { Network } from '../../models/types';
import { taskNamed } from '../../tasks';
import { checkSame } from '../../training/checkpoint/checkSame';
import { DESCRIPTION_FILE, descriptionFile } from '../../training/descriptionFile';
import { METRICS_FILE, metricsFile } from '../../training/metricsFile';
import { type TrainingResult, train } from '../../training/train';
import type { TrainOptions } from '../../training/trainOptions';
import { knownKeys, refusePhrase } from '../../util/check';
import { writeAtomic } from '../../util/files';
import { weightsName } from '../../weights/networkFile';
import { type RunConfig, readConfig, readJson } from './config';
import { type ParsedRun, parseRun, withoutPlaces } from './parsedRun';
import { buildInputs, checkInputs, type InputOptions, type RunInputs } from './runInputs';
import { type Provenance, provenance } from './runProvenance';
import { type RunReport, saveResults } from './runReport';

/** Names of the files in a run's folder. */
export const RUN_FILES = {
  config: 'config.json',
  result: 'result.json',
  last: weightsName('student', 'last'),
  best: weightsName('student', 'best'),
} as const;

/** Options of `runExperiment`. */
export interface RunOptions extends Pick<TrainOptions, 'listeners' | 'stop' | 'slot'>, InputOptions {
  readonly folder: string;
  /** Goes on with what the folder holds; starts anew in an empty one. Default false: a folder with a run is refused. */
  readonly resume?: boolean | undefined;
  /** How often a checkpoint is written; default every 60 seconds. */
  readonly everySteps?: number | undefined;
  readonly everySeconds?: number | undefined;
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
  'resume',
  'everySteps',
  'everySeconds',
  'download',
  'onDataProgress',
  'source',
  'slot',
];

/**
 * Trains what a configuration says, on the started engine or the best there is, in the configuration's precision.
 * @throws InputError for a configuration that is wrong, inputs that are missing, and a folder that holds another run
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
export async function runExperiment(config: RunConfig, options: RunOptions): Promise<ExperimentRun> {
  return trainRun(parseRun(config), options);
}

/** As `runExperiment`, of a configuration that is parsed already. */
export async function trainRun(run: ParsedRun, options: RunOptions): Promise<ExperimentRun> {
  knownKeys('runExperiment', options, KNOWN);
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
  const path = join(folder, RUN_FILES.config);
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
  options: RunOptions,
  { student, peers, teachers, data, hashes }: RunInputs,
  engine: EngineReport,
  origin: Provenance,
): Promise<TrainingResult> {
  const { folder, listeners = [], stop, slot, resume, everySteps, everySeconds } = options;
  const { method, task, training, stages, seed } = config;
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
    stop,
    slot,
    // Its counter is of the whole process.
    engine: slot ? undefined : engine,
    resume,
    listeners: [
      descriptionFile(join(folder, DESCRIPTION_FILE)),
      metricsFile(join(folder, METRICS_FILE), { header }),
      ...listeners,
    ],
    checkpoint: { folder, everySteps, everySeconds },
  });
}

function writeReport(folder: string, report: RunReport): RunReport {
  writeAtomic(join(folder, RUN_FILES.result), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
