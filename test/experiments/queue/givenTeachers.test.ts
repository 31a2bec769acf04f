/** A teacher that is a file: named by its contents, measured once, never trained; a table says whose it is. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { budgetNamed } from 'iekd/dist/experiments/budgets';
import { type ExperimentRow, rowsOn } from 'iekd/dist/experiments/experiment';
import { givenName, givenTeachers } from 'iekd/dist/experiments/givenTeacher';
import { EXPERIMENTS, experimentNamed } from 'iekd/dist/experiments/paper';
import { planProgress } from 'iekd/dist/experiments/queue/experimentStatus';
import { lockstepRuns } from 'iekd/dist/experiments/queue/lockstepRuns';
import { missing, plansOf } from 'iekd/dist/experiments/queue/order';
import { planConfig, planHash, planName, type RunPlan, withoutFolders } from 'iekd/dist/experiments/runPlan';
import { checkResults } from 'iekd/dist/experiments/store/checkResults';
import { SCORE_FILE } from 'iekd/dist/experiments/store/givenScore';
import { tableOf } from 'iekd/dist/experiments/tables/buildTable';
import { formatTable } from 'iekd/dist/experiments/tables/tableFormats';
import { exportTorch } from 'iekd/dist/export/torch/exportTorch';
import { buildNetwork } from 'iekd/dist/models';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { withHash } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { readWeights, saveWeights } from 'iekd/dist/weights/networkFile';
import { fill, storeRoot } from '../../fixtures/fillStore';

const { root, storeAt } = storeRoot();
const figure = experimentNamed('figure1b');
const place = (name: string): string => join(root, name);

/** A network that nobody trained, as a file of this library or of PyTorch. */
function written(
  name: string,
  spec: NetworkSpec,
  write: (path: string, network: ReturnType<typeof buildNetwork>) => unknown = saveWeights,
) {
  const network = buildNetwork({ input: [32, 32, 1], classes: 10, ...spec }, random(1));
  write(place(name), network);
  network.dispose();
  return place(name);
}

/** Rows of the small budget that a file teaches. */
const rowsBy = (teachers: Readonly<Record<string, string>>): readonly ExperimentRow[] =>
  rowsOn(figure, budgetNamed('smoke', { teachers }));
const plan = (rows: readonly ExperimentRow[], label: string): RunPlan =>
  rows.find((row) => row.label === label)?.plan ?? assert.fail(label);

let [file, rows]: [string, readonly ExperimentRow[]] = ['', []];

before(async () => {
  await start({ threads: 1 });
  file = written('teacher.safetensors', { name: 'resnet14' });
  rows = rowsBy({ resnet14: file });
});

