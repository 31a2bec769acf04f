/**
 * Where runs are. Each has a folder, which git ignores, with its weights and, once it is complete, its record; records that are
 * worth keeping are lines of `data/results/*.jsonl`, one file an experiment, and weights worth keeping are files of
 * `data/results/weights`, whose SHA-256 their records know. A run is found by hash and seed in either. Teachers that are files are no runs: of
 * them a store has how good they are.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKPOINT_FILE } from '../../training/checkpoint/checkpoint';
import { OWNER_FILE } from '../../training/runOwner';
import { knownKeys } from '../../util/check';
import { type Claim, claimsIn } from '../../util/claims';
import { appendLines, inside, writeAtomic } from '../../util/files';
import { projectFolder, runsFolder } from '../../util/folders';
import type { LockHolder } from '../../util/lockFile.cjs';
import { type GivenTeacher, givenName, givenTeachers } from '../givenTeacher';
import { RUN_FILES } from '../run/runFiles';
import { planFolder, planName, type RunPlan } from '../runPlan';
import { byName, fileReader, folderReader } from './cachedRows';
import { FAILURE_FILE, type Failure, readFailure } from './failureFile';
import { type GivenScore, readScores, SCORE_FILE, scoreLine, scoreName } from './givenScore';
import { keptWeights } from './keptWeights';
import { readRecords, recordLine } from './recordLines';
import type { RunRecord } from './runRecord';
import { withLock } from './withLock';

export { type RunRecord, recordOf } from './runRecord';

/** Options of `runStore`. */
export interface RunStoreOptions {
  /** Folder of the runs' folders; default the environment variable IEKD_RUNS, else `data/runs` of the project. */
  readonly runs?: string;
  /** Folder of kept results; default `data/results` of the project. */
  readonly results?: string;
}

/** How far the run of a plan is: complete with its weights here, or only known by its record, or being trained, or not, for a reason that is known or not. */
export type RunStatus = 'trained' | 'recorded' | 'running' | 'failed' | 'unfinished' | 'missing';

/** What is published: how many records and files of weights were not there before. */
export interface Published {
  readonly records: number;
  readonly weights: number;
}

/** Runs by plan. */
export interface RunStore {
  /** Folder of the runs' folders. */
  readonly runs: string;
  /** Folder of the published records and weights. */
  readonly results: string;
  /** The record of a plan's run: the published one, else that in its folder. */
  find(plan: RunPlan): RunRecord | undefined;
  /** Every published record, in the order of files and lines; of two with one name the first. */
  all(): readonly RunRecord[];
  /** Puts the record of a complete run into its folder. */
  save(record: RunRecord): void;
  /** How good a teacher is that is a file: as published, else as measured here; undefined where it was not measured yet. */
  findScore(teacher: GivenTeacher): GivenScore | undefined;
  /** Every published score of such a teacher. */
  allScores(): readonly GivenScore[];
  /** Puts a score into a folder of the teacher's. */
  saveScore(score: GivenScore): void;
  /**
   * Adds to the published records of an experiment those it lacks, with the scores of their teachers that are files, one process at a time;
   * with `weights` also the last weights of
   * their students, those that are here and not there yet.
   * @throws InputError for weights that are not those of the published record
   */
  publish(experiment: string, records: readonly RunRecord[], options?: { readonly weights?: boolean }): Published;
  /** Path of the last weights of a plan's student, in its folder or else published. @throws InputError where there are none, or other ones */
  weightsPath(plan: RunPlan): string;
  /** How far the run of a plan is. */
  status(plan: RunPlan): RunStatus;
  /** Makes this process the owner of a plan's folder, until it releases the claim or ends; undefined where another one is. */
  claim(plan: RunPlan): Claim | undefined;
  /** Why the run of a plan could not be trained, until it is begun again; undefined where it did not fail. */
  failure(plan: RunPlan): Failure | undefined;
  /** The living process that trains in a plan's folder. */
  holder(plan: RunPlan): LockHolder | undefined;
}

/** Of a complete run, in its folder. */
export const RECORD_FILE = 'record.json';
/** Of the kept weights, in that of the results. */
export const WEIGHTS_FOLDER = 'weights';

