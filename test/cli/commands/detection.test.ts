/** Detectors on the command line: trained on pictures with boxes, resumed, measured class by class, taught, and let loose on pictures. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunConfig } from 'iekd/dist/experiments/run/config';
import { projectFolder } from 'iekd/dist/util/folders';
import { iekd } from '../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-detectors-'));
after(() => rmSync(root, { recursive: true }));
const SAMPLES = join(projectFolder(), 'data', 'samples', 'bccd');
const PICTURE = join(SAMPLES, 'JPEGImages', 'BloodImage_00000.jpg');
const ENGINE = ['--engine', 'portable'];
const TASK = ['--task', 'detection', '--data', `voc:${SAMPLES}`, '--pixels', '64'];
const teacher = join(root, 'teacher');
let trained: ReturnType<typeof iekd>;

before(() => {
  const settings = ['--model-set', 'width=4', '--batch', '2', '--epochs', '1', '--out', teacher];
  trained = iekd(['train', ...TASK, ...settings, ...ENGINE]);
});

describe('train', () => {
  test('a detector: its result has the metrics of its task, and what is said before has the coverage of its priors', () => {
    assert.equal(trained.code, 0, trained.stderr);
    assert.match(trained.stdout, /^epoch +test mAP +test AP +test AP50 +test AP75 +test loss\n/);
    assert.match(trained.stderr, /^ssd-resnet8 \([\d,]+ parameters\) by supervised on 4 images of bccd, seed 0$/m);
    const text = readFileSync(join(teacher, 'description.txt'), 'utf8');
    const coverage =
      /^Boxes with a prior that overlaps them by 0\.5 or more, of at most 400 a class: RBC \d+ % \(mean 0\.\d\d\), WBC /m;
    for (const said of [trained.stderr, text]) assert.match(said, coverage);
    assert.match(text, /^ {2}confidence: [\d.]+ · weight 1 = [\d.]+, \d+ % of the loss \(sum over priors/m);
  });

  test('a student: its teacher’s own score comes first, then the scale of the distances', () => {
    const method = ['--method', 'ie-ft', '--fit-epochs', '1', '--teacher', teacher];
    const { code, stderr } = iekd(['train', ...TASK, '--epochs', '1', '--out', join(root, 'student'), ...method, ...ENGINE]);
    assert.equal(code, 0, stderr);
    const [own, scale] = [
      /^Teacher ssd-resnet8 by itself: test mAP \d+\.\d\d %\.$/m,
      /^For the size of the maps its weights are/m,
    ];
    assert.ok(stderr.search(own) >= 0 && stderr.search(own) < stderr.search(scale), stderr);
    assert.match(stderr, /^student 1\/1: loss .*inheritance [\d.]+, \d+ % · exploration -[\d.]+, −\d+ %\)/m);
  });

  const dry = (...args: string[]): ReturnType<typeof iekd> => iekd(['train', ...args, '--dry-run']);
  test('as a configuration', () => {
    const { stdout } = dry(...TASK, '--pixels', '120x160', '--task-set', 'rule=area', '--data-set', 'badBoxes=clip');
    const { dataset, task, student, training } = JSON.parse(stdout) as RunConfig;
    assert.deepEqual(dataset, { name: `voc:${SAMPLES}`, pixels: [120, 160], badBoxes: 'clip' });
    assert.deepEqual([task?.name, task?.['rule'], student.name], ['detection', 'area', 'ssd-resnet8']);
    assert.deepEqual(training.learningRate, { kind: 'multiStep', base: 0.02, at: [5, 8], factor: 0.1 });
  });

  const refused: readonly (readonly [string, readonly string[], string])[] = [
    [
      'another task',
      ['--task', 'detektion'],
      '--task: expected one of classification, detection, received "detektion"; did you mean "detection"?',
    ],
    [
      'another option of the task',
      ['--task', 'detection', '--task-set', 'rule=mean'],
      '--task-set: rule: expected one of eleven-point, area, received "mean"',
    ],
    [
      'an option of pictures for images without objects',
      ['--pixels', '96'],
      '--data-set: expected options among name, folder, train, validation, test, seed, received "pixels"',
    ],
    [
      'a folder that is not there',
      ['--task', 'detection', '--data', `voc:${join(root, 'none')}`],
      `${join(root, 'none')}: expected a folder in VOC's layout, received no such file or folder (ENOENT)`,
    ],
  ];
  for (const [name, args, message] of refused) {
    test(`refuses ${name}`, () => {
      const { code, stderr } = name.startsWith('a folder') ? iekd(['train', ...args, ...ENGINE]) : dry(...args);
      assert.notEqual(code, 0);
      assert.ok(stderr.includes(message), stderr);
    });
  }

  test('classification refuses pictures with boxes, and says what learns them', () => {
    const args = ['train', '--data', `voc:${SAMPLES}`, '--pixels', '64', '--model', 'resnet8', '--out', join(root, 'none')];
    const { code, stderr } = iekd([...args, ...ENGINE]);
    assert.equal(code, 1);
    assert.match(stderr, /train: expected images with a label each, received images with objects; add --task detection$/m);
  });
});

describe('evaluate', () => {
  test('class by class, by both rules of VOC and COCO’s twelve numbers, with curves', () => {
    const [curves, weights] = [join(root, 'curves'), join(teacher, 'student-last.safetensors')];
    const { code, stdout, stderr } = iekd(['evaluate', weights, '--curves', curves, ...ENGINE], { COLUMNS: '400' });
    assert.equal(code, 0, stderr);
    for (const text of [
      'by class; precision and recall of scores from 0.5',
      'by COCO’s rules',
      'AR of large objects',
      'Platelets',
    ]) {
      assert.ok(stdout.includes(text), text);
    }
    assert.deepEqual(readdirSync(curves), [
      ...['student-last-1-RBC.csv', 'student-last-2-WBC.csv', 'student-last-3-Platelets.csv', 'student-last.svg'],
    ]);
    assert.match(readFileSync(join(curves, 'student-last-1-RBC.csv'), 'utf8'), /^recall,precision,score\n/);
    assert.match(readFileSync(join(curves, 'student-last.svg'), 'utf8'), /^<svg .*precision over recall/);
  });

  test('as JSON, what a run in training measured', () => {
    const { stdout } = iekd(['evaluate', teacher, '--json', '--score', '0.3', ...ENGINE]);
    const [last] = JSON.parse(stdout) as [Record<string, unknown> & { report: Report }];
    const { last: epoch } = JSON.parse(readFileSync(join(teacher, 'result.json'), 'utf8')) as {
      last: { evaluations: [{ metrics: object }] };
    };
    assert.deepEqual(last['metrics'], epoch.evaluations[0].metrics);
    const { map, classes, coco, score, images } = last.report;
    assert.deepEqual([score, images, Object.keys(coco).length], [0.3, 8, 12]);
    assert.equal(map.voc2007, (last['metrics'] as { map: number }).map);
    assert.deepEqual(
      classes.map(({ class: name, objects }) => [name, objects]),
      [
        ['RBC', 88],
        ['WBC', 8],
        ['Platelets', 4],
      ],
    );
  });

  test('curves of a task that has none are refused', () => {
    const { code, stderr } = iekd(['evaluate', teacher, '--score', '2']);
    assert.equal(code, 2);
    assert.match(stderr, /expected a number from 0 to 1\./);
  });
});

interface Report {
  readonly map: { readonly voc2007: number };
  readonly classes: readonly { readonly class: string; readonly objects: number }[];
  readonly coco: object;
  readonly score: number;
  readonly images: number;
}

describe('detect', () => {
  test('boxes with their classes as JSON, and drawn', () => {
    const out = join(root, 'drawn');
    const args = ['detect', PICTURE, '--weights', teacher, '--score', '0.05', '--json', '--out', out, ...ENGINE];
    const { code, stdout, stderr } = iekd(args);
    assert.equal(code, 0, stderr);
    const [found] = JSON.parse(stdout) as [
      { image: string; width: number; boxes: { class: string; score: number; box: number[] }[] },
    ];
    assert.deepEqual([found.image, found.width], [PICTURE, 320]);
    assert.ok(found.boxes.length > 0, 'something at so low a score');
    for (const { class: name, score, box } of found.boxes) {
      assert.ok(['RBC', 'WBC', 'Platelets'].includes(name), name);
      assert.ok(score >= 0.05 && box.length === 4);
    }
    assert.deepEqual(readdirSync(out), ['BloodImage_00000.png']);
  });

  const refused: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['no weights', [PICTURE], 2, /required option '--weights <path>' not specified/],
    [
      'what is no picture',
      [join(SAMPLES, 'LICENSE'), '--weights', teacher],
      1,
      /LICENSE: expected a JPEG, PNG or WebP, received text$/m,
    ],
    [
      'too few names',
      [PICTURE, '--weights', teacher, '--classes', 'a,b'],
      1,
      /detect: --classes: expected 3 names, as the network has classes, received 2$/m,
    ],
    [
      'two pictures of one name',
      [PICTURE, PICTURE, '--weights', teacher, '--out', join(root, 'twice')],
      1,
      /detect: --out: expected pictures of different names, received .*BloodImage_00000\.jpg; draw them one after the other, into other folders$/m,
    ],
  ];
  for (const [name, args, code, message] of refused) {
    test(`refuses ${name}`, () => {
      const ended = iekd(['detect', ...args, ...(code === 1 ? ENGINE : [])]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    });
  }
});
