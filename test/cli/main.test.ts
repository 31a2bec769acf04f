/** The command line as a user meets it: listings, exit codes, error sentences, a run from teacher to resumed student. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ENTRY, iekd } from './command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('mistakes end with a sentence and an exit code', () => {
  const nowhere = join(folder, 'nowhere');
  const mine = join(folder, 'mine.json');
  writeFileSync(mine, '{ "name": "mine", "stages": [[{ "conv": 0 }]] }');
  const table: readonly (readonly [string[], number, RegExp])[] = [
    [[], 2, /^Usage: iekd/],
    [['quux'], 2, /^error: unknown command 'quux'\n$/],
    [['trian'], 2, /^error: unknown command 'trian'\n\(Did you mean train\?\)\n$/],
    [['models', '--jsn'], 2, /^error: unknown option '--jsn'\n/],
    [['bench', '--steps', '0'], 2, /argument '0' is invalid\. expected an integer of at least 1\.\n$/],
    [
      ['bench', '--work', 'sleep'],
      2,
      /expected names among supervised, ie-ft, inference, ssd, ssd300, kernel, decoding, data, separated by commas\.\n$/,
    ],
    [['bench', '--engine', 'abacus'], 2, /Allowed choices are tensorflow, webgpu, onednn, portable, cpu\.\n$/],
    [['golden'], 2, /^error: missing required argument 'file'\n$/],
    [['train', '--model', 'lenet', '--dry-run'], 2, /^iekd: .*expected one of resnet8, .*, received "lenet"\n$/],
    [
      ['train', '--model', 'resnet21', '--dry-run'],
      2,
      /^iekd: .*resnet21: expected a depth of 6n \+ 2, at least 8, received 21\n$/,
    ],
    [
      ['train', '--model', mine, '--dry-run'],
      2,
      /^iekd: .*mine: stages: 0: 0: conv: expected an integer in \[1, 65536\], received 0\n$/,
    ],
    [['train', '--model-set', 'shortcut=C', '--dry-run'], 2, /^iekd: .*shortcut: expected one of A, B, received "C"\n$/],
    [
      ['train', '--method', 'osmosis', '--dry-run'],
      2,
      /^iekd: .*expected one of supervised, kd, .*, ft, ie-ft, .* and \d+ more, received "osmosis"\n$/,
    ],
    [
      ['train', '--data', 'mnist', '--dry-run'],
      2,
      /^iekd: .*expected one of fashion-mnist, cifar10, cifar100, folder:PATH, csv:PATH, jsonl:PATH, voc:PATH, coco:PATH, received "mnist"\n$/,
    ],
    [
      ['train', '--method', 'ft', '--dry-run'],
      2,
      /^iekd: train: expected a teacher for the method ft, received none; give --teacher with a file/,
    ],
    [
      ['train', '--method', 'dml', '--dry-run'],
      2,
      /^iekd: train: expected a peer for the method dml, received none; give --peer with the name of a network, once for each\n$/,
    ],
    [
      ['train', '--peer', 'resnet8', '--dry-run'],
      2,
      /^iekd: --peer: expected none for the method supervised, received "resnet8"\n$/,
    ],
    [
      ['train', '--method', 'ie-dml', '--peer', 'resnet9', '--dry-run'],
      2,
      /^iekd: --peer: resnet9: expected a depth of 6n \+ 2, at least 8, received 9\n$/,
    ],
    [
      ['train', '--set', 'ratio=2', '--method', 'ie-ft', '--dry-run'],
      2,
      /^iekd: .*ratio: expected a number in \[0, 1\], received 2\n$/,
    ],
    [
      ['train', '--fit-epochs', '3', '--dry-run'],
      2,
      /^iekd: train: --fit-epochs: expected a method that fits an encoder to the teacher, received supervised; ft and ie-ft do\n$/,
    ],
    [
      ['train', '--from', nowhere, '--dry-run'],
      1,
      /^iekd: .*nowhere: expected a file of weights, received no such file or folder \(ENOENT\); look at the path again\n$/,
    ],
    [['train', '--set', 'rate', '--dry-run'], 2, /argument 'rate' is invalid\. expected NAME=VALUE\.\n$/],
    [
      ['golden', nowhere],
      1,
      /^iekd: .*nowhere: expected a file of golden values, received no such file or folder \(ENOENT\); look at the path again\n$/,
    ],
    [
      ['resume', nowhere],
      1,
      /^iekd: .*config\.json: expected a file that can be read, received no such file or folder \(ENOENT\); look at the path again\n$/,
    ],
    [
      ['evaluate', nowhere, '--data', 'fashion-mnist'],
      1,
      /iekd: .*nowhere: expected a file of weights, received no such file or folder \(ENOENT\); look at the path again\n$/,
    ],
    [
      ['evaluate', nowhere, '--data', 'mnist'],
      2,
      /^iekd: evaluate: --data: expected one of fashion-mnist, .*, received "mnist"\n$/,
    ],
    [
      ['run', nowhere],
      1,
      /^iekd: .*nowhere: expected a notebook, received no such file or folder \(ENOENT\); look at the path again\n$/,
    ],
  ];
  for (const [args, code, message] of table) {
    test(`iekd ${args.join(' ').replace(folder, '')}`, () => {
      const ended = iekd(args);
      assert.match(ended.stderr, message);
      assert.equal(ended.code, code);
      assert.doesNotMatch(ended.stderr, /^\s+at /m, 'no stack');
      assert.equal(ended.stdout, '');
    });
  }

  test('--debug shows the stack, in TypeScript lines', () => {
    const { code, stderr } = iekd(['train', '--model', 'resnet21', '--dry-run', '--debug']);
    assert.equal(code, 2);
    assert.match(stderr, /^\s+at .*lib[/\\]cli[/\\]commands[/\\]trainCommand\.ts:\d+/m);
  });

  test('a file that is no golden file', () => {
    const path = join(folder, 'not-golden.safetensors');
    writeFileSync(path, 'nothing of the kind');
    const { code, stderr } = iekd(['golden', path]);
    assert.equal(code, 1);
    assert.match(stderr, /iekd: .*not-golden\.safetensors: expected /);
  });
});

/** A few seconds of training. */
const SMALL = ['--model', 'resnet8', '--train-images', '128', '--test-images', '50', '--batch', '32'];

