/** Kept rows: one line each, at the end of what is there, with what they were measured on. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { BenchResult } from 'iekd/dist/bench/bench';
import { benchFile, keepRows } from 'iekd/dist/bench/benchRecord';
import { start } from 'iekd/dist/engine/start';

const folder = mkdtempSync(join(tmpdir(), 'iekd-bench-'));
after(() => rmSync(folder, { recursive: true }));

const row = { engine: 'cpu', precision: 'float32', threads: 1, depth: 8, batch: 2, imagesPerSecond: 3 } as const;
const result: BenchResult = {
  rows: [
    { work: 'supervised', ...row },
    { work: 'inference', ...row },
  ],
  peer: 'not asked for',
};
const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('rows are added with date, commit, machine and versions', async () => {
  const report = await start({ engine: 'cpu' });
  const path = join(folder, 'new', 'bench.jsonl');
  const before = Date.now();
  const kept = keepRows(path, result, report, { steps: 1, rounds: 2 });
  assert.deepEqual(linesOf(path), kept);
  const [first] = kept;
  assert.ok(first);
  const { date, commit, machine, versions, ...rest } = first;
  assert.deepEqual(rest, { steps: 1, rounds: 2, work: 'supervised', ...row });
  assert.ok(Date.parse(date) >= before - 1 && Date.parse(date) <= Date.now());
  assert.match(commit ?? 'none', /^([0-9a-f]{12}\+?|none)$/);
  assert.deepEqual(machine, report.machine);
  assert.deepEqual(Object.keys(versions), ['iekd', 'node', 'tfjs', 'engine']);
  assert.equal(versions['node'], process.versions.node);
  keepRows(path, result, report, { steps: 1, rounds: 2 });
  assert.equal(linesOf(path).length, 4);
});

test("the peer's version is kept with its rates", async () => {
  const report = await start({ engine: 'cpu' });
  const peer = { default: 1, channels_last: 2, 'channels_last+bf16': 3 };
  const measured: BenchResult = { rows: [{ work: 'supervised', ...row, peer, ratio: 1.5, ratioDefault: 3 }], peer: 'PyTorch 0' };
  const [kept] = keepRows(join(folder, 'peer.jsonl'), measured, report, { steps: 1, rounds: 1 });
  assert.equal(kept?.versions['peer'], 'PyTorch 0');
});

test('a line that was cut short stays one of its own', async () => {
  const report = await start({ engine: 'cpu' });
  const path = join(folder, 'torn.jsonl');
  writeFileSync(path, '{"work":"sup');
  keepRows(path, { ...result, rows: result.rows.slice(0, 1) }, report, { steps: 1, rounds: 1 });
  const [torn, line, end] = readFileSync(path, 'utf8').split('\n');
  assert.deepEqual([torn, (JSON.parse(line ?? '') as { work: string }).work, end], ['{"work":"sup', 'supervised', '']);
});

test('the file of the project', () => assert.match(benchFile(), /[/\\]data[/\\]results[/\\]bench\.jsonl$/));
