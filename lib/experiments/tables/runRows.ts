/** Every run as a row of plain values: what a data frame of the results is made of. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BUDGETS } from '../budgets';
import { type PlannedRow, plannedRows } from '../experiment';
import { EXPERIMENTS } from '../paper';
import { planHash, teachersOf } from '../runPlan';
import { readRecords } from '../store/recordLines';
import { RECORD_FILE, type RunRecord, type RunStore } from '../store/runStore';
import { lastScore } from './experimentTable';
import { scoreStyle } from './testScore';

/** A run. What it does not have is null. */
export interface RunRow {
  /** `table1`; of a run that several experiments share the first. */
  readonly experiment: string | null;
  /** What it is compared within: `ResNet-56 → ResNet-20`. */
  readonly group: string | null;
  /** Its row in the experiment's table: `IE-FT`. */
  readonly label: string | null;
  readonly method: string;
  readonly dataset: string;
  readonly student: string;
  /** Names, with commas where there are several. */
  readonly teacher: string | null;
  /** Networks that learn beside the student. */
  readonly peers: string | null;
  readonly seed: number;
  /** Epochs of the student's stage. */
  readonly epochs: number;
  /** Images a step. */
  readonly batch: number | null;
  /** The part of the data that count, score, error, best and loss are of. */
  readonly split: 'test';
  /** Images in it. */
  readonly count: number | null;
  /** What its score is: `error`, of detection `map`. */
  readonly metric: string;
  /** After the last epoch, as tables show it: in per cent where the metric is a fraction. */
  readonly score: number | null;
  /** The same where it is an error, of classification top-1. */
  readonly error: number | null;
  /** The best score after any epoch: chosen on the test part, so it flatters. */
  readonly best: number | null;
  /** The epoch of `best`, counted from 1. */
  readonly bestEpoch: number | null;
  /** The task's loss after the last epoch: of classification the cross-entropy, nats an image. */
  readonly loss: number | null;
  /** Training time, seconds; of runs that took turns in one process the time of each, with what they shared in one of them. */
  readonly seconds: number;
  /** How many runs took turns in its process. */
  readonly together: number;
  readonly engine: string;
  readonly precision: string;
  readonly threads: number;
  readonly cpu: string;
  /** Of the library, with `+` where files differed from it. */
  readonly commit: string | null;
  /** When it ended, ISO. */
  readonly date: string;
  /** Names the configuration whatever the seed. */
  readonly hash: string;
}

/** In the order of `RunRow`. */
export const RUN_COLUMNS = [
  ...(['experiment', 'group', 'label', 'method', 'dataset', 'student', 'teacher', 'peers', 'seed', 'epochs', 'batch'] as const),
  ...(['split', 'count', 'metric', 'score', 'error', 'best', 'bestEpoch', 'loss', 'seconds', 'together'] as const),
  ...(['engine', 'precision', 'threads', 'cpu', 'commit', 'date', 'hash'] as const),
] satisfies readonly (keyof RunRow)[];

/** Rows of all runs that are kept, then of those that are complete in the folder of runs here. */
export function runRows(store: RunStore, experiment?: string): RunRow[] {
  const places = experimentPlaces(experiment);
  const kept = store.all();
  const known = new Set(kept.map(runName));
  const all = [...kept, ...localRecords(store).filter((record) => !known.has(runName(record)))];
  const rows = all.map((record) => rowOf(record, places.get(record.hash)));
  return experiment === undefined ? rows : rows.filter((row) => row.experiment === experiment);
}

const runName = ({ hash, config }: RunRecord): string => `${hash}-${config.seed ?? 0}`;

function localRecords(store: RunStore): RunRecord[] {
  const names = existsSync(store.runs) ? readdirSync(store.runs).sort() : [];
  const files = names.map((name) => join(store.runs, name, RECORD_FILE)).filter((path) => existsSync(path));
  return files.flatMap((path) => readRecords(path).flatMap(({ config }) => store.find(config) ?? []));
}

type Place = Pick<RunRow, 'experiment' | 'group' | 'label'>;

/** Where plans stand, by hash: the first row of the first experiment that has them, under any budget. */
function experimentPlaces(only?: string): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const { name, rows } of EXPERIMENTS.filter((one) => only === undefined || one.name === only)) {
    const planned = Object.values(BUDGETS).flatMap((budget): PlannedRow[] => plannedRows(rows(budget)));
    for (const { group, label, plan } of planned) {
      const hash = planHash(plan);
      if (!places.has(hash)) places.set(hash, { experiment: name, group, label });
    }
  }
  return places;
}

function rowOf(record: RunRecord, place: Place = { experiment: null, group: null, label: null }): RunRow {
  const { config, provenance, hash, seconds, date, together = 1, last, history } = record;
  const { engine, machine, commit = null } = provenance;
  const test = last?.evaluations.find(({ split }) => split === 'test');
  const { key, better } = scoreStyle(config);
  const sign = better === 'lower' ? 1 : -1;
  const scores = history.map((epoch) => ({ epoch: epoch.epoch, score: lastScore({ ...record, last: epoch }) }));
  const tested = scores.filter(({ score }) => Number.isFinite(score)).sort((a, b) => sign * (a.score - b.score))[0];
  const score = test ? lastScore(record) : null;
  return {
    ...place,
    ...{ method: config.method.name, dataset: config.dataset.name, student: config.student.name },
    teacher: names([...teachersOf(config).map(({ student }) => student), ...(config.given ?? []).map(({ network }) => network)]),
    peers: names(config.peers ?? []),
    ...{ seed: config.seed ?? 0, epochs: config.training.epochs, batch: config.training.batch ?? null, split: 'test' },
    ...{ count: test?.count ?? null, metric: key, score, error: key === 'error' ? score : null, loss: test?.loss ?? null },
    ...{ best: tested?.score ?? null, bestEpoch: tested?.epoch ?? null, seconds, together },
    ...{ engine: engine.name, precision: engine.precision, threads: engine.threads, cpu: machine.cpu, commit, date, hash },
  };
}

const names = (networks: readonly { readonly name: string }[]): string | null =>
  networks.map(({ name }) => name).join(', ') || null;