describe('train, evaluate, resume', () => {
  const teacher = join(folder, 'teacher');

  test('a teacher, trained alone', () => {
    const { code, stdout, stderr } = iekd(['train', ...SMALL, '--epochs', '2', '--out', teacher, '--json']);
    assert.match(stderr, /^Engine \w+, \d+ threads?, float32\./);
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout) as { folder: string; complete: boolean; last: { epoch: number } };
    assert.deepEqual([result.folder, result.complete, result.last.epoch], [teacher, true, 2]);
    assert.match(stderr, /^student 2\/2: loss /m);
  });

  test('--quiet: the result and nothing else; found by its name', () => {
    const { code, stdout, stderr } = iekd(['evaluate', 'teacher', '--runs', folder, '--quiet']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^weights +model +data +test +top-1 +top-5 +loss\n/);
  });

  test('its folder is not written over', () => {
    const { code, stderr } = iekd(['train', ...SMALL, '--epochs', '2', '--out', teacher]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^iekd: train: expected a folder without a run, received .*, whose run is complete; train on from its weights \(--from .*\), or choose another/,
    );
  });

  test('evaluate measures last and best as the run did', () => {
    const { code, stdout } = iekd(['evaluate', teacher, '--json']);
    assert.equal(code, 0);
    const rows = JSON.parse(stdout) as { weights: string; metrics: { top1: number }; count: number }[];
    const report = JSON.parse(readFileSync(join(teacher, 'result.json'), 'utf8')) as Record<
      'last' | 'best',
      { evaluations: { metrics: { top1: number } }[] }
    >;
    assert.deepEqual(
      rows.map(({ metrics, count }) => [metrics.top1, count]),
      [report.last, report.best].map(({ evaluations }) => [evaluations[0]?.metrics.top1, 50]),
    );
  });

  test('options become a configuration, and a file of one is overlaid', () => {
    const args = [
      '--method',
      'ie-ft',
      '--teacher',
      teacher,
      '--set',
      'explore=0',
      '--set',
      'split=random',
      '--epochs',
      '10',
      '--dry-run',
    ];
    const typed = JSON.parse(iekd(['train', ...args]).stdout) as Record<string, unknown>;
    assert.deepEqual(typed.method, { name: 'ie-ft', explore: 0, split: 'random' });
    assert.deepEqual(typed.training, { epochs: 10, learningRate: { kind: 'multiStep', base: 0.1, at: [5, 8], factor: 0.1 } });
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ ...typed, training: { epochs: 4, learningRate: { kind: 'cosine', base: 0.2 } } }));
    const overlaid = JSON.parse(
      iekd(['train', '--config', config, '--seed', '7', '--batch', '16', '--dry-run']).stdout,
    ) as typeof typed;
    assert.deepEqual(overlaid, {
      ...typed,
      seed: 7,
      training: { batch: 16, epochs: 4, learningRate: { kind: 'cosine', base: 0.2 } },
    });
  });

  test('an encoder is fitted once, and taken by the next seed; a student goes on from trained weights', () => {
    const taught = [...SMALL, '--method', 'ie-ft', '--teacher', teacher, '--fit-epochs', '1', '--epochs', '1'];
    const [first, second] = ['0', '1'].map((seed) =>
      iekd(['train', ...taught, '--seed', seed, '--out', join(folder, `seed-${seed}`)]),
    );
    assert.match(first?.stderr ?? '', /^factor encoder: kept in .*\.encoders[/\\][0-9a-f]{12}\.safetensors$/m);
    assert.match(
      second?.stderr ?? '',
      /^factor encoder: taken from the kept ones, fitted by an earlier run \(1 epoch, \d+ s\): .*\.encoders[/\\]/m,
    );
    assert.doesNotMatch(second?.stderr ?? '', /^factor encoder 1\/1: /m, 'its epochs are an earlier run’s');
    const typed = JSON.parse(iekd(['train', '--from', teacher, '--epochs', '3', '--lr', '0.01', '--dry-run']).stdout) as object;
    assert.deepEqual(typed, {
      dataset: { name: 'fashion-mnist' },
      from: join(teacher, 'student-last.safetensors'),
      method: { name: 'supervised' },
      seed: 0,
      student: { name: 'resnet8', classes: 10, input: [32, 32, 1], shortcut: 'B' },
      training: { epochs: 3, learningRate: { kind: 'multiStep', base: 0.01, at: [2], factor: 0.1 } },
    });
  });

  test('networks that learn from each other: progress, result and evaluate name them', () => {
    const out = join(folder, 'mutual');
    const args = ['--method', 'ie-dml', '--peer', 'resnet8', '--set', 'match=at', '--epochs', '1', '--out', out];
    const { code, stdout, stderr } = iekd(['train', ...SMALL, ...args]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^resnet8 \(77,754 parameters\) by ie-dml with resnet8 on 128 images of fashion-mnist, seed 0$/m);
    assert.match(stderr, /^student 1\/1: loss .*task .* · kl .*peer1\.task .*; test \d+\.00 % · peer1 test \d+\.00 %$/m);
    const rows = stdout.split('\n').filter((line) => /^(student|peer1) +(last|best) /.test(line));
    assert.deepEqual(
      rows.map((row) => row.split(/ +/).slice(0, 2).join(' ')),
      ['student last', 'student best', 'peer1 last', 'peer1 best'],
    );
    const report = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as {
      last: { evaluations: { metrics: { top1: number } }[] };
      peers: { evaluations: { metrics: { top1: number } }[] }[];
    };
    const measured = JSON.parse(iekd(['evaluate', out, '--json']).stdout) as { weights: string; metrics: { top1: number } }[];
    assert.deepEqual(
      measured.map(({ weights }) => weights.slice(out.length + 1)),
      ['student-last', 'student-best', 'peer1-last', 'peer1-best'].map((name) => `${name}.safetensors`),
    );
    const [student, , peer] = measured.map(({ metrics }) => metrics.top1);
    assert.deepEqual(
      [student, peer],
      [report.last, report.peers[0]].map((one) => one?.evaluations[0]?.metrics.top1),
    );
  });

  test('repeated --peer, over those of a file', () => {
    const typed = JSON.parse(
      iekd(['train', '--method', 'dml', '--peer', 'resnet8', '--peer', 'resnet14', '--dry-run']).stdout,
    ) as object;
    assert.deepEqual((typed as { peers: object }).peers, [{ name: 'resnet8' }, { name: 'resnet14' }]);
    const config = join(folder, 'peers.json');
    writeFileSync(config, JSON.stringify(typed));
    const [same, other] = [[], ['--peer', 'resnet20']].map(
      (more) => (JSON.parse(iekd(['train', '--config', config, ...more, '--dry-run']).stdout) as { peers: object }).peers,
    );
    assert.deepEqual([same, other], [[{ name: 'resnet8' }, { name: 'resnet14' }], [{ name: 'resnet20' }]]);
  });

  test('Ctrl-C leaves a checkpoint, and resume goes on to the end', {
    skip: process.platform === 'win32' && 'no SIGINT',
  }, async () => {
    const out = join(folder, 'student');
    const args = [
      'train',
      ...SMALL,
      '--method',
      'ie-ft',
      '--teacher',
      teacher,
      '--set',
      'fit={"epochs":1}',
      '--epochs',
      '12',
      '--out',
      out,
    ];
    const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    let sent = false; // a second one would end the process at once
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      if (!sent && stderr.includes('student 1/12')) sent = child.kill('SIGINT');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^Student resnet\d+ \([\d,]+ parameters\) is trained by ie-ft \(/m);
    assert.match(stderr, /^First step of stage "student":\n {2}task: .* · weight 1 = .*\n {2}inheritance: /m);
    assert.match(stderr, /^stopped after step \d+: interrupted; checkpoint /m);
    assert.match(stderr, /^to go on: npx iekd resume /m);
    assert.equal(existsSync(join(out, 'result.json')), false);
    const resumed = iekd(['resume', out, '--json']);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /going on after step \d+$/m);
    assert.equal((JSON.parse(resumed.stdout) as { last: { epoch: number } }).last.epoch, 12);
  });
});
