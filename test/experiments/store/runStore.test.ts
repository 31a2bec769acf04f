/** The store of runs: which lines of results are records, which record a plan has, and how far its run is. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { missing } from 'iekd/dist/experiments/queue/order';
import { planFolder, planName, type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { recordLine } from 'iekd/dist/experiments/store/recordLines';
import { type RunRecord, type RunStore, recordOf, runStore } from 'iekd/dist/experiments/store/runStore';
import { encodeHashed } from 'iekd/dist/weights/contentHash';
import { madeUpRecord, STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-store-'));
after(() => rmSync(root, { recursive: true }));

let stores = 0;
function freshStore(): RunStore {
  stores++;
  return runStore({ runs: join(root, `${stores}`, 'runs'), results: join(root, `${stores}`, 'results') });
}

const line = (record: unknown): string => `${JSON.stringify(record)}\n`;
const seedsOf = (records: readonly RunRecord[]): unknown[] => records.map(({ config }) => config.seed);

function addLines(store: RunStore, file: string, text: string): void {
  mkdirSync(store.results, { recursive: true });
  appendFileSync(join(store.results, file), text);
}

describe('kept records', () => {
  test('none where there is no folder', () => {
    const store = freshStore();
    assert.deepEqual(store.all(), []);
    assert.equal(store.find(TEACHER), undefined);
  });

  const record = madeUpRecord(TEACHER);
  test('in the order of files and lines; of two with one name the first; other files are no results', () => {
    const store = freshStore();
    const at = (seed: number, seconds = 1): string => line(madeUpRecord(withSeed(TEACHER, seed), { seconds }));
    addLines(store, 'b.jsonl', at(3) + at(0, 99) + at(2));
    addLines(store, 'a.jsonl', at(0) + at(4) + at(0, 98));
    addLines(store, 'c.md', at(7));
    assert.deepEqual(seedsOf(store.all()), [0, 4, 3, 2]);
    assert.equal(store.find(TEACHER)?.seconds, 1);
  });

  test('lines of other formats are passed over', () => {
    const store = freshStore();
    const results = resolve(__dirname, '..', '..', '..', 'data', 'results');
    assert.ok(readFileSync(join(results, 'bench.jsonl'), 'utf8').length > 1000);
    mkdirSync(store.results, { recursive: true });
    cpSync(join(results, 'bench.jsonl'), join(store.results, 'methods.jsonl'));
    assert.deepEqual(store.all(), []);
    store.publish('methods', [record]);
    assert.equal(store.all().length, 1);
  });

  test('what another process adds is seen, and so is a file of the same size', () => {
    const store = freshStore();
    const one = madeUpRecord(TEACHER, { seconds: 1 });
    store.publish('table1', [one]);
    assert.equal(store.find(TEACHER)?.seconds, 1);
    addLines(store, 'table1.jsonl', line(madeUpRecord(withSeed(TEACHER, 1))));
    assert.deepEqual(seedsOf(store.all()), [0, 1]);
    const path = join(store.results, 'table1.jsonl');
    const { size } = statSync(path);
    writeFileSync(path, readFileSync(path, 'utf8').replace(recordLine(one), recordLine({ ...one, seconds: 7 })));
    utimesSync(path, 1, 1);
    assert.equal(statSync(path).size, size);
    assert.equal(store.find(TEACHER)?.seconds, 7);
    rmSync(path);
    assert.deepEqual(store.all(), []);
  });

  test('records are parsed once, however often they are looked up', () => {
    const store = freshStore();
    store.publish(
      'table1',
      Array.from({ length: 300 }, (_, seed) => madeUpRecord(withSeed(STUDENT, seed))),
    );
    const first = store.all();
    for (const seed of [0, 150, 299]) assert.equal(store.find(withSeed(STUDENT, seed)), first[seed], 'the same object');
  });
});

describe('keep', () => {
  test('adds each once, whatever the experiment, and says how many', () => {
    const store = freshStore();
    const [zero, one, two] = [0, 1, 2].map((seed) => madeUpRecord(withSeed(TEACHER, seed))) as [RunRecord, RunRecord, RunRecord];
    assert.deepEqual(store.publish('table1', [zero, one, zero]), { records: 2, weights: 0 });
    assert.deepEqual(store.publish('table1', [zero, one]), { records: 0, weights: 0 });
    assert.deepEqual(store.publish('figure1b', [one, two]), { records: 1, weights: 0 });
    assert.deepEqual(store.all(), [two, zero, one]);
    assert.equal(readFileSync(join(store.results, 'figure1b.jsonl'), 'utf8'), `${recordLine(two)}\n`);
  });

  test('stays in its folder', () => {
    assert.throws(() => freshStore().publish('../x', [madeUpRecord(TEACHER)]), {
      name: 'InputError',
      message: /expected a path inside/,
    });
  });
});

describe('kept weights', () => {
  const WEIGHTS = { weights: true };
  const fileOf = (value: number) => encodeHashed({ a: { shape: [1], data: Float32Array.of(value) } }, {});
  const { bytes: text, sha256: sha } = fileOf(1);
  const { bytes: otherText, sha256: other } = fileOf(2);
  const record = madeUpRecord(TEACHER, { weights: { student: sha } });
  const name = `${planName(TEACHER)}.safetensors`;
  const kept = (store: RunStore): string => join(store.results, 'weights', name);
  const trained = (store: RunStore, one = record, bytes = text): void => {
    store.save(one);
    writeFileSync(join(planFolder(store.runs, TEACHER), 'student-last.safetensors'), bytes);
  };

  test('are copied once, and stand in where the run is not here', () => {
    const store = freshStore();
    trained(store);
    store.publish('table1', [record]);
    assert.deepEqual(store.publish('table1', [record, madeUpRecord(withSeed(TEACHER, 1))], WEIGHTS), { records: 1, weights: 1 });
    assert.deepEqual(store.publish('table1', [record], WEIGHTS), { records: 0, weights: 0 });
    assert.deepEqual(readFileSync(kept(store)), Buffer.from(text));
    assert.equal(store.weightsPath(TEACHER), join(planFolder(store.runs, TEACHER), 'student-last.safetensors'));
    rmSync(store.runs, { recursive: true });
    assert.equal(store.status(TEACHER), 'trained');
    assert.equal(store.weightsPath(TEACHER), kept(store));
    assert.deepEqual(missing([STUDENT], store), [STUDENT], 'its teacher need not be trained');
  });

  test('other contents than the record says are refused, when they are kept and when they are used', () => {
    const store = freshStore();
    trained(store, record, otherText);
    store.publish('table1', [record]);
    const why = `expected the weights of ${planName(TEACHER)}, SHA-256 ${sha}, received ${other}; fetch the file again, or train the run anew: its kept record is of other weights`;
    const path = store.weightsPath(TEACHER);
    assert.throws(() => store.publish('table1', [record], WEIGHTS), { name: 'InputError', message: `${path}: ${why}` });
    rmSync(store.runs, { recursive: true });
    mkdirSync(join(store.results, 'weights'));
    writeFileSync(kept(store), otherText);
    assert.throws(() => store.weightsPath(TEACHER), { name: 'InputError', message: `${kept(store)}: ${why}` });
  });

  test('a file that no kept record knows is none', () => {
    for (const one of [undefined, madeUpRecord(TEACHER)]) {
      const store = freshStore();
      if (one) store.publish('table1', [one]);
      mkdirSync(join(store.results, 'weights'), { recursive: true });
      writeFileSync(kept(store), text);
      assert.equal(store.status(TEACHER), one ? 'recorded' : 'missing');
      assert.throws(() => store.weightsPath(TEACHER), {
        name: 'InputError',
        message: `${planName(TEACHER)}: expected weights of a complete run, received none; train it: \`reproduce\` in code, iekd reproduce in a shell`,
      });
      trained(store, madeUpRecord(TEACHER));
      rmSync(kept(store));
      assert.throws(
        () => store.publish('table1', [madeUpRecord(TEACHER)], WEIGHTS),
        /SHA-256 that no kept record says, received/,
      );
    }
  });
});

describe('the record and the status of a plan', () => {
  const put = (store: RunStore, plan: RunPlan, ...files: readonly string[]): void => {
    mkdirSync(planFolder(store.runs, plan), { recursive: true });
    for (const file of files) writeFileSync(join(planFolder(store.runs, plan), file), '{');
  };
  const record = madeUpRecord(TEACHER);
  const table: readonly (readonly [string, (store: RunStore) => void, string])[] = [
    ['nothing', () => undefined, 'missing'],
    ['a folder', (store) => put(store, TEACHER, 'config.json'), 'missing'],
    ['a checkpoint', (store) => put(store, TEACHER, 'checkpoint.safetensors'), 'unfinished'],
    [
      'weights without a record',
      (store) => put(store, TEACHER, 'checkpoint.safetensors', 'student-last.safetensors'),
      'unfinished',
    ],
    ['a checkpoint and a failure', (store) => put(store, TEACHER, 'checkpoint.safetensors', 'failure.json'), 'failed'],
    ['a failure and a record', (store) => [put(store, TEACHER, 'failure.json'), store.save(record)], 'recorded'],
    ['a record without weights', (store) => store.save(record), 'recorded'],
    ['a kept record', (store) => void store.publish('table1', [record]), 'recorded'],
    ['a record and weights', (store) => [put(store, TEACHER, 'student-last.safetensors'), store.save(record)], 'trained'],
    [
      'a kept record and weights without their own',
      (store) => [put(store, TEACHER, 'student-last.safetensors'), store.publish('a', [record])],
      'recorded',
    ],
  ];
  test('a damaged record is refused', () => {
    const store = freshStore();
    put(store, TEACHER, 'student-last.safetensors', 'record.json');
    assert.throws(() => store.status(TEACHER), /record\.json: line 1, column 2: expected JSON, here a key in double quotes/);
  });
  for (const [name, prepare, expected] of table) {
    test(`${name}: ${expected}`, () => {
      const store = freshStore();
      prepare(store);
      assert.equal(store.status(TEACHER), expected);
      assert.equal(store.find(TEACHER) !== undefined, expected === 'recorded' || expected === 'trained');
      assert.equal(store.status(withSeed(TEACHER, 1)), 'missing', 'another seed is another run');
    });
  }

  test('while a process trains it, it is running, also with a kept record', () => {
    const store = freshStore();
    const claim = store.claim(TEACHER);
    assert.equal(store.status(TEACHER), 'running');
    store.publish('table1', [record]);
    assert.equal(store.status(TEACHER), 'running');
    claim?.release();
    assert.equal(store.status(TEACHER), 'recorded');
  });

  test('a record in the folder of another plan is not its record', () => {
    const store = freshStore();
    put(store, TEACHER, 'student-last.safetensors');
    writeFileSync(join(planFolder(store.runs, TEACHER), 'record.json'), line(madeUpRecord(STUDENT)));
    assert.equal(store.find(TEACHER), undefined);
    assert.equal(store.status(TEACHER), 'missing');
  });

  test('the kept one goes before that of the folder', () => {
    const store = freshStore();
    store.save({ ...record, seconds: 1 });
    assert.equal(store.find(TEACHER)?.seconds, 1);
    store.publish('table1', [{ ...record, seconds: 2 }]);
    assert.equal(store.find(TEACHER)?.seconds, 2);
  });

  test('the record of a report has the plan in the place of its configuration', () => {
    const { config: _, hash: __, ...report } = madeUpRecord(STUDENT);
    const config = { ...STUDENT, teacher: { network: TEACHER.student, weights: 'a' } };
    assert.deepEqual(recordOf(STUDENT, { ...report, config, hash: 'x' }), madeUpRecord(STUDENT));
  });
});

test('unknown options', () =>
  assert.throws(() => runStore({ folder: 'a' } as object), {
    name: 'InputError',
    message: 'runStore: expected options among runs, results, received "folder"',
  }));
