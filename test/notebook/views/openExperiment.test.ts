/** An experiment as a page uses it, on a store of its own: trained, tabled, drawn, and with a row that a reader adds. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { budgetNamed } from 'iekd/dist/experiments/budgets';
import { varied } from 'iekd/dist/experiments/experiment';
import { planName } from 'iekd/dist/experiments/runPlan';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { runBars } from 'iekd/dist/notebook/plots/runBars';
import { pageBudget } from 'iekd/dist/notebook/views/experimentView';
import { openExperiment } from 'iekd/dist/notebook/views/openExperiment';
import { scoreFigure } from 'iekd/dist/notebook/views/scoreFigure';
import { shown } from '../shown';

const root = mkdtempSync(join(tmpdir(), 'iekd-open-'));
after(() => rmSync(root, { recursive: true }));
const budget = budgetNamed('smoke');
const store = runStore({ runs: join(root, 'runs'), results: join(root, 'results') });
const parts = openExperiment('parts', budget, store);
let said: string[];

before(async () => {
  const messages = await shown(() => parts.train(['alone', 'both']));
  said = messages.filter(({ final }) => final).map(({ data }) => data['text/plain']);
});

describe('openExperiment', () => {
  test('trains the rows that were asked for, with their teacher; of many runs it shows one bar', () => {
    assert.deepEqual(
      ['teacher', 'alone', 'both', 'inheritance only'].map((label) => store.status(parts.row(label).plan)),
      ['trained', 'trained', 'trained', 'missing'],
    );
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^runs +3 \/ 3 runs/);
  });

  test('what is there is not trained again', async () => {
    assert.deepEqual(await shown(() => parts.train(['alone', 'both'])), []);
  });

  test('table, sentences, curves and figure are of the same runs', async () => {
    const { lines } = parts.table();
    assert.deepEqual(
      lines.map(({ label, runs }) => [label, runs.length]),
      [
        ['teacher', 1],
        ['alone', 1],
        ['FT', 0],
        ['both', 1],
        ['inheritance only', 0],
        ['exploration only', 0],
      ],
    );
    assert.match(
      parts.compareAll(),
      /^both makes \d+\.\d\d points (fewer|more) errors than alone \(n = 1: says nothing of chance\)$/,
    );
    assert.match(parts.compare('both', 'inheritance only'), /no seed of both is there yet/);
    assert.equal(parts.significance(), 'No row beside the student alone has two seeds yet.');
    const series = parts.series(['alone', 'inheritance only', 'both'], 'test error');
    assert.deepEqual(
      series.map(({ name, colour, x, y, band }) => [name, colour, x, y, band]),
      [
        ['alone', 0, [1], [lines[1]?.score?.mean], undefined],
        ['both', 2, [1], [lines[3]?.score?.mean], undefined],
      ],
    );
    const figure = scoreFigure(lines, parts.table().style);
    assert.deepEqual(figure.data[0]?.['y'], [lines[3]?.score?.mean]);
    const [bars] = await shown(() => parts.showScores({ title: 'Parts' }));
    assert.match(bars?.data['text/plain'] ?? '', /^Figure: Parts/);
    const [none] = await shown(() => openExperiment('ratio', budget, store).showScores({ group: 'ResNet-9 → ResNet-3' }));
    assert.equal(none?.data['text/plain'], 'ResNet-9 → ResNet-3: no row beside the student alone has a run yet');
    const [table, notes] = await shown(() => parts.showTable());
    assert.match(table?.data['text/plain'] ?? '', /alone +1 /);
    assert.match(notes?.data['text/plain'] ?? '', /^- Test top-1 error/);
  });

  test('the terms that rows begin with are those of their runs; leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const terms = await parts.initialTerms(['alone', 'both']);
    assert.deepEqual(
      terms.map(({ row, stage, term, weight }) => [row, stage, term, weight]),
      [
        ['alone', 'student', 'task', 1],
        ['both', 'student', 'task', 1],
        ['both', 'student', 'inheritance', 50],
        ['both', 'student', 'exploration', -50],
      ],
    );
    assert.equal(terms[0]?.expected, Math.log(10));
    assert.equal(terms[0]?.seen, terms[1]?.seen, 'both start from the same weights');
    assert.equal(tf.memory().numTensors, before);
  });

  test('the teachers that terms need are trained', async () => {
    const fresh = runStore({ runs: join(root, 'terms', 'runs'), results: join(root, 'terms', 'results') });
    await shown(async () => void (await openExperiment('methods', budget, fresh).initialTerms(['supervised', 'feed'])));
    assert.equal(readdirSync(fresh.runs).filter((name) => name.includes('resnet20-supervised')).length, 2);
  });

  test('a changed weight is another run, another curve and another line; the default is the run that is there', async () => {
    const both = parts.row('both');
    assert.equal(planName(varied(both, 'same', { inherit: 50, explore: 50 }).plan), planName(both.plan));
    const mine = varied(both, 'λ = 10', { inherit: 10, explore: 10 });
    assert.notEqual(planName(mine.plan), planName(both.plan));
    parts.add(mine);
    const drawn = (await shown(() => parts.train(['λ = 10']))).filter(({ final }) => final);
    assert.equal(drawn.length, 3, 'a run alone is drawn: the encoder’s curve, the student’s, and what the run says of itself');
    assert.match(drawn[2]?.data['text/plain'] ?? '', /^Student resnet8 .*\nFirst step of stage "student":\n {2}task: /s);
    assert.match(drawn[1]?.data['text/plain'] ?? '', /^resnet8 by ie-ft, seed 0 {2}/);
    assert.equal(parts.table().lines.at(-1)?.label, 'λ = 10');
    assert.equal(parts.table().lines.at(-1)?.runs.length, 1);
    assert.equal(parts.series(['λ = 10'], 'term exploration').length, 1);
    parts.add({ ...mine, plan: both.plan });
    assert.equal(parts.rows.filter(({ label }) => label === 'λ = 10').length, 1);
  });

  test('a trained network comes with its parts; leaks nothing', () => {
    const before = tf.memory().numTensors;
    const { network, parts: split } = parts.network('both');
    assert.deepEqual(
      split['stage3']?.inheritance,
      Array.from({ length: 32 }, (_, i) => i),
    );
    assert.equal(network.name, 'resnet8');
    network.dispose();
    const alone = parts.network('alone');
    assert.deepEqual(alone.parts, {});
    alone.network.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  const refusals: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'an experiment',
      () => openExperiment('table9', budget, store),
      /^experimentNamed: expected one of table1, .* received "table9"$/,
    ],
    ['a row', () => parts.row('neither'), /^rowNamed: expected one of teacher, alone, FT, both, .* received "neither"$/],
    [
      'weights',
      () => parts.network('exploration only'),
      /^fashion-mnist-resnet8-ie-ft-\w+-s0: expected weights of a complete run, received none; train it: /,
    ],
    [
      'a figure of nothing',
      () => scoreFigure([], parts.table().style),
      /^scoreFigure: expected a row with runs beside the student alone, received none; train one$/,
    ],
  ];
  for (const [name, call, message] of refusals) {
    test(`refuses ${name} that is not there`, () => assert.throws(call, { name: 'InputError', message }));
  }

  test('refuses to train a row that is not there', async () => {
    const message = /^parts: train: expected labels among teacher, alone, FT, both, .* received "neither"$/;
    await assert.rejects(parts.train(['neither']), { name: 'InputError', message });
  });
});

test('the budget of a page: its own, unless the environment names one', () => {
  const before = process.env.IEKD_BUDGET;
  try {
    delete process.env.IEKD_BUDGET;
    assert.equal(pageBudget('short').name, 'short');
    process.env.IEKD_BUDGET = 'smoke';
    assert.deepEqual(pageBudget('short', { seeds: [4] }), { ...budget, seeds: [4] });
    process.env.IEKD_BUDGET = 'long';
    assert.throws(() => pageBudget('short'), {
      message: 'budgetNamed: expected one of smoke, short, medium, paper, received "long"',
    });
  } finally {
    if (before === undefined) delete process.env.IEKD_BUDGET;
    else process.env.IEKD_BUDGET = before;
  }
});

test('bars of runs: mean, spread and points by name and label; one run has no spread, none no bar', () => {
  const measured = [
    {
      label: 'FT',
      runs: [
        { a: 1, b: 5 },
        { a: 3, b: 5 },
      ],
    },
    { label: 'IE-FT', runs: [{ a: 2, b: 4 }] },
    { label: 'alone', runs: [] },
  ];
  assert.deepEqual(runBars(measured), [
    { name: 'a', group: 'FT', value: 2, points: [1, 3], spread: Math.SQRT2 },
    { name: 'b', group: 'FT', value: 5, points: [5, 5], spread: 0 },
    { name: 'a', group: 'IE-FT', value: 2, points: [2] },
    { name: 'b', group: 'IE-FT', value: 4, points: [4] },
  ]);
});
