/**
 * The runs behind the table of methods: one line each in a file of JSON lines, added when the run is complete, so that a file that
 * was left half filled is filled on. Seed by seed, all methods; a seed's teachers are trained when first needed and shared.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '../data';
import { projectFolder, runsFolder } from '../data/folders';
import type { Dataset } from '../data/types';
import { type EngineReport, start } from '../engine/start';
import { buildMethod } from '../methods';
import { buildNetwork } from '../models';
import type { Network, NetworkSpec } from '../models/types';
import type { TrainingSettings } from '../training/options';
import { STUDENT_STAGE } from '../training/stages';
import { type TrainingResult, train } from '../training/train';
import type { Evaluation } from '../training/types';
import { knownKeys } from '../util/check';
import { appendLines } from '../util/files';
import { random } from '../util/rng';
import {
  type METHODS_BUDGETS,
  METHODS_ROWS,
  type MethodsBudget,
  type MethodsConfig,
  type MethodsRow,
  methodsConfig,
  methodsHash,
} from './methodsTable';
import { type Provenance, provenance } from './runProvenance';

/** One line of the file. */
export interface MethodsRun {
  /** Names configuration and seed. */
  readonly hash: string;
  readonly config: MethodsConfig;
  readonly seed: number;
  /** Of the student after each epoch of its own stage, on the test part. */
  readonly evaluations: readonly Evaluation[];
  /** The same of each teacher after its last epoch. */
  readonly teachers: readonly Evaluation[];
  /** Training alone, teachers apart. */
  readonly seconds: number;
  readonly date: string;
  readonly provenance: Provenance;
}

export interface MethodsOptions {
  readonly budget: MethodsBudget;
  /** The file that is read and added to. */
  readonly path: string;
  /** Default all. */
  readonly rows?: readonly MethodsRow[];
  /** Told after each run that was trained. */
  readonly onRun?: (run: MethodsRun) => void;
}

/** Where the runs of a budget are: those of `short` are kept in the repository, others in a folder that git ignores. */
export function methodsFile(budget: keyof typeof METHODS_BUDGETS = 'short'): string {
  if (budget !== 'short') return join(runsFolder(), `methods-${budget}.jsonl`);
  return join(projectFolder(), 'data', 'results', 'methods.jsonl');
}

/** The runs of a file; none where there is no file. A line that was cut short is passed over: its run is trained again. */
export function readMethodsRuns(path: string): MethodsRun[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(parsed);
}

/** Trains what the file lacks of a budget, on the started engine or the best there is. @returns the budget's runs, in the file's order */
export async function runMethods(options: MethodsOptions): Promise<MethodsRun[]> {
  knownKeys('runMethods', options, ['budget', 'path', 'rows', 'onRun']);
  const { budget, path, rows = METHODS_ROWS, onRun } = options;
  const wanted = new Set<string>();
  for (const seed of budget.seeds) {
    const configs = rows.map((row) => methodsConfig(row, budget));
    for (const config of configs) wanted.add(methodsHash(config, seed));
    await runSeed(configs, seed, path, onRun);
  }
  return readMethodsRuns(path).filter(({ hash }) => wanted.has(hash));
}

async function runSeed(
  configs: readonly MethodsConfig[],
  seed: number,
  path: string,
  onRun: MethodsOptions['onRun'],
): Promise<void> {
  const known = new Set(readMethodsRuns(path).map(({ hash }) => hash));
  const missing = configs.filter((config) => !known.has(methodsHash(config, seed)));
  const [first] = missing;
  if (!first) return;
  const engine = await start();
  const { name, ...images } = first.dataset;
  const data = await loadDataset(name, images);
  const school = teacherSchool(data, seed, engine);
  try {
    for (const config of missing) {
      const run = await runOne(config, { data, seed, engine }, school);
      appendLines(path, [JSON.stringify(run)]);
      onRun?.(run);
    }
  } finally {
    school.dispose();
  }
}

interface Surroundings {
  readonly data: Dataset;
  readonly seed: number;
  readonly engine: EngineReport;
}

async function runOne(config: MethodsConfig, { data, seed, engine }: Surroundings, school: School): Promise<MethodsRun> {
  const { student: spec, method, training, teachers: wanted, peers: beside } = config;
  const taught: Taught[] = [];
  for (let i = 0; i < (wanted?.count ?? 0); i++) taught.push(await school.teacher(wanted as Wanted, i));
  const student = networkFor(data, spec, seed, 'student');
  const peers = beside ? [networkFor(data, beside, seed, 'peer')] : [];
  try {
    const teachers = taught.map(({ network }) => network);
    const result = await train({ student, teachers, peers, method: buildMethod(method), data, training, seed, engine });
    result.dispose();
    const hash = methodsHash(config, seed);
    const rest = { evaluations: evaluations(result), teachers: taught.map(({ last }) => last), seconds: result.seconds };
    return { hash, config, seed, ...rest, date: new Date().toISOString(), provenance: provenance(engine) };
  } finally {
    for (const network of [student, ...peers]) network.dispose();
  }
}

/** A teacher with its last evaluation. */
export interface Taught {
  readonly network: Network;
  readonly last: Evaluation;
}

/** A kind of teacher and how it is trained. */
export interface Wanted {
  readonly network: NetworkSpec;
  readonly training: TrainingSettings;
}

/** The teachers of one seed. */
export interface School {
  /** The i-th teacher of a kind, trained when first asked for. */
  teacher(wanted: Wanted, i: number): Promise<Taught>;
  dispose(): void;
}

/** Teachers trained from labels on demand, each kind and number once. */
export function teacherSchool(data: Dataset, seed: number, engine: EngineReport): School {
  const trained = new Map<string, Taught>();
  return {
    async teacher({ network: spec, training }, i) {
      const who = `teacher ${i + 1}`;
      const key = JSON.stringify([spec, training, who]);
      const known = trained.get(key);
      if (known) return known;
      const network = networkFor(data, spec, seed, who);
      const method = buildMethod({ name: 'supervised' });
      const result = await train({ student: network, method, data, training, seed: seed + 1000 * i, engine });
      result.dispose();
      const taught = { network, last: evaluations(result).at(-1) as Evaluation };
      trained.set(key, taught);
      return taught;
    },
    dispose() {
      for (const { network } of trained.values()) network.dispose();
    },
  };
}

/** A network for a data set, as it is drawn for a role. */
export function networkFor(
  { classNames, train: { height, width, channels } }: Dataset,
  spec: NetworkSpec,
  seed: number,
  who: string,
): Network {
  return buildNetwork({ ...spec, classes: classNames.length, input: [height, width, channels] }, random(seed).child(who));
}

function evaluations({ history }: TrainingResult): Evaluation[] {
  return history.flatMap(({ stage, evaluations: all }) => (stage === STUDENT_STAGE ? all.filter((e) => e.split === 'test') : []));
}

function parsed(line: string): MethodsRun[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as MethodsRun];
  } catch {
    return [];
  }
}
