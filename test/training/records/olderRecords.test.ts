/** Records of before metrics had names, read as those of today. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { mutual } from 'iekd/dist/methods/mutual';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from 'iekd/dist/training/checkpoint/checkpoint';
import { liftMetrics } from 'iekd/dist/training/records/olderRecords';
import { projectFolder } from 'iekd/dist/util/folders';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { type RunSettings, tinyRun } from '../../fixtures/trainingRuns';

before(() => tf.setBackend('cpu'));

const root = mkdtempSync(join(tmpdir(), 'iekd-lift-'));
after(() => rmSync(root, { recursive: true }));

const old = { split: 'test', count: 10, loss: 0.5, top1: 0.8, top5: 1 };
const now = { split: 'test', count: 10, loss: 0.5, metrics: { top1: 0.8, top5: 1 } };

describe('liftMetrics', () => {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['an evaluation', old, now],
    [
      'one without top-5',
      { split: 'test', count: 1, loss: 2, top1: 0 },
      { split: 'test', count: 1, loss: 2, metrics: { top1: 0 } },
    ],
    [
      'an epoch with peers',
      { epoch: 1, evaluations: [old], peers: [{ peer: 'peer1', evaluations: [old] }] },
      { epoch: 1, evaluations: [now], peers: [{ peer: 'peer1', evaluations: [now] }] },
    ],
    [
      'a report',
      {
        history: [{ evaluations: [old] }],
        last: { evaluations: [old] },
        best: { epoch: 1, evaluations: [old] },
        peers: [{ best: { evaluations: [old] } }],
        config: { top1: 1, split: 'natural' },
      },
      {
        history: [{ evaluations: [now] }],
        last: { evaluations: [now] },
        best: { epoch: 1, evaluations: [now] },
        peers: [{ best: { evaluations: [now] } }],
        config: { top1: 1, split: 'natural' },
      },
    ],
    ['what is of today', { history: [{ evaluations: [now] }] }, { history: [{ evaluations: [now] }] }],
    ['what is no record', [null, 1, 'text', undefined], [null, 1, 'text', undefined]],
  ];
  for (const [name, given, expected] of rows) {
    test(name, () => {
      const before = JSON.stringify(given);
      assert.deepEqual(liftMetrics(given), expected);
      assert.equal(JSON.stringify(given), before, 'the record itself stays');
    });
  }
});

test('every kept record has its metrics by name, with the numbers of its line', () => {
  const records = new Map(
    runStore()
      .all()
      .map((record) => [`${record.hash}-s${record.config.seed}`, record]),
  );
  const folder = join(projectFolder(), 'data', 'results');
  const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const lines = names.sort().flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean));
  let compared = 0;
  for (const line of lines) {
    const { hash, config, last } = JSON.parse(line) as Line;
    const record = records.get(`${hash}-s${config?.seed}`);
    records.delete(`${hash}-s${config?.seed}`); // of two with one name the first counts
    for (const [i, { top1, top5 }] of (record ? (last?.evaluations ?? []) : []).entries()) {
      if (top1 === undefined) continue;
      assert.deepEqual(record?.last?.evaluations[i]?.metrics, { top1, top5 });
      compared++;
    }
  }
  assert.ok(compared > 100, `${compared} compared`);
});

/** A line of kept results, as it was written. */
interface Line {
  readonly hash?: string;
  readonly config?: { readonly seed?: number };
  readonly last?: { readonly evaluations: readonly { readonly top1?: number; readonly top5?: number }[] };
}

describe('a checkpoint of before', () => {
  const kinds: readonly (readonly [string, () => RunSettings])[] = [
    ['from a teacher', () => ({})],
    ['with a peer', () => ({ method: mutual() })],
  ];
  for (const [name, settings] of kinds) {
    test(`${name} resumes to the same bits`, async () => {
      const { outcome: whole } = await tinyRun(join(root, `${name} whole`), settings());
      const folder = join(root, name);
      const stop = stopSignal();
      const listener = (event: { readonly kind: string; readonly stage?: string; readonly epoch?: number }): void => {
        if (event.kind === 'epoch' && event.stage === 'student' && event.epoch === 1) stop.request('asked to');
      };
      const first = await tinyRun(folder, { ...settings(), stop, listeners: [listener] });
      assert.equal(first.complete, false);
      const path = join(folder, 'checkpoint.safetensors');
      const stored = readCheckpoint(path) as Checkpoint;
      const progress = JSON.parse(JSON.stringify(stored.progress), (_, value) => asBefore(value));
      assert.match(JSON.stringify(progress), /"top1":/);
      assert.doesNotMatch(JSON.stringify(progress), /"metrics":/);
      assert.deepEqual(Object.keys(progress.fit).sort(), ['done', 'epoch', 'meter', 'seconds'], 'names of entries stay');
      writeCheckpoint(path, { ...stored, progress });
      const { complete, outcome } = await tinyRun(folder, { ...settings(), resume: true });
      assert.equal(complete, true);
      assert.deepEqual(outcome, whole);
    });
  }
});

/** An evaluation in the form of before; anything else as it is. */
function asBefore(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('metrics' in value)) return value;
  const { metrics, ...rest } = value as { readonly metrics: object };
  return { ...rest, ...metrics };
}
