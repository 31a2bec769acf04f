/** Lines of results: which are records, and that any other is refused with file, line and entry; each text is asserted. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { planHash, planName } from 'iekd/dist/experiments/runPlan';
import { recordLine } from 'iekd/dist/experiments/store/recordLines';
import { type RunStore, runStore } from 'iekd/dist/experiments/store/runStore';
import { madeUpRecord, STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-lines-'));
after(() => rmSync(root, { recursive: true }));

let stores = 0;
function storeWith(file: string, content: string | Buffer): RunStore {
  stores++;
  const results = join(root, `${stores}`);
  mkdirSync(results);
  writeFileSync(join(results, file), content);
  return runStore({ runs: join(results, 'runs'), results });
}

const line = (record: unknown): string => `${JSON.stringify(record)}\n`;

/** What was changed while a run trained. */
const CHANGE = { stage: 'student', step: 2, setting: 'learningRate', value: 0.01 };

test('a run that was changed by hand is neither saved nor published', () => {
  const store = storeWith('table1.jsonl', '');
  const record = madeUpRecord(TEACHER, { adjusted: [CHANGE, CHANGE] });
  const message = new RegExp(
    `^${planName(TEACHER)}: expected a run that nobody changed while it trained, received 2 changes by hand;`,
  );
  assert.throws(() => store.save(record), { name: 'InputError', message });
  assert.throws(() => store.publish('table1', [record]), { name: 'InputError', message });
  assert.deepEqual([store.find(TEACHER), store.all()], [undefined, []]);
});