/**
 * The runs of a folder and the results of another.
 * @throws InputError for an unknown option
 * @example
 * ```ts
 * import { runStore } from 'iekd';
 *
 * const store = runStore(); // data/runs and data/results of the project
 * const errors = store.all().map(({ config, last }) => {
 *   const test = last?.evaluations.find(({ split }) => split === 'test');
 *   return { student: config.student.name, method: config.method.name, error: test && 100 * (1 - (test.metrics.top1 ?? 0)) };
 * });
 * ```
 */
export function runStore(options: RunStoreOptions = {}): RunStore {
  knownKeys('runStore', options, ['runs', 'results']);
  const { runs = runsFolder(), results = join(projectFolder(), 'data', 'results') } = options;
  const [kept, read] = [folderReader(results, readRecords, recordName), fileReader(readRecords, recordName)];
  const [keptScores, readScore] = [folderReader(results, readScores, scoreName), fileReader(readScores, scoreName)];
  const inFolder = (plan: RunPlan, name = planName(plan)): RunRecord | undefined =>
    read(join(planFolder(runs, plan), RECORD_FILE)).get(name);
  const claims = claimsIn(runs);
  const owner = (plan: RunPlan): string => join(planName(plan), OWNER_FILE);
  const find = (plan: RunPlan): RunRecord | undefined => {
    const name = planName(plan);
    return kept().get(name) ?? inFolder(plan, name);
  };
  const findScore = (teacher: GivenTeacher): GivenScore | undefined => {
    const name = givenName(teacher);
    return keptScores().get(name) ?? readScore(join(runs, name, SCORE_FILE)).get(name);
  };
  const inRuns = (plan: RunPlan): string => join(planFolder(runs, plan), RUN_FILES.last);
  const isTrained = (plan: RunPlan): boolean => inFolder(plan) !== undefined && existsSync(inRuns(plan));
  const weights = keptWeights(join(results, WEIGHTS_FOLDER), (name) => kept().get(name));
  return {
    runs,
    results,
    find,
    all: () => [...kept().values()],
    save: (one) => writeAtomic(join(planFolder(runs, one.config), RECORD_FILE), `${recordLine(one)}\n`),
    findScore,
    allScores: () => [...keptScores().values()],
    saveScore: (score) => writeAtomic(join(runs, score.name, SCORE_FILE), `${scoreLine(score)}\n`),
    publish(experiment, records, options = {}) {
      knownKeys('publish', options, ['weights']);
      const path = inside(results, `${experiment}.jsonl`);
      const added = withLock(join(results, '.lock'), () => {
        const fresh = [...byName(records, recordName)].flatMap(([name, one]) => (kept().has(name) ? [] : [recordLine(one)]));
        const scores = records.flatMap(({ config }) => givenTeachers(config)).flatMap((one) => findScore(one) ?? []);
        const freshScores = [...byName(scores, scoreName)].flatMap(([name, one]) =>
          keptScores().has(name) ? [] : [scoreLine(one)],
        );
        appendLines(path, [...freshScores, ...fresh]);
        return fresh.length;
      });
      const isHere = ({ config }: RunRecord): boolean => existsSync(inRuns(config));
      const copied = options.weights ? records.filter((one) => isHere(one) && weights.add(one.config, inRuns(one.config))) : [];
      return { records: added, weights: copied.length };
    },
    weightsPath: (plan) => (isTrained(plan) ? inRuns(plan) : weights.path(plan)),
    status(plan) {
      const folder = planFolder(runs, plan);
      if (isTrained(plan) || weights.has(plan)) return 'trained';
      if (claims.holder(owner(plan))) return 'running';
      if (find(plan)) return 'recorded';
      if (existsSync(join(folder, FAILURE_FILE))) return 'failed';
      return existsSync(join(folder, CHECKPOINT_FILE)) ? 'unfinished' : 'missing';
    },
    failure: (plan) => readFailure(planFolder(runs, plan)),
    claim: (plan) => claims.claim(owner(plan)),
    holder: (plan) => claims.holder(owner(plan)),
  };
}

const recordName = ({ config }: RunRecord): string => planName(config);
