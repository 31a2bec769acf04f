/** The table of methods: its rows and runs, how they are resumed, and what is made of them. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  describeMethods,
  METHODS_BUDGETS,
  METHODS_ROWS,
  type MethodsRun,
  methodsBudget,
  methodsConfig,
  methodsFile,
  methodsHash,
  methodsRow,
  methodsVerdict,
  readMethodsRuns,
  runMethods,
  summariseMethods,
} from 'iekd';

const { smoke, short } = METHODS_BUDGETS;

test('the table has every method once; unknown names list the known ones', () => {
  const names = METHODS_ROWS.map(({ method }) => method.name);
  assert.deepEqual(
    [...names].sort(),
    describeMethods()
      .map(({ name }) => name)
      .sort(),
  );
  assert.throws(() => methodsRow('none'), /expected one of supervised, kd/);
  assert.throws(() => methodsBudget('long'), /expected one of smoke, look, short/);
});

test('a first stage takes its epochs from the student, and teachers are as many and of the kind a method needs', () => {
  const config = (name: string) => methodsConfig(methodsRow(name), short);
  assert.deepEqual(
    ['kd', 'ab', 'ie-fsp'].map((name) => config(name).training.epochs),
    [3, 2, 2],
  );
  const teachers = ['supervised', 'kd', 'tfkd-self', 'feed'].map((name) => config(name).teachers);
  const told = teachers.map((t) => t && [t.count, t.network.name]);
  assert.deepEqual(told, [undefined, [1, 'resnet20'], [1, 'resnet8'], [2, 'resnet20']]);
});

test('runs are added one line each; a second call trains nothing, a line cut short is trained again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'methods-'));
  const path = join(folder, 'runs.jsonl');
  const rows = ['supervised', 'kd'].map(methodsRow);
  const trained: string[] = [];
  const run = () => runMethods({ budget: smoke, path, rows, onRun: ({ config }) => trained.push(config.method.name) });
  try {
    const first = await run();
    assert.deepEqual(trained, ['supervised', 'kd']);
    assert.deepEqual(
      first.map(({ hash, config, seed }) => hash === methodsHash(config, seed)),
      [true, true],
    );
    assert.equal((await run()).length, 2);
    assert.equal(trained.length, 2);
    const [line = ''] = readFileSync(path, 'utf8').split('\n');
    rmSync(path);
    appendFileSync(path, line.slice(0, 50));
    const again = await run();
    assert.deepEqual(trained.slice(2), ['supervised', 'kd']);
    assert.deepEqual(
      again.map((r) => r.evaluations),
      first.map((r) => r.evaluations),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A run with given top-1 after each epoch. */
function made(name: string, seed: number, ...top1: number[]): MethodsRun {
  const evaluations = top1.map((value) => ({ split: 'test', count: 10, loss: 0, top1: value, top5: 1 }));
  return { config: { method: { name } }, seed, evaluations } as unknown as MethodsRun;
}

test('gains are paired by seed and judged by Student t; one seed separates nothing', () => {
  const base = [made('supervised', 0, 0.5), made('supervised', 1, 0.6), made('supervised', 2, 0.7)];
  const better = [made('kd', 0, 0.9, 0.61), made('kd', 1, 0.7), made('kd', 2, 0.81)]; // gains 11, 10, 11
  const noisy = [made('at', 0, 0.8), made('at', 1, 0.6), made('at', 2, 0.65)]; // gains 30, 0, −5
  const rows = summariseMethods([...base, ...better, ...noisy, made('ie-dml', 1, 0.9)]);
  const [alone, a, b, c] = rows;
  assert.equal(alone?.gain, undefined);
  assert.ok(Math.abs((a?.gain ?? 0) - 32 / 3) < 1e-9 && Math.abs((a?.error ?? 0) - 1 / 3) < 1e-9);
  assert.ok(Math.abs((a?.best ?? 0) - (90 + 70 + 81) / 3) < 1e-9);
  assert.deepEqual([a?.separated, b?.separated, c?.separated], [true, false, false]);
  assert.deepEqual([c?.n, c?.sd, c?.error], [1, undefined, undefined]);
  assert.deepEqual([a?.ie, c?.ie], [false, true]);
  assert.deepEqual(a?.runs.map(Math.round), [61, 70, 81]);
  const verdict = methodsVerdict(rows);
  assert.match(verdict, /^Of 2 methods .* above the student alone kd; below it none; not separated from it at\.$/);
});

test('every kept run is one of the table', () => {
  const wanted = new Set(METHODS_ROWS.flatMap((row) => short.seeds.map((seed) => methodsHash(methodsConfig(row, short), seed))));
  const kept = readMethodsRuns(methodsFile());
  assert.ok(kept.length > 0);
  assert.deepEqual(
    kept.filter(({ hash }) => !wanted.has(hash)),
    [],
  );
  assert.equal(new Set(kept.map(({ hash }) => hash)).size, kept.length);
});