describe('lines of results', () => {
  const record = madeUpRecord(TEACHER);
  const whole: readonly (readonly [string, string, number])[] = [
    ['a whole line', line(record), 1],
    ['one with the hash of its contents', `${recordLine(record)}\n`, 1],
    ['one without a line break at its end', JSON.stringify(record), 1],
    ['one with a byte order mark', `\uFEFF${line(record)}`, 1],
    ['an empty line', '\n', 0],
    ['a seed changed by hand: another run', line({ ...record, config: { ...record.config, seed: 1 } }), 1],
  ];
  for (const [name, text, expected] of whole) {
    test(name, () => {
      const store = storeWith('table1.jsonl', text);
      assert.equal(store.all().length, expected);
    });
  }

  const [first] = record.history;
  const [measured] = first?.evaluations ?? [];
  const withTop1 = (top1: unknown) => ({ ...first, evaluations: [{ ...measured, metrics: { top1 } }] });
  const TWO = { ...first, epochs: 2 };
  const changed = recordLine(record).replace('"seconds":60', '"seconds":61');
  const refused: readonly (readonly [string, string, string])[] = [
    [
      'one that was cut short',
      line(record).slice(0, 50),
      `line 1, column 51: expected JSON, here a colon after the key, received the end of the text`,
    ],
    ['a number', '\n3\n', 'line 2: expected an object, received 3'],
    ['null', 'null\n', 'line 1: expected an object, received null'],
    ['an object of something else', '{}\n', 'line 1: hash: expected 12 hexadecimal digits, received undefined'],
    [
      'a configuration changed by hand',
      line({ ...record, config: { ...record.config, training: { epochs: 2 } } }),
      `line 1: hash: expected that of its configuration, ${planHash({ ...record.config, training: { epochs: 2 } })}, received "${record.hash}"`,
    ],
    ['a configuration that is none', line({ ...record, config: 3 }), 'line 1: config: expected an object, received 3'],
    [
      'a teacher that is a file, as in the report of a single run',
      line({ ...record, config: { ...STUDENT, teacher: { network: TEACHER.student, weights: 'a' } } }),
      `line 1: hash: expected that of its configuration, which is none of a run, received "${record.hash}"`,
    ],
    [
      'a run that was changed by hand',
      line({ ...record, adjusted: [CHANGE] }),
      'line 1: expected a run that nobody changed while it trained, received 1 change by hand; it is no result of its configuration: train it again in another folder, without adjust',
    ],
    [
      'a change that is none',
      line({ ...record, adjusted: [{ ...CHANGE, step: 0 }] }),
      'line 1: adjusted[0]: step: expected an integer from 1, received 0',
    ],
    ['no history', line({ ...record, history: undefined }), 'line 1: history: expected a list, received undefined'],
    ['an epoch that is null', line({ ...record, history: [null] }), 'line 1: history[0]: expected an object, received null'],
    [
      'an accuracy above 1',
      line({ ...record, history: [withTop1(8.899)], last: withTop1(8.899) }),
      'line 1: history[0]: evaluations[0]: metrics: top1: expected a number in [0, 1], received 8.899',
    ],
    [
      'half an epoch',
      line({ ...record, history: [{ ...first, epoch: 0.5 }] }),
      'line 1: history[0]: epoch: expected an integer from 1, received 0.5',
    ],
    [
      'an epoch after the last',
      line({ ...record, history: [{ ...first, epoch: 2 }] }),
      'line 1: history[0]: epoch: expected one of 1 epochs, received 2',
    ],
    [
      'a seed that is none',
      line({ ...record, config: { ...record.config, seed: -1 } }),
      'line 1: config: seed: expected an integer from 0, received -1',
    ],
    [
      'a seed that was changed in one place',
      line({ ...record, facts: { seed: 1 } }),
      'line 1: facts: seed: expected that of the configuration, 0, received 1',
    ],
    [
      'a number of epochs that was changed in one place',
      line({ ...record, history: [{ ...first, epochs: 2 }], last: { ...first, epochs: 2 } }),
      'line 1: history: expected epoch 1 of 1 of the stage "student", received 1 of 2',
    ],
    [
      'an epoch too few',
      line({ ...record, facts: { stages: [{ name: 'student', training: { epochs: 2 } }] }, history: [TWO], last: TWO }),
      'line 1: history: expected 2 epochs of the stage "student", received 1',
    ],
    [
      'an epoch that is there twice',
      line({ ...record, history: [TWO, TWO], last: TWO }),
      'line 1: history: expected epoch 2 of 2 of the stage "student", received 1 of 2',
    ],
    [
      'an entry that no report has',
      line({ ...record, lasst: first }),
      'line 1: expected entries among hash, config, facts, provenance, seconds, history, date, adjusted, last, best, peers, weights, together, received "lasst"',
    ],
    ['a time that is a text', line({ ...record, seconds: '60' }), 'line 1: seconds: expected a number from 0, received "60"'],
    [
      'a last epoch that is none of the history',
      line({ ...record, history: [withTop1(0.7)] }),
      'line 1: last: expected an epoch as in the history, received {"kind":"epoch","stage":"student","epoch":1,"epochs":1,"step":1,"seconds":1,"...',
    ],
    [
      'a best epoch that is none of the history',
      line({ ...record, best: { epoch: 1, selectedOn: 'test', evaluations: [] } }),
      'line 1: best: expected the evaluations of an epoch of the history, received {"epoch":1,"selectedOn":"test","evaluations":[]}',
    ],
    [
      'a second line that was cut short',
      `${line(record)}${line(record).slice(0, 9)}\n${line(record)}`,
      'line 2, column 10: expected JSON, here " at the end of the string, received the end of the text',
    ],
  ];
  for (const [name, text, message] of refused) {
    test(`refused: ${name}`, () => {
      const store = storeWith('table1.jsonl', text);
      const file = join(store.results, 'table1.jsonl');
      const hint = `npx iekd results check --repair ${file} sets bad lines aside`;
      const expected = { name: 'InputError', message: `${file}: ${message}; ${hint}` };
      assert.throws(() => store.all(), expected);
      assert.throws(() => store.publish('table1', [record]), expected);
    });
  }

  test('refused: a number changed by hand in a record that carries its hash', () => {
    const store = storeWith('table1.jsonl', changed);
    assert.throws(
      () => store.all(),
      /table1\.jsonl: line 1: expected contents with the SHA-256 "[0-9a-f]{64}", received [0-9a-f]{64}; /,
    );
  });
  test('refused: bytes that are no text', () => {
    const store = storeWith('a.jsonl', Buffer.from(line(record).replace('"fashion', '"\xff'), 'latin1'));
    assert.throws(
      () => store.all(),
      /a\.jsonl: line 1: expected text in UTF-8, received bytes that are no UTF-8; npx iekd results/,
    );
  });

  test('all of the project are records, or rows of the bench', () => {
    const results = resolve(__dirname, '..', '..', '..', 'data', 'results');
    assert.ok(runStore({ runs: root, results }).all().length > 100);
  });
});
