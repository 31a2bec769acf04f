/** `iekd table` as it is typed, of runs that are only told: every form, what is kept, and what it refuses. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { budgetNamed } from 'iekd/dist/experiments/budgets';
import { experimentNamed } from 'iekd/dist/experiments/paper';
import { plansOf } from 'iekd/dist/experiments/queue/order';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { madeUpRecord } from '../../fixtures/madeUpRecords';
import { type Ended, iekd } from '../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-table-'));
after(() => rmSync(root, { recursive: true }));
const folders = { runs: join(root, 'runs'), results: join(root, 'results') };
const store = ['--runs', folders.runs, '--results', folders.results];
const table = (...more: readonly string[]): Ended => iekd(['table', 'figure1b', '--budget', 'smoke', ...store, ...more]);

/** Teacher and two seeds of the student alone and of IE-FT; IE-FT's second is not kept. */
before(() => {
  const rows = experimentNamed('figure1b').rows(budgetNamed('smoke'));
  const chosen = rows.filter(({ label }) => label !== 'FT');
  const records = plansOf(chosen, [0, 1]).map((plan, i) => madeUpRecord(plan, { top1: [0.9 + i / 100, 0.9 - i / 100] }));
  const here = runStore(folders);
  here.publish('figure1b', records.slice(0, -1));
  for (const record of records) here.save(record);
});

const TEXT = `Can a large student learn from a small teacher? (Figure 1(b); budget smoke)

ResNet-14 → ResNet-8

row      n  error %       best   Δ to alone, 95 %      published
───────  ─  ────────────  ─────  ────────────────────  ─────────
teacher  1  10.00         10.00
alone    2  12.00 ± 1.41  8.00
FT       –  –             –      –
IE-FT    2  13.00 ± 1.41  7.00   +1.00 [+1.00, +1.00]

Test top-1 error of the last epoch, mean ± sample standard deviation over n
  seeds. Best: mean of each run’s best epoch, chosen on the test images.
Δ: difference to the student alone of the same seeds, percentage points, 95 %
  interval by Student’s t, each row by itself.
Epochs: 1, teachers 1; the paper has 160, for mutual learning 200.
5 runs: onednn (oneDNN 2.6, float32) on a processor; iekd 0.1.0, commits
  0123456789ab.
`;

describe('iekd table', () => {
  test('as text', () => {
    const { code, stdout, stderr } = table('--seeds', '2');
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout.replace(/ +$/gm, ''), TEXT);
  });

  test('of one row, it is still compared with the student alone', () => {
    const { stdout } = table('--seeds', '2', '--rows', 'IE-FT');
    assert.match(stdout, /─\nIE-FT {2}2 {2}13\.00 ± 1\.41 {2}7\.00 {2}\+1\.00 \[\+1\.00, \+1\.00\] *\n\nTest/);
  });

  test('of kept results only', () => {
    const { stdout } = table('--seeds', '2', '--kept', '--format', 'csv');
    const numbers = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split(',').slice(1, 4).join(' '));
    assert.deepEqual(numbers, ['row n error', 'teacher 1 10', 'alone 2 12', 'FT 0 ', 'IE-FT 1 12']);
  });

  const forms: readonly (readonly [string, RegExp])[] = [
    [
      'markdown',
      /^# Can a large student .*\n\n## ResNet-14 → ResNet-8\n\n\| row \| n \| error % \|.*\n.*\n\| teacher \| 1 \| 10\.00 \|/,
    ],
    ['latex', /\\begin\{tabular\}\{lrrrrr\}\n\\toprule\n.*\n\\midrule\n.*\nteacher & 1 & 10\.00 & /],
    ['csv', /^group,row,n,error,sd,best,difference,low,high,published,mark,source\nResNet-14 → ResNet-8,teacher,1,10,,10,/],
    [
      'json',
      /^\[\n {2}\{\n {4}"group": "ResNet-14 → ResNet-8",\n {4}"label": "teacher",\n.*\n.*\n {4}"ie": false,\n {4}"runs": \[\n {6}\{\n {8}"seed": 0,/,
    ],
  ];
  for (const [form, expected] of forms) {
    test(`as ${form}`, () => {
      const { code, stdout } = table('--format', form);
      assert.equal(code, 0);
      assert.match(stdout, expected);
    });
  }

  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['table9'], /^iekd: experiment: expected one of table1, .*, received "table9"(; did you mean "table1"\?)?$/m],
    [['table1', '--rows', 'X'], /^iekd: --rows: expected labels among teacher, alone, .*, received "X"$/m],
    [['table1', '--format', 'html'], /Allowed choices are text, markdown, latex, csv, json/],
    [[], /missing required argument 'experiment'/],
  ];
  for (const [args, message] of refused) {
    test(`refuses ${args.join(' ') || 'no experiment'} with exit code 2`, () => {
      const { code, stdout, stderr } = iekd(['table', ...args]);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }
});