describe('a file in place of a trained teacher', () => {
  test('its row has no plan, its students’ plans have the file, and the student alone is the run that it was', () => {
    assert.deepEqual(
      rows.map(({ label, plan: own, given, teacher }) => [label, own !== undefined, given?.network.name, teacher]),
      [
        ['teacher', false, 'resnet14', true],
        ['alone', true, undefined, undefined],
        ['FT', true, undefined, undefined],
        ['IE-FT', true, undefined, undefined],
      ],
    );
    const { network } = { network: readWeights(file).spec };
    assert.deepEqual([plan(rows, 'FT').teacher, plan(rows, 'FT').given], [undefined, [{ network, weights: file }]]);
    assert.deepEqual(planConfig(plan(rows, 'FT'), () => assert.fail('nothing is trained')).teacher, { network, weights: file });
    const usual = figure.rows(budgetNamed('smoke'));
    assert.equal(planName(plan(rows, 'alone')), planName(plan(usual, 'alone')));
    assert.notEqual(planName(plan(rows, 'FT')), planName(plan(usual, 'FT')));
  });

  test('contents name it: a copy elsewhere is the same run, other weights are another, and a kept plan keeps its name', () => {
    mkdirSync(place('elsewhere'));
    copyFileSync(file, place('elsewhere/copy'));
    const own = plan(rows, 'FT');
    assert.equal(planName(plan(rowsBy({ resnet14: place('elsewhere/copy') }), 'FT')), planName(own));
    const network = buildNetwork(readWeights(file).spec, random(2));
    saveWeights(place('other.safetensors'), network);
    network.dispose();
    assert.notEqual(planName(plan(rowsBy({ resnet14: place('other.safetensors') }), 'FT')), planName(own));
    const kept = withoutFolders(own);
    assert.equal(kept.given?.[0]?.weights, readWeights(file).sha256);
    assert.equal(planHash(kept), planHash(own));
  });

  test('runs of one file take turns, those of two do not', () => {
    const network = buildNetwork(readWeights(file).spec, random(3));
    saveWeights(place('third.safetensors'), network);
    network.dispose();
    const other = plan(rowsBy({ resnet14: place('third.safetensors') }), 'IE-FT');
    assert.deepEqual(lockstepRuns(plan(rows, 'FT'), [plan(rows, 'IE-FT'), other]).map(planName), [planName(plan(rows, 'IE-FT'))]);
  });

  test('every experiment that trains a teacher takes a file in its place, and several at once', () => {
    const found = EXPERIMENTS.flatMap((one) => {
      const budget = budgetNamed('smoke');
      const teachers = one.rows(budget).flatMap(({ teacher, plan: own }) => (teacher && own ? [own] : []));
      return teachers.map((usual) => {
        const { student, task } = usual;
        const head = task ? { classes: 3, input: [96, 96, 3] as const } : {};
        const path = written(`${one.name}.safetensors`, { ...head, ...student });
        const own = rowsOn(one, { ...budget, teachers: { [student.name]: path } });
        const trained = plansOf(own, [0]).flatMap((each) => missing([each], storeAt('none')));
        assert.ok(
          own.some(({ given }) => given),
          one.name,
        );
        assert.ok(!trained.map(planName).includes(planName(usual)), one.name);
        return one.name;
      });
    });
    assert.deepEqual(
      found,
      EXPERIMENTS.map(({ name }) => name).filter((name) => name !== 'table4'),
    );
    const two = { resnet14: file, resnet20: written('second.safetensors', { name: 'resnet20' }) };
    assert.deepEqual([...new Set(rowsBy(two).map(({ group }) => group))], ['ResNet-14 → ResNet-8', 'ResNet-20 → ResNet-8']);
  });
});

describe('reproduce', () => {
  const labels = ['teacher', 'alone', 'FT', 'IE-FT'];
  const chosen = (): readonly RunPlan[] =>
    plansOf(
      rows.filter(({ label }) => labels.includes(label)),
      [0],
    );

  test('measures the file once, trains students alone, and a table and its files say what it is', async () => {
    const store = storeAt('given');
    assert.deepEqual(
      planProgress(chosen(), store).map(({ plan: { method } }) => method.name),
      ['supervised', 'ie-ft', 'ft'],
      'no teacher is to be trained',
    );
    const tensors = tf.memory().numTensors;
    const { events, failed, records } = await fill(store, chosen(), { together: 2 });
    assert.deepEqual(failed, []);
    assert.deepEqual(events, [
      ...['measured ie-ft-s0 3', 'begin supervised-s0 3', 'done supervised-s0 2'],
      ...['begin ie-ft-s0 2', 'begin ft-s0 2', 'done ie-ft-s0 1', 'done ft-s0 0'],
    ]);
    assert.equal(tf.memory().numTensors, tensors);
    assert.deepEqual((await fill(store, chosen())).events, [], 'the second time all of it is there');
    const [given] = givenTeachers(plan(rows, 'FT'));
    const score = given && store.findScore(given);
    assert.equal(score?.evaluation.count, 20);
    store.publish('figure1b', records);
    store.publish('figure1b', records);
    assert.deepEqual(store.allScores(), [score]);
    const table = tableOf(figure, budgetNamed('smoke', { teachers: { resnet14: file } }), { store, kept: true });
    const error = (100 * (1 - (score?.evaluation.metrics['top1'] ?? 0))).toFixed(2);
    const text = formatTable(table, 'markdown');
    assert.ok(text.includes(`| teacher (given) | 1 | ${error} | – |  |  |`), text);
    const sha256 = readWeights(file).sha256;
    const note = `- The teacher resnet14 is given: a file, not trained here, SHA-256 ${sha256}; measured once (n = 1) on 20 test images by onednn (`;
    assert.ok(text.replaceAll('portable', 'onednn').includes(note), text);
    assert.match(text, /^- Epochs: 1; the paper has 160/m);
    assert.deepEqual(
      checkResults([store.results, store.runs]).flatMap(({ problems }) => problems),
      [],
    );
  });

  test('a row before it was measured', () => {
    const table = tableOf(figure, budgetNamed('smoke', { teachers: { resnet14: file } }), { store: storeAt('new') });
    assert.match(formatTable(table, 'markdown'), /SHA-256 [0-9a-f]{64}; not measured yet\.$/m);
  });

  test('a file of PyTorch brings its normalisation; stopped, it is measured by the next one', async () => {
    const path = written('torch.safetensors', { name: 'resnet14', normalisation: { mean: [0.4], std: [0.2] } }, (at, network) =>
      exportTorch(network, at),
    );
    const own = rowsBy({ resnet14: path });
    assert.equal(plan(own, 'FT').given?.[0]?.network.name, 'resnet14');
    const stop = stopSignal();
    stop.request('no');
    const store = storeAt('torch');
    assert.deepEqual((await fill(store, [plan(own, 'FT')], { stop })).events, []);
    assert.deepEqual((await fill(store, [plan(own, 'FT')])).events, ['measured ft-s0 1', 'begin ft-s0 1', 'done ft-s0 0']);
  });

  test('of other classes than the images have: refused before anything is trained', async () => {
    const path = written('hundred.safetensors', { name: 'resnet14', classes: 100 });
    const store = storeAt('classes');
    await assert.rejects(fill(store, [plan(rowsBy({ resnet14: path }), 'FT')]), {
      name: 'InputError',
      message: `${path}: resnet14: expected 10 classes, as fashion-mnist has, received a network of 100; build it with classes: 10; a trained one learns other classes by \`from\` (iekd train --from FILE), which draws its last layer anew`,
    });
    assert.equal(store.status(plan(rows, 'FT')), 'missing');
  });
});

