/** The paper's experiments as data: every plan is valid, shared runs are shared, no number stands without its source. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BUDGETS, budgetNamed, epochsOf } from 'iekd/dist/experiments/budgets';
import { plannedRows } from 'iekd/dist/experiments/experiment';
import { EXPERIMENTS, experimentNamed } from 'iekd/dist/experiments/paper';
import { everyMethod, moreMethods } from 'iekd/dist/experiments/paper/everyMethod';
import { title } from 'iekd/dist/experiments/paper/pairRows';
import { checkConfig } from 'iekd/dist/experiments/run/config';
import { planConfig, planHash, planName, type RunPlan, teachersOf, withoutFolders } from 'iekd/dist/experiments/runPlan';
import { projectFolder } from 'iekd/dist/util/folders';

const NAMES = [
  'table1',
  'cifar100',
  'table2',
  'table3',
  'table4',
  'ratio',
  'distance',
  'weight',
  'split',
  'parts',
  'exploring',
  'figure1b',
  'methods',
  'more-methods',
  'leaderboard',
];
/** Pictures that come with the project. */
const SAMPLES = join(projectFolder(), 'data', 'samples', 'bccd');
/** Files in a folder a class, whose pictures nobody opens. */
const PICTURES = mkdtempSync(join(tmpdir(), 'iekd-pictures-'));
for (const place of ['train/cat', 'train/dog', 'val/cat', 'val/dog']) {
  mkdirSync(join(PICTURES, place), { recursive: true });
  for (const i of [0, 1, 2, 3]) writeFileSync(join(PICTURES, place, `${i}.png`), `${place} ${i}`);
}
after(() => rmSync(PICTURES, { recursive: true }));
const ABLATIONS = ['ratio', 'distance', 'weight', 'split', 'parts'];

test('experiments by name; another is refused', () => {
  assert.deepEqual(
    EXPERIMENTS.map(({ name }) => name),
    NAMES,
  );
  assert.equal(experimentNamed('table4'), EXPERIMENTS[4]);
  assert.throws(() => experimentNamed('table9'), {
    name: 'InputError',
    message: `experimentNamed: expected one of ${NAMES.join(', ')}, received "table9"`,
  });
});

for (const name of Object.keys(BUDGETS)) {
  for (const one of EXPERIMENTS.filter((each) => each !== everyMethod && each !== moreMethods)) {
    describe(`${one.name}, budget ${name}`, () => {
      // Each of these tables takes pictures of the user's own; what is in them is not read here.
      const images = one.name === 'table2' && name !== 'smoke' ? { images: { name: `folder:${PICTURES}` } } : {};
      const rows = one.rows(budgetNamed(name, { objects: { name: `voc:${SAMPLES}` }, ...images }));
      const planned = new Set(plannedRows(rows).map(({ group }) => group));
      const groups = [...planned].map((group) => rows.filter((row) => row.group === group));

      test('every plan is a valid configuration', () => {
        const planned = plannedRows(rows);
        assert.ok(planned.length >= 3);
        for (const { plan } of planned) {
          for (const each of [plan, ...teachersOf(plan)]) assert.equal(checkConfig(planConfig(each, planName)).seed, 0);
        }
      });

      test('a group has one baseline, at most one teacher, and its labels once', () => {
        for (const group of groups) {
          const labels = group.map(({ label }) => label);
          assert.deepEqual(labels, [...new Set(labels)]);
          assert.equal(group.filter(({ baseline }) => baseline).length, 1);
          assert.ok(group.filter(({ teacher }) => teacher).length <= 1);
          // As --rows takes them apart.
          assert.deepEqual(
            labels.filter((label) => label.includes(',') || label.trim() !== label),
            [],
          );
        }
      });

      test('different rows of a group are different runs; students are taught by the group’s teacher or by themselves', () => {
        for (const group of groups) {
          const plans = plannedRows(group);
          const names = plans.map(({ plan }) => planName(plan));
          // A teacher that is the student's own network is that student alone.
          const students = plans.filter(({ teacher }) => !teacher).map(({ plan }) => planName(plan));
          assert.deepEqual(students, [...new Set(students)]);
          for (const { plan } of plans) for (const teacher of teachersOf(plan)) assert.ok(names.includes(planName(teacher)));
        }
      });

      test('published numbers have a mark and a source, and lie where errors do', () => {
        for (const { published } of rows) {
          if (!published) continue;
          assert.match(published.mark, /^[SQ]$/);
          assert.ok(published.source.length > 10 && published.score > 0 && published.score < 100);
        }
      });

      test('baseline and rows that count most come first', () => {
        for (const group of groups) assert.ok(group.some(({ first }) => first));
      });
    });
  }
}

