/** `iekd reproduce` as it is typed: what it trains and says, how far it is, what it refuses. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fakeCommands } from '../../fixtures/fakeCommands';
import { type Ended, iekd } from '../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-reproduce-'));
after(() => rmSync(root, { recursive: true }));
const store = ['--runs', join(root, 'runs'), '--results', join(root, 'results')];
const figure = (...more: readonly string[]): Ended => iekd(['reproduce', 'figure1b', '--budget', 'smoke', ...store, ...more]);
const train = (...more: readonly string[]): Ended => figure('--threads', '1', ...more);
let filled: Ended;

before(() => {
  filled = train('--rows', 'alone,IE-FT', '--keep');
});

describe('iekd reproduce', () => {
  test('trains the rows asked for with their teacher, and keeps what came of it', () => {
    assert.equal(filled.code, 0, filled.stderr);
    assert.equal(
      filled.stdout
        .replace(/ +$/gm, '')
        .replace(/\d+\.\d\d\b/g, '#')
        .replace(/[+−]#/, '+#')
        .replace(/^2 runs: .*?commits\s+\S+$/ms, '2 runs: …'),
      `Can a large student learn from a small teacher? (Figure 1(b); budget smoke)

ResNet-14 → ResNet-8

row    n  error %  best   Δ to alone, 95 %  published
─────  ─  ───────  ─────  ────────────────  ─────────
alone  1  #    #
IE-FT  1  #    #  +#

Test top-1 error of the last epoch, mean ± sample standard deviation over n
  seeds. Best: mean of each run’s best epoch, chosen on the test images.
Δ: difference to the student alone of the same seeds, percentage points, 95 %
  interval by Student’s t, each row by itself.
Epochs: 1; the paper has 160, for mutual learning 200.
2 runs: …

2 of 2 runs are complete.
`,
    );
    const lines = filled.stderr.split('\n').filter((line) => /\(\d left\)|^done|added/.test(line));
    assert.deepEqual(
      lines.map((line) => line.replace(/test [\d.]+ % in \d+ s$/, '…')),
      [
        'resnet8 by supervised, seed 0 (3 left)',
        'done: resnet8 by supervised, seed 0: …',
        'resnet14 by supervised, seed 0 (2 left)',
        'done: resnet14 by supervised, seed 0: …',
        'resnet8 by ie-ft from resnet14, seed 0 (1 left)',
        'done: resnet8 by ie-ft from resnet14, seed 0: …',
        `2 added to ${join(root, 'results', 'figure1b.jsonl')}`,
      ],
    );
    assert.equal(readFileSync(join(root, 'results', 'figure1b.jsonl'), 'utf8').split('\n').length, 3);
  });

  test('again, it trains nothing', () => {
    const { code, stdout, stderr } = train('--rows', 'alone,IE-FT', '--keep', '--json');
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { complete: 2, of: 2, failed: [], stopped: false });
    assert.doesNotMatch(stderr, /left\)/);
    assert.match(stderr, /^0 added to /m);
  });

  test('--status: a line a row, seeds side by side', () => {
    const { code, stdout, stderr } = figure('--status', '--seeds', '2');
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout.replace(/(\d+ min )?\d+ s\b/g, '#').replace(/ +$/gm, ''),
      `ResNet-14 → ResNet-8

row      seed 0  seed 1  left
───────  ──────  ──────  ────
teacher  done
alone    done    –       #
FT       –       –       #
IE-FT    done    –       #

3 of 7 runs done, 0 running, 4 to do: # for one process
`,
    );
  });

  test('--status --json: every run', () => {
    const runs = JSON.parse(figure('--status', '--json').stdout) as {
      name: string;
      status: string;
      epochs: number;
    }[];
    assert.deepEqual(
      runs.map(({ status }) => status),
      ['trained', 'trained', 'trained', 'missing'],
    );
    assert.match(runs[1]?.name ?? '', /^fashion-mnist-resnet8-supervised-[0-9a-f]{12}-s0$/);
  });

  test('--status of an untouched store: teachers of other rows stand first, times come with the first epoch', () => {
    const empty = ['--runs', join(root, 'none'), '--results', join(root, 'none')];
    const { stdout } = iekd(['reproduce', 'table1', '--status', '--rows', 'KD', '--groups', '1', '--seeds', '2', ...empty]);
    assert.equal(
      stdout.replace(/ +$/gm, ''),
      `Teachers to be trained first

row       seed 0  seed 1  left
────────  ──────  ──────  ───────
resnet56  –               unknown

ResNet-56 → ResNet-20

row  seed 0  seed 1  left
───  ──────  ──────  ───────
KD   –       –       unknown

0 of 3 runs done, 0 running, 3 to do: how long is known after the first epoch
`,
    );
    assert.equal(existsSync(join(root, 'none')), false);
  });

  test('--together and --keep-weights: every line says whose it is, and a fresh store needs no teacher', () => {
    const place = (name: string): string => join(root, 'together', name);
    const split = (rows: string, runs: string, ...more: readonly string[]): Ended => {
      const args = ['--rows', rows, '--budget', 'smoke', '--threads', '1', '--keep-weights', ...more];
      return iekd(['reproduce', 'split', '--runs', place(runs), '--results', place('results'), ...args]);
    };
    const { code, stderr } = split('teacher,natural,random', 'runs', '--together', '2');
    assert.equal(code, 0, stderr);
    const names = stderr.match(/^fashion-mnist-resnet8-ie-ft-[0-9a-f]{12}-s0(?=: student 1\/1: loss)/gm) ?? [];
    assert.equal(new Set(names).size, 2, stderr);
    assert.match(stderr, /^3 added to .*split\.jsonl\n3 added to .*weights$/m);
    assert.equal(readdirSync(place(join('results', 'weights'))).length, 3);
    const again = split('FT', 'other runs');
    assert.equal(again.stderr.match(/\(\d left\)/g)?.length, 1, again.stderr);
  });

  test('--teacher: the folder of a run, or a file, teaches in place of one that the table trains', () => {
    const [folder = ''] = readdirSync(join(root, 'runs')).filter((name) => name.includes('resnet14-supervised'));
    const by = ['--teacher', `resnet14=${join(root, 'runs', folder)}`, '--rows', 'teacher,alone,IE-FT'];
    const status = figure('--status', ...by).stdout.replace(/ +$/gm, '');
    assert.match(status, /^teacher {2}given\nalone {4}done\nIE-FT {4}– /m);
    const { code, stdout, stderr } = train(...by);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^teacher resnet14, given: test \d+\.\d\d %$/m);
    assert.deepEqual(stderr.match(/^.*\(\d left\)$/gm), ['resnet8 by ie-ft from resnet14, seed 0 (1 left)']);
    assert.match(stdout, /^teacher \(given\) {2}1 {2}\d+\.\d\d/m);
    assert.match(stdout, /^The teacher resnet14 is given: a file, not trained here, SHA-256$/m);
    const again = train(...by);
    assert.doesNotMatch(again.stderr, /left\)|given:/);
    assert.equal(again.stdout, stdout);
    const [csv = ''] =
      iekd(['table', 'figure1b', '--budget', 'smoke', ...store, ...by, '--format', 'csv']).stdout.match(/^.*given.*$/m) ?? [];
    assert.match(csv, /^ResNet-14 → ResNet-8,teacher \(given\),1,[\d.]+,/);
  });

  test('--on slurm: job arrays of what is missing, submitted, and queued in --status', () => {
    const slurm = fakeCommands(root, { sbatch: 'echo 7', squeue: "echo '7 0 PENDING (Resources)'" });
    const { code, stdout, stderr } = iekd(
      ['reproduce', 'figure1b', '--budget', 'smoke', '--seeds', '1,', ...store, '--on', 'slurm', '--json'],
      slurm.env,
    );
    assert.equal(code, 0, stderr);
    const { folder, runs, submitted } = JSON.parse(stdout) as { folder: string; runs: number; submitted: string[] };
    assert.deepEqual([runs, submitted], [3, ['7']]);
    assert.match(slurm.told(), /^sbatch --version\nsbatch --parsable --array=0-2 job\.sh 0\n$/);
    const script = readFileSync(join(folder, 'job.sh'), 'utf8');
    const command = / reproduce figure1b --budget smoke --seeds 1, --runs \S+\/runs --results \S+\/results --run "\$RUN" &$/m;
    assert.match(script, command);
    const status = iekd(['reproduce', 'figure1b', '--budget', 'smoke', '--seeds', '1,', ...store, '--status'], slurm.env).stdout;
    assert.match(status, /^alone +queued/m);
    assert.match(status, /^1 of 4 runs done, 0 running, 1 queued, 3 to do: /m);
  });

  test('--on slurm where there is none says what to type there; what sbatch refuses is told in its words', () => {
    const without = iekd(
      ['reproduce', 'figure1b', '--budget', 'smoke', '--seeds', '2', ...store, '--on', 'slurm'],
      fakeCommands(root, { sbatch: 'exit 1' }).env,
    );
    assert.equal(without.code, 0);
    assert.match(without.stderr, /^4 runs in \S+: there is no sbatch here; on a machine of the cluster: bash \S+submit\.sh$/m);
    const refuses = fakeCommands(root, {
      sbatch: '[ "$1" = --version ] && exit 0; echo "sbatch: error: invalid partition" >&2; exit 1',
    });
    const { code, stderr } = iekd(
      ['reproduce', 'figure1b', '--budget', 'smoke', '--seeds', '2', ...store, '--on', 'slurm'],
      refuses.env,
    );
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^iekd: sbatch: expected jobs that it takes, received "sbatch: error: invalid partition"; the scripts are kept: /m,
    );
  });

  test('--on kubernetes writes a Job and applies nothing', () => {
    const { code, stdout, stderr } = figure(
      '--seeds',
      '2',
      '--on',
      'kubernetes',
      '--kubernetes',
      'image=iekd:0.1 claim=store gpus=1',
    );
    assert.equal(code, 0, stderr);
    const { kind, spec } = JSON.parse(readFileSync(stdout.trim(), 'utf8')) as { kind: string; spec: { completions: number } };
    assert.deepEqual([kind, spec.completions], ['Job', 4]);
    assert.match(stderr, /^4 runs in \S+; to begin: kubectl apply -f \S+job\.json$/m);
  });

  test('--run trains one run, --on local the rest by two processes', () => {
    const runs = JSON.parse(figure('--status', '--json', '--seeds', '2').stdout) as { name: string; status: string }[];
    const { name = '' } = runs.find(({ status }) => status === 'missing') ?? {};
    const one = train('--seeds', '2', '--run', name);
    assert.deepEqual([one.code, one.stdout], [0, '1 of 1 runs are complete.\n'], one.stderr);
    const { code, stdout, stderr } = train('--seeds', '2', '--on', 'local', '--jobs', '2');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^7 of 7 runs are complete\.$/m);
    assert.doesNotMatch(stderr, /left\)/, 'the table is all that is to be done here');
  });

  test('without a name: the experiments', () => {
    const { stdout } = iekd(['reproduce']);
    for (const name of ['table1', 'cifar100', 'table4', 'weight', 'figure1b'])
      assert.match(stdout, new RegExp(`^${name} +`, 'm'));
  });

  test('images that are not here are told once, before anything is trained', () => {
    const args = ['reproduce', 'table1', '--precision', 'float32', '--threads', '1', '--runs', join(root, 'none')];
    const { code, stdout, stderr } = iekd(args, { IEKD_CACHE: join(root, 'no-data') });
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^iekd: \S*no-data\S*: expected data_batch_1\.bin, .*received no such file; /m);
    assert.equal(stderr.match(/no such file/g)?.length, 1);
    assert.equal(existsSync(join(root, 'none')), false);
  });

  test('--folder: where they are looked for, and how to get them, in the words of the command line', () => {
    const place = join(root, 'my images');
    const args = [
      'reproduce',
      'table1',
      '--precision',
      'float32',
      '--threads',
      '1',
      '--runs',
      join(root, 'none'),
      '--folder',
      place,
    ];
    const { code, stderr } = iekd(args);
    assert.equal(code, 1);
    assert.ok(stderr.includes(`iekd: ${place}: expected data_batch_1.bin, `), stderr);
    assert.match(stderr, /; add --download, or put cifar-10-binary\.tar\.gz from /);
    assert.doesNotMatch(stderr, /download: true/);
  });
});

describe('what is not there ends with exit code 2 and the names that are', () => {
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['reproduce', 'table9'],
      /^iekd: experiment: expected one of table1, cifar100, .*, figure1b, methods, more-methods, leaderboard, received "table9"(; did you mean "table1"\?)?$/m,
    ],
    [
      ['reproduce', 'table1', '--budget', 'long'],
      /^iekd: --budget: expected one of smoke, short, medium, paper, received "long"$/m,
    ],
    [
      ['reproduce', 'table1', '--rows', 'KD,kd'],
      /^iekd: --rows: did you mean "KD"\? expected labels among teacher, alone, KD, .*, received "kd"$/m,
    ],
    [['reproduce', 'figure1b', '--run', 'x'], /^iekd: --run: expected the name of a run of these rows and seeds, received "x"$/m],
    [['reproduce', 'figure1b', '--on', 'mars'], /Allowed choices are local, slurm, kubernetes/],
    [['reproduce', 'figure1b', '--on', 'kubernetes'], /^iekd: --kubernetes: expected at least image=NAME and claim=NAME/m],
    [
      ['reproduce', 'figure1b', '--on', 'kubernetes', '--kubernetes', 'image=a claim=b gpu=1'],
      /^iekd: --kubernetes: expected settings among image, claim, mount, namespace, parallel, cpus, memory, gpus, received "gpu"$/m,
    ],
    [['reproduce', 'figure1b', '--on', 'slurm', '--slurm', '-p gpu'], /^iekd: --slurm: expected options as --partition=NAME/m],
    [['reproduce', 'table1', '--groups', '5'], /^iekd: --groups: expected numbers from 1 to 4, received "5"$/m],
    [['reproduce', 'table1', '--groups', 'x'], /^iekd: --groups: expected numbers from 1 to 4, received "x"$/m],
    [['reproduce', 'table1', '--seeds', '0'], /--seeds <n>.*expected how many \(3\), or which \(0,2\)\./],
    [['reproduce', 'table1', '--precision', 'float16'], /Allowed choices are float32, bfloat16/],
    [
      ['reproduce', 'table1', '--teacher', 'resnet57=a.th'],
      /^iekd: --teacher: expected files of the teachers of table1, resnet56, wrn-40-1, wrn-16-2, wrn-46-4, received "resnet57"$/m,
    ],
    [
      ['reproduce', 'table1', '--teacher', 'resnet56=/none.th'],
      /^iekd: \/none\.th: expected a file of weights, received no such file /m,
    ],
    [['reproduce', 'table1', '--teacher', 'resnet56'], /--teacher <network=file>.*expected NAME=FILE\./],
    [['reproduce', 'table1', '--row', 'KD'], /unknown option '--row'/],
  ];
  for (const [args, message] of refused) {
    test(args.join(' '), () => {
      const { code, stdout, stderr } = iekd(args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }
});
