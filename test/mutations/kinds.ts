/**
 * The kinds of files that are read, a whole one of each, and what reading a changed one may give. Weights, checkpoints, records and
 * results carry a hash of their contents: what is read of a changed one is what was written. Configurations, notebooks and logs carry
 * none, since people write them or they grow: what is read of a changed one is a legal other value, by the checks that any must pass.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tf } from 'iekd/dist/engine/tf';
import { checkConfig, readConfig } from 'iekd/dist/experiments/run/config';
import { readReport, writeReport } from 'iekd/dist/experiments/run/reportFile';
import type { RunReport } from 'iekd/dist/experiments/run/runReport';
import { withSeed } from 'iekd/dist/experiments/runPlan';
import { readRecords, recordLine } from 'iekd/dist/experiments/store/recordLines';
import { buildNetwork } from 'iekd/dist/models/index';
import { formatNotebook, parseNotebook, readNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { readCheckpoint } from 'iekd/dist/training/checkpoint/checkpoint';
import { readMetrics } from 'iekd/dist/training/metricsFile';
import { canonicalJson } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { loadNetwork, readWeights, saveWeights } from 'iekd/dist/weights/networkFile';
import { madeUpRecord, STUDENT, TEACHER } from '../fixtures/madeUpRecords';
import { tinyRun } from '../fixtures/trainingRuns';

/** A kind of file. */
export interface Kind {
  readonly name: string;
  /** Its name in a folder of its own. */
  readonly file: string;
  /** Whether a hash says that it is whole. */
  readonly hashed: boolean;
  /** Writes a whole one. */
  write(path: string): void | Promise<void>;
  /** Reads one, refusing what is wrong; what it holds, as a value to compare. @throws AssertionError for a value that no whole file has */
  read(path: string): unknown;
}

const CONFIG = {
  dataset: { name: 'fashion-mnist', train: 200, test: 100 },
  student: { name: 'resnet8', classes: 10, shortcut: 'A' },
  teacher: { network: { name: 'resnet14' }, weights: 'teacher.safetensors' },
  method: { name: 'ie-ft', explore: 50, inherit: 50 },
  training: { epochs: 5, batch: 128, learningRate: { kind: 'multiStep', base: 0.1, at: [3], factor: 0.1 }, weightDecay: 0.0005 },
  seed: 1,
};

const RECORDS = [
  madeUpRecord(TEACHER, { top1: [0.25, 0.5] }),
  madeUpRecord(STUDENT, { seconds: 61.5 }),
  madeUpRecord(withSeed(STUDENT, 1)),
];

/** As JSON has it: not finite numbers are null. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export const KINDS: readonly Kind[] = [
  {
    name: 'configuration',
    file: 'config.json',
    hashed: false,
    write: (path) => writeFileSync(path, JSON.stringify(CONFIG, null, 2)),
    read(path) {
      const config = readConfig(path);
      assert.deepEqual(checkConfig(JSON.parse(canonicalJson(config))), config);
      return config;
    },
  },
  {
    name: 'weights',
    file: 'network.safetensors',
    hashed: true,
    write(path) {
      const network = buildNetwork({ name: 'resnet8' }, random(0));
      saveWeights(path, network, { origin: 'untrained' });
      network.dispose();
    },
    read(path) {
      const { sha256, spec, notes } = readWeights(path);
      const count = tf.memory().numTensors;
      loadNetwork(path).dispose();
      assert.equal(tf.memory().numTensors, count);
      return { sha256, spec, notes };
    },
  },
  {
    name: 'checkpoint',
    file: 'checkpoint.safetensors',
    hashed: true,
    write: async (path) => void (await tinyRun(dirname(path))),
    read: (path) => plain(readCheckpoint(path)),
  },
  {
    name: 'results',
    file: 'table1.jsonl',
    hashed: true,
    write: (path) => writeFileSync(path, RECORDS.map((record) => `${recordLine(record)}\n`).join('')),
    read(path) {
      // A line that is gone as a whole is nothing that a reader can know.
      const known = RECORDS.map((record) => canonicalJson(plain(record)));
      for (const record of readRecords(path)) assert.ok(known.includes(canonicalJson(record)), canonicalJson(record));
      return RECORDS.length;
    },
  },
  {
    name: 'result.json',
    file: 'result.json',
    hashed: true,
    write: (path) => void writeReport(dirname(path), RECORDS[0] as unknown as RunReport),
    read: (path) => plain(readReport(dirname(path))),
  },
  {
    name: 'metrics',
    file: 'metrics.jsonl',
    hashed: false,
    write: async (path) => void (await tinyRun(dirname(path))),
    read: (path) => plain(readMetrics(path)),
  },
  {
    name: 'notebook',
    file: 'page.ipynb',
    hashed: false,
    write: (path) => writeFileSync(path, readFileSync(join(__dirname, '..', '..', 'notebooks', '01-methods.ipynb'))),
    read(path) {
      const notebook = readNotebook(path);
      assert.deepEqual(parseNotebook(formatNotebook(notebook)), notebook);
      return plain(notebook);
    },
  },
];