describe('refused', () => {
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    [
      'a network that teaches nobody',
      () => rowsOn(figure, budgetNamed('short', { teachers: { resnet57: file } })),
      'budget: teachers: expected files of the teachers of figure1b, resnet20, received "resnet57"',
    ],
    [
      'a table without teachers',
      () => rowsOn(experimentNamed('table4'), budgetNamed('short', { teachers: { resnet14: file } })),
      'budget: teachers: expected none, as table4 trains no teacher, received "resnet14"',
    ],
    [
      'a file of another network',
      () => rowsOn(figure, budgetNamed('short', { teachers: { resnet20: file } })),
      `${place('teacher.safetensors')}: network: name: expected "resnet20", as the table’s teacher has, received "resnet14"`,
    ],
    [
      'a file of the network with another option',
      () =>
        rowsOn(
          figure,
          budgetNamed('short', { teachers: { resnet20: written('b.safetensors', { name: 'resnet20', shortcut: 'B' }) } }),
        ),
      `${place('b.safetensors')}: network: shortcut: expected "A", as the table’s teacher has, received "B"`,
    ],
  ];
  for (const [name, act, message] of refused) test(name, () => assert.throws(act, { name: 'InputError', message }));

  test('a score that was changed since', () => {
    const [given] = givenTeachers(plan(rows, 'FT'));
    const store = storeAt('given');
    const score = (given && store.findScore(given)) ?? assert.fail('it was measured');
    const path = place('scores.jsonl');
    const other = { ...score, name: 'another' };
    const lines = [
      { ...withHash(score), evaluation: {} },
      withHash(other),
      withHash({ ...score, date: 'today' }),
      withHash(score),
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const [checked] = checkResults([path]);
    assert.equal(checked?.good, 1);
    const [hash, name, date] = checked?.problems ?? [];
    assert.match(hash ?? '', /scores\.jsonl: line 1: expected contents with the SHA-256 /);
    assert.equal(name, `${path}: line 2: name: expected that of what it is of, ${score.name}, received "another"`);
    assert.match(date ?? '', /line 3: date: expected a date such as /);
    const fresh = storeAt('scored');
    fresh.saveScore(score);
    assert.deepEqual(given && fresh.findScore(given), score);
    const inRuns = join(fresh.runs, given ? givenName(given) : '', SCORE_FILE);
    writeFileSync(inRuns, readFileSync(inRuns, 'utf8').slice(0, -9));
    assert.throws(() => given && fresh.findScore(given), { name: 'InputError', message: /line 1, column \d+: expected JSON/ });
  });
});