describe('shared runs', () => {
  const rowsOf = (name: string) => experimentNamed(name).rows(budgetNamed('short'));
  const planOf = (name: string, label: string, group = 0): RunPlan => {
    const rows = rowsOf(name);
    const groups = [...new Set(rows.map((row) => row.group))];
    return rows.find((row) => row.group === groups[group] && row.label === label)?.plan ?? assert.fail(`${name}: ${label}`);
  };

  test('table1’s ResNet-20 alone is the teacher of figure1b and of every ablation', () => {
    const alone = planName(planOf('table1', 'alone'));
    for (const name of ['figure1b', ...ABLATIONS]) assert.equal(planName(planOf(name, 'teacher')), alone, name);
    assert.equal(planName(planOf('table1', 'alone', 1)), alone, 'and that of the second pair');
  });

  test('ablations share the student alone and the default', () => {
    const [first = '', ...others] = ABLATIONS.map((name) => planName(planOf(name, 'alone')));
    for (const other of others) assert.equal(other, first);
    const defaults = [
      planOf('ratio', '50 %'),
      planOf('distance', 'L1'),
      planOf('weight', '50'),
      planOf('split', 'natural'),
      planOf('parts', 'both'),
    ];
    assert.deepEqual(new Set(defaults.map(planName)).size, 1);
  });

  test('table1’s teacher is figure1b’s student alone, trained for twice as long', () => {
    const [alone, teacher] = [planOf('figure1b', 'alone'), planOf('table1', 'teacher')];
    assert.deepEqual([alone.training.epochs, teacher.training.epochs], [20, 40]);
    assert.deepEqual({ ...teacher, training: alone.training }, alone);
  });

  test('Tf-KD (self) has the student alone as its teacher', () => {
    assert.deepEqual(teachersOf(planOf('table1', 'Tf-KD (self)')).map(planName), [planName(planOf('table1', 'alone'))]);
    assert.deepEqual(teachersOf(planOf('table1', 'Tf-KD (reg)')), []);
  });
});

describe('budgets', () => {
  test('short is an eighth of the paper’s epochs, its falls and fits with it; AB’s first stage takes its epochs from the student', () => {
    const plan = (label: string) =>
      experimentNamed('table1')
        .rows(budgetNamed('short'))
        .find((row) => row.label === label)?.plan;
    const learningRate = { kind: 'multiStep', base: 0.1, at: [10, 15], factor: 0.1 };
    const rest = { batch: 128, momentum: 0.9, nesterov: true, weightDecay: 5e-4, augment: true };
    assert.deepEqual(plan('alone')?.training, { epochs: 20, learningRate, ...rest });
    assert.deepEqual(plan('IE-FT')?.method['fit'], { epochs: 4, learningRate: 0.1 });
    assert.equal(plan('AB')?.method['pretrain'], 4);
    assert.deepEqual(plan('AB')?.training, { epochs: 16, learningRate: { ...learningRate, at: [8, 12] }, ...rest });
    const paper = experimentNamed('table1').rows(budgetNamed('paper'))[1]?.plan;
    assert.deepEqual(paper?.training, { epochs: 160, learningRate: { ...learningRate, at: [80, 120] }, ...rest });
  });

  test('changed in part, and refused', () => {
    assert.deepEqual(budgetNamed('short', { seeds: [4] }), { ...BUDGETS.short, seeds: [4] });
    assert.throws(() => budgetNamed('long'), {
      name: 'InputError',
      message: 'budgetNamed: expected one of smoke, short, medium, paper, received "long"',
    });
    assert.throws(() => budgetNamed('short', { epochs: 3 } as object), {
      name: 'InputError',
      message:
        'budgetNamed: expected options among share, teacherShare, seeds, precision, images, objects, backbones, teachers, batch, networks, reduced, received "epochs"',
    });
  });

  const shares: readonly (readonly [number, number, number])[] = [
    [160, 1, 160],
    [160, 1 / 8, 20],
    [30, 1 / 8, 4],
    [30, 1 / 16, 2],
    [30, 1 / 160, 1],
    [160, 1 / 1000, 1],
  ];
  for (const [paper, share, epochs] of shares)
    test(`${paper} epochs × ${share}`, () => assert.equal(epochsOf(paper, share), epochs));
});

test('networks as papers write them', () => {
  const names = { resnet56: 'ResNet-56', 'wrn-40-1': 'WRN-40-1', vgg13: 'VGG-13', mobilenet: 'MobileNet', other: 'other' };
  for (const [name, text] of Object.entries(names)) assert.equal(title(name), text);
});

