/** A small table in every form, to the letter; and the tables that are kept beside their results. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Budget, budgetNamed } from 'iekd/dist/experiments/budgets';
import type { Experiment, ExperimentRow } from 'iekd/dist/experiments/experiment';
import { EXPERIMENTS } from 'iekd/dist/experiments/paper';
import { plansOf } from 'iekd/dist/experiments/queue/order';
import { type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { type RunStore, runStore } from 'iekd/dist/experiments/store/runStore';
import { tableOf } from 'iekd/dist/experiments/tables/buildTable';
import { runRows } from 'iekd/dist/experiments/tables/runRows';
import { formatTable, TABLE_FORMATS, tableJson } from 'iekd/dist/experiments/tables/tableFormats';
import { tableCells, tableGroups } from 'iekd/dist/experiments/tables/tableText';
import { madeUpRecord, STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-table-'));
after(() => rmSync(root, { recursive: true }));
const storeAt = (name: string): RunStore => runStore({ runs: join(root, name, 'runs'), results: join(root, name, 'results') });

const SMALL: Budget = { ...budgetNamed('smoke'), seeds: [0, 1] };
const alone: RunPlan = { ...TEACHER, student: { name: 'resnet14' } };
const odd: RunPlan = { ...STUDENT, method: { name: 'at' } };
const rows: readonly ExperimentRow[] = [
  { group: 'A_1 → B', label: 'teacher', plan: TEACHER, teacher: true },
  {
    group: 'A_1 → B',
    label: 'alone',
    plan: alone,
    baseline: true,
    published: { score: 7.78, mark: 'Q', source: 'a "summary", p. 3' },
  },
  { group: 'A_1 → B', label: 'KD', plan: STUDENT },
  { group: 'C', label: '50 % & a|b, "λ" #1 {~^\\$}', plan: odd },
  { group: 'C', label: 'theirs', published: { score: 6.5, mark: 'S', source: 'the paper' } },
];
const experiment: Experiment = { name: 'made-up', title: 'Is 50 % enough?', place: 'Table 0', rows: () => rows };

function filled(name: string): RunStore {
  const store = storeAt(name);
  const run = (plan: RunPlan, seed: number, ...top1: readonly number[]) => madeUpRecord(withSeed(plan, seed), { top1 });
  // Errors 20, 22 and 19, 20: differences −1 and −2, mean −1.5, half an interval 12.7062 · 0.5 = 6.3531.
  const students = [run(alone, 0, 0.81, 0.8), run(alone, 1, 0.5, 0.78), run(STUDENT, 0, 0.81), run(STUDENT, 1, 0.8)];
  store.publish('made-up', [run(TEACHER, 0, 0.9), ...students, run(TEACHER, 1, 0.1), run(alone, 2, 0.1)]);
  return store;
}

const MARKDOWN = `# Is 50 % enough? (Table 0; budget smoke)

## A_1 → B

| row | n | error % | best | Δ to alone, 95 % | published |
| --- | ---: | ---: | ---: | ---: | ---: |
| teacher | 1 | 10.00 | 10.00 |  |  |
| alone | 2 | 21.00 ± 1.41 | 20.50 |  | 7.78 [Q] |
| KD | 2 | 19.50 ± 0.71 | 19.50 | −1.50 [−7.85, +4.85] |  |

## C

| row | n | error % | best | Δ to alone, 95 % | published |
| --- | ---: | ---: | ---: | ---: | ---: |
| 50 % & a\\|b, "λ" #1 {~^\\$} | – | – | – | – |  |
| theirs | – | – | – | – | 6.50 [S] |

- Test top-1 error of the last epoch, mean ± sample standard deviation over n seeds. Best: mean of each run’s best epoch, chosen on the test images.
- Δ: difference to the student alone of the same seeds, percentage points, 95 % interval by Student’s t, each row by itself.
- Epochs: 1, teachers 1; the paper has 160, for mutual learning 200.
- [Q] quoted by a third party: a "summary", p. 3
- [S] seen in the source: the paper
- 5 runs: onednn (oneDNN 2.6, float32) on a processor; iekd 0.1.0, commits 0123456789ab.
`;

const LATEX = String.raw`% Test top-1 error of the last epoch, mean ± sample standard deviation over n seeds. Best: mean of each run’s best epoch, chosen on the test images.
% Δ: difference to the student alone of the same seeds, percentage points, 95 % interval by Student’s t, each row by itself.
% Epochs: 1, teachers 1; the paper has 160, for mutual learning 200.
% [Q] quoted by a third party: a "summary", p. 3
% [S] seen in the source: the paper
% 5 runs: onednn (oneDNN 2.6, float32) on a processor; iekd 0.1.0, commits 0123456789ab.
\begin{table}
\caption{Is 50 \% enough? (Table 0; budget smoke)}
\begin{tabular}{lrrrrr}
\toprule
row & n & error \% & best & $\Delta$ to alone, 95 \% & published \\
\midrule
\multicolumn{6}{l}{A\_1 $\rightarrow$ B} \\
teacher & 1 & 10.00 & 10.00 &  &  \\
alone & 2 & 21.00 $\pm$ 1.41 & 20.50 &  & 7.78 [Q] \\
KD & 2 & 19.50 $\pm$ 0.71 & 19.50 & $-$1.50 [$-$7.85, +4.85] &  \\
\midrule
\multicolumn{6}{l}{C} \\
50 \% \& a$|$b, "$\lambda$" \#1 \{\textasciitilde{}\textasciicircum{}\textbackslash{}\$\} & -- & -- & -- & -- &  \\
theirs & -- & -- & -- & -- & 6.50 [S] \\
\bottomrule
\end{tabular}
\end{table}
`;

const CSV = `group,row,n,error,sd,best,difference,low,high,published,mark,source
A_1 → B,teacher,1,10,,10,,,,,,
A_1 → B,alone,2,21,1.414213562,20.5,,,,7.78,Q,"a ""summary"", p. 3"
A_1 → B,KD,2,19.5,0.7071067812,19.5,-1.5,-7.853102368,4.853102368,,,
C,"50 % & a|b, ""λ"" #1 {~^\\$}",0,,,,,,,,,
C,theirs,0,,,,,,,6.5,S,the paper
`;

describe('a table as text', () => {
  const table = tableOf(experiment, SMALL, { store: filled('small'), kept: true });
  test('Markdown', () => assert.equal(formatTable(table, 'markdown'), MARKDOWN));
  test('LaTeX', () => assert.equal(formatTable(table, 'latex'), LATEX));
  test('CSV', () => assert.equal(formatTable(table, 'csv'), CSV));
  test('other forms are refused', () => {
    assert.deepEqual(TABLE_FORMATS, ['markdown', 'latex', 'csv']);
    assert.throws(() => formatTable(table, 'html'), {
      name: 'InputError',
      message: 'formatTable: expected one of markdown, latex, csv, received "html"',
    });
  });
  test('cells and groups, for a terminal', () => {
    assert.deepEqual(
      tableGroups(table.lines).map(({ group, lines }) => [group, lines.length]),
      [
        ['A_1 → B', 3],
        ['C', 2],
      ],
    );
    const cells = { row: 'KD', n: '2', 'error %': '19.50 ± 0.71', best: '19.50', published: '' };
    assert.deepEqual(tableCells(table.lines[2] ?? assert.fail(), table.style), {
      ...cells,
      'Δ to alone, 95 %': '−1.50 [−7.85, +4.85]',
    });
  });
});

describe('a table of detectors', () => {
  const task = { name: 'detection' };
  const [plain, taught] = [alone, STUDENT].map((plan): RunPlan => ({ ...plan, task })) as [RunPlan, RunPlan];
  const own: Experiment = {
    name: 'made-up',
    title: 'More found?',
    place: 'Table 3',
    paperEpochs: 'the paper does not say',
    rows: () => [
      { group: 'A', label: 'alone', plan: plain, baseline: true, published: { score: 71.61, mark: 'Q', source: 'a summary' } },
      { group: 'A', label: 'IE-FT', plan: taught },
    ],
  };
  const store = storeAt('detectors');
  const record = (plan: RunPlan, seed: number, ...maps: readonly number[]) =>
    madeUpRecord(withSeed(plan, seed), { metrics: maps.map((map) => ({ map, ap: 0.1 })) });
  store.publish('made-up', [
    record(plain, 0, 0.61, 0.6),
    record(plain, 1, 0.62),
    record(taught, 0, 0.63),
    record(taught, 1, 0.64),
  ]);
  const table = tableOf(own, SMALL, { store });

  test('has precisions: the highest is the best, and what is above 0 is better', () => {
    assert.equal(
      formatTable(table, 'markdown').split('\n\n- ')[0],
      `# More found? (Table 3; budget smoke)

## A

| row | n | mAP % | best | Δ to alone, 95 % | published |
| --- | ---: | ---: | ---: | ---: | ---: |
| alone | 2 | 61.00 ± 1.41 | 61.50 |  | 71.61 [Q] |
| IE-FT | 2 | 63.50 ± 0.71 | 63.50 | +2.50 [−3.85, +8.85] |  |`,
    );
    assert.deepEqual(table.notes.slice(0, 3), [
      'Test mAP of the last epoch, mean ± sample standard deviation over n seeds. Best: mean of each run’s best epoch, chosen on the test images.',
      'Δ: difference to the student alone of the same seeds, percentage points, better above 0, 95 % interval by Student’s t, each row by itself.',
      'Epochs: 1; the paper does not say.',
    ]);
  });

  test('the same in files', () => {
    assert.match(
      formatTable(table, 'csv'),
      /^group,row,n,map,sd,best,.*\nA,alone,2,61,1\.414213562,61\.5,,,,71\.61,Q,a summary\n/,
    );
    assert.match(formatTable(table, 'latex'), /row & n & mAP \\% & best/);
    const [first] = tableJson(table) as [Record<string, unknown>];
    assert.deepEqual(first['runs'], [
      { seed: 0, map: 60 },
      { seed: 1, map: 62 },
    ]);
    assert.deepEqual(Object.keys(first), ['group', 'label', 'teacher', 'baseline', 'ie', 'runs', 'map', 'best', 'published']);
    assert.deepEqual(first['published'], { map: 71.61, mark: 'Q', source: 'a summary' });
  });

  test('and as rows of a data frame', () => {
    const rows = runRows(store).map(({ metric, score, error, best, bestEpoch }) => [metric, score, error, best, bestEpoch]);
    assert.deepEqual(rows.slice(0, 2), [
      ['map', 60, null, 61, 1],
      ['map', 62, null, 62, 1],
    ]);
  });
});

describe('tableOf', () => {
  const store = filled('of');

  test('of some rows: still compared with the baseline, runs counted are theirs', () => {
    const { lines, notes } = tableOf(experiment, SMALL, { store, rows: rows.slice(2, 3) });
    assert.deepEqual(lines, tableOf(experiment, SMALL, { store }).lines.slice(2, 3));
    assert.equal(lines[0]?.difference?.mean.toFixed(9), '-1.500000000');
    assert.match(notes.at(-1) ?? '', /^2 runs: /);
  });

  test('a row that a reader adds is a line, and is compared', () => {
    const own = { ...rows[2], label: 'mine' } as ExperimentRow;
    const { lines } = tableOf(experiment, SMALL, { store, rows: [...rows, own] });
    assert.deepEqual(lines.at(-1), { ...lines[2], label: 'mine' });
    const replaced = { ...own, label: 'KD', plan: TEACHER };
    assert.equal(
      tableOf(experiment, SMALL, { store, rows: [...rows.slice(0, 2), replaced] }).lines[2]?.score?.mean.toFixed(2),
      '50.00',
    );
  });

  test('of other seeds, and of one', () => {
    assert.equal(tableOf(experiment, { ...SMALL, seeds: [2] }, { store }).lines[1]?.score?.mean.toFixed(2), '90.00');
    const one = tableOf(experiment, { ...SMALL, seeds: [1] }, { store });
    assert.deepEqual(Object.values(tableCells(one.lines[2] ?? assert.fail(), one.style)), [
      'KD',
      '1',
      '20.00',
      '20.00',
      '−2.00',
      '',
    ]);
    assert.match(one.notes.at(-1) ?? '', /^3 runs: /, 'the teacher has seed 0');
  });

  test('a run that two rows share is counted once', () => {
    const twice: Experiment = { ...experiment, rows: () => [...rows, { group: 'D', label: 'KD', plan: STUDENT }] };
    assert.match(tableOf(twice, SMALL, { store }).notes.at(-1) ?? '', /^5 runs: /);
  });

  test('a pair of which there is no more than a student alone is named, not shown; in CSV every row is', () => {
    const other = (group: string, plan: RunPlan): readonly ExperimentRow[] => [
      { group, label: 'alone', plan: alone, baseline: true },
      { group, label: 'AT', plan },
    ];
    const more: Experiment = {
      ...experiment,
      rows: () => [...rows, ...other('D', odd), ...other('E', STUDENT), ...other('F', odd)],
    };
    const table = tableOf(more, SMALL, { store });
    const shown = (lines: typeof table.lines): string[] => tableGroups(lines).map(({ group }) => group);
    assert.deepEqual(shown(table.lines), ['A_1 → B', 'C', 'E']);
    assert.equal(table.notes.at(-2), 'Not shown, as no teacher or method was trained yet: D; F.');
    assert.match(formatTable(table, 'csv'), /^F,AT,0,/m);
    assert.deepEqual(shown(table.lines.filter(({ group }) => group > 'C' && group !== 'E')), ['D'], 'the first one always');
  });

  test('says when its runs come from unlike engines, precisions or processors', () => {
    const store = storeAt('unlike');
    const record = madeUpRecord(TEACHER);
    const { engine, machine, ...origin } = record.provenance;
    const on = (plan: RunPlan, name: string, cpu: string): void =>
      store.save(madeUpRecord(plan, { provenance: { ...origin, engine: { ...engine, name }, machine: { ...machine, cpu } } }));
    on(alone, 'onednn', 'a processor');
    on(withSeed(alone, 1), 'onednn', 'a processor');
    const unlike = (): string[] => tableOf(experiment, SMALL, { store }).notes.filter((note) => note.startsWith('The runs come'));
    assert.deepEqual(unlike(), []);
    on(withSeed(alone, 1), 'webgpu', 'another');
    assert.deepEqual(unlike(), [
      'The runs come from 2 engines, 2 processors: rows that differ in these differ by more than their method.',
    ]);
  });

  test('of nothing: the paper’s numbers alone', () => {
    const { lines, notes } = tableOf(experiment, SMALL, { store: storeAt('empty') });
    assert.ok(lines.every(({ score }) => score === undefined));
    assert.equal(notes.at(-1), 'Nothing was trained yet.');
  });

  test('of kept results only, runs that are only here are not in it', () => {
    const here = storeAt('here');
    here.save(madeUpRecord(STUDENT));
    const counted = (kept: boolean) => tableOf(experiment, SMALL, { store: here, kept }).lines[2]?.score?.n;
    assert.deepEqual([counted(false), counted(true)], [1, undefined]);
  });

  test('unknown options', () =>
    assert.throws(() => tableOf(experiment, SMALL, { seeds: [1] } as object), {
      name: 'InputError',
      message: 'tableOf: expected options among store, rows, kept, received "seeds"',
    }));
});

describe('kept tables', () => {
  /** Tables in a folder of results that are not what those results give. */
  function stale(results: string): string[] {
    const store = runStore({ results });
    return EXPERIMENTS.filter((one) => {
      const path = join(results, `${one.name}.md`);
      const now = (): string => formatTable(tableOf(one, budgetNamed('short'), { store, kept: true }), 'markdown');
      return existsSync(path) && readFileSync(path, 'utf8') !== now();
    }).map(({ name }) => name);
  }

  test('are what the kept results give, byte for byte (iekd table NAME --kept --format markdown)', () =>
    assert.deepEqual(stale(resolve(__dirname, '..', '..', '..', 'data', 'results')), []));

  test('would be found stale', () => {
    const store = storeAt('kept');
    const [one, other] = EXPERIMENTS as unknown as [Experiment, Experiment];
    const records = plansOf(one.rows(budgetNamed('short')), [0, 1]).map((plan, i) =>
      madeUpRecord(plan, { top1: [0.5 + i / 1000] }),
    );
    store.publish(one.name, records.slice(0, 20));
    mkdirSync(store.results, { recursive: true });
    for (const { name, rows: rowsOf } of [one, other]) {
      assert.ok(rowsOf(budgetNamed('short')).length > 3);
      const table = tableOf(EXPERIMENTS.find((e) => e.name === name) ?? one, budgetNamed('short'), { store, kept: true });
      writeFileSync(join(store.results, `${name}.md`), formatTable(table, 'markdown'));
    }
    assert.match(readFileSync(join(store.results, `${one.name}.md`), 'utf8'), /\| alone \| 2 \| \d\d\.\d\d ± /);
    assert.deepEqual(stale(store.results), []);
    store.publish(one.name, records.slice(20, 21));
    assert.deepEqual(stale(store.results), [one.name]);
    const path = join(store.results, `${other.name}.md`);
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n`);
    assert.deepEqual(stale(store.results), [one.name, other.name]);
  });
});