describe('table2', () => {
  test('its schedule, its pairs of ImageNet’s layout, and whose numbers stand beside them', () => {
    const rows = experimentNamed('table2').rows(budgetNamed('paper'));
    const [teacher, alone] = plannedRows(rows).map(({ plan }) => plan);
    assert.deepEqual(alone?.training, {
      ...{ epochs: 100, batch: 256, learningRate: { kind: 'multiStep', base: 0.1, at: [30, 60, 90], factor: 0.1 } },
      ...{ momentum: 0.9, nesterov: false, weightDecay: 1e-4, augment: true },
    });
    assert.deepEqual(
      [teacher?.training, teacher?.student, alone?.student],
      [...[alone?.training, { name: 'resnet34', stem: 'imagenet' }, { name: 'resnet18', stem: 'imagenet' }]],
    );
    assert.deepEqual(
      rows.flatMap(({ group, label, published }) =>
        published ? [`${group} ${label} ${published.score} ${published.mark}`] : [],
      ),
      [
        'ResNet-34 → ResNet-18 alone 29.91 Q',
        'ResNet-34 → ResNet-18 AT 29.3 S',
        'ResNet-34 → ResNet-18 FT 28.57 S',
        'ResNet-34 → ResNet-18 the best IE variant 28.19 Q',
        'ResNet-34 → ResNet-18 CRD 28.83 S',
        'ResNet-34 → ResNet-18 Tf-KD 29.58 S',
        'ResNet-50 → MobileNet alone 31.13 S',
        'ResNet-50 → MobileNet OD 28.75 S',
      ],
    );
  });

  test('takes pictures of one’s own at the budget’s size; where there are none, plans are named all the same', () => {
    const images = { name: `folder:${PICTURES}` };
    const pixels = (budget: 'smoke' | 'short' | 'paper'): unknown =>
      plannedRows(experimentNamed('table2').rows(budgetNamed(budget, { images })))[0]?.plan.dataset.pixels;
    assert.deepEqual([pixels('smoke'), pixels('short'), pixels('paper')], [32, 128, 224]);
    const [row] = plannedRows(experimentNamed('table2').rows(budgetNamed('paper')));
    assert.match(planName(row?.plan as RunPlan), /^folder-resnet34-supervised-[0-9a-f]{12}-s0$/);
  });
});

describe('table3', () => {
  const plansAt = (folder: string): RunPlan[] =>
    plannedRows(experimentNamed('table3').rows(budgetNamed('smoke', { objects: { name: `voc:${folder}` } }))).map(
      ({ plan }) => plan,
    );

  test('its runs are named by what the pictures’ folder holds, wherever it lies', () => {
    const folder = mkdtempSync(join(tmpdir(), 'iekd-elsewhere-'));
    try {
      cpSync(SAMPLES, folder, { recursive: true });
      const [here, elsewhere] = [plansAt(SAMPLES), plansAt(folder)];
      assert.deepEqual(elsewhere.map(planHash), here.map(planHash));
      for (const plan of elsewhere) assert.equal(planHash(withoutFolders(plan)), planHash(plan), 'as records keep it');
      writeFileSync(join(folder, 'ImageSets', 'Main', 'test.txt'), 'BloodImage_00007\n');
      assert.notDeepEqual(plansAt(folder).map(planHash), here.map(planHash));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('what its usual pictures hold is known where they are not: kept results are found without them', () => {
    const names = (budget: 'short' | 'paper'): string[] =>
      plannedRows(experimentNamed('table3').rows(budgetNamed(budget))).map(({ plan }) => planName(plan));
    for (const budget of ['short', 'paper'] as const) {
      for (const name of names(budget)) assert.match(name, /^voc-ssd(300)?-resnet\d+-(supervised|ft|ie-ft)-[0-9a-f]{12}-s0$/);
    }
  });

  test('a student alone, FT and IE-FT of one teacher; the paper’s numbers stand by themselves', () => {
    for (const budget of ['smoke', 'short', 'paper'] as const) {
      const rows = experimentNamed('table3').rows(budgetNamed(budget));
      assert.deepEqual(
        rows.map(({ label, plan, published }) => [label, plan?.task?.name, published?.score]),
        [
          ['teacher', 'detection', undefined],
          ['alone', 'detection', undefined],
          ['FT', 'detection', undefined],
          ['IE-FT', 'detection', undefined],
          ['alone', undefined, 71.61],
          ['IE', undefined, 73.51],
        ],
      );
    }
    const backbones = { 'ssd300-resnet18': 'resnet18.safetensors' };
    const begun = experimentNamed('table3').rows(budgetNamed('paper', { backbones }));
    assert.deepEqual(
      begun.slice(0, 4).map(({ plan }) => plan?.from),
      [undefined, ...Array(3).fill('resnet18.safetensors')],
    );
    const paper = experimentNamed('table3').rows(budgetNamed('paper'))[1]?.plan;
    assert.deepEqual(paper?.training, {
      ...{ epochs: 116, batch: 32, learningRate: { kind: 'multiStep', base: 1e-3, at: [77, 96], factor: 0.1 } },
      ...{ momentum: 0.9, nesterov: false, weightDecay: 5e-4, augment: true },
    });
  });
});
