/** Job arrays of Slurm: which tasks wait for which, what the script does with signals, what is refused, what squeue's words mean. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeJob } from 'iekd/dist/experiments/cluster/jobFolder';
import { shellWords } from 'iekd/dist/experiments/cluster/shellWords';
import { checkSlurmOptions, parseSlurmOptions, slurmLines } from 'iekd/dist/experiments/cluster/slurmOptions';
import { slurmQueue } from 'iekd/dist/experiments/cluster/slurmQueue';
import { slurmScripts } from 'iekd/dist/experiments/cluster/slurmScripts';
import { taskGroups } from 'iekd/dist/experiments/cluster/taskGroups';
import { planName, type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { fakeCommands } from '../../fixtures/fakeCommands';
import { STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-slurm-'));
after(() => rmSync(root, { recursive: true }));

const ALONE = withSeed(TEACHER, 1);
const OTHER: RunPlan = { ...STUDENT, teacher: ALONE };
const GRANDCHILD: RunPlan = { ...STUDENT, teacher: STUDENT };
const TWO: RunPlan = { ...STUDENT, method: { name: 'dml' }, teacher: [TEACHER, ALONE] };
const job = (plans: readonly RunPlan[]) => ({ name: 'table1', plans, command: ['iekd', 'reproduce', 'table1'], directory: root });

describe('taskGroups', () => {
  const names = new Map(
    [
      [TEACHER, 'T'],
      [ALONE, 'A'],
      [STUDENT, 'S'],
      [OTHER, 'O'],
      [GRANDCHILD, 'G'],
      [TWO, '2'],
    ].map(([plan, name]) => [planName(plan as RunPlan), name as string]),
  );
  const cases: readonly (readonly [string, readonly RunPlan[], number, string])[] = [
    ['runs without teachers wait for nobody', [TEACHER, ALONE], 9, '0:TA<'],
    ['students wait for their own teacher', [TEACHER, STUDENT, ALONE, OTHER], 9, '0:TA< 2:S<0 3:O<1'],
    ['a teacher that is trained already is not waited for', [STUDENT, ALONE, OTHER], 9, '0:SA< 2:O<1'],
    ['teachers of teachers come first', [TEACHER, STUDENT, GRANDCHILD, ALONE], 9, '0:TA< 2:S<0 3:G<2'],
    ['one that has two waits for both', [TEACHER, ALONE, TWO], 9, '0:TA< 2:2<0,1'],
    ['what is more than an array holds is several', [TEACHER, ALONE, STUDENT], 1, '0:T< 1:A< 2:S<0'],
  ];
  for (const [name, plans, most, expected] of cases) {
    test(name, () => {
      const told = taskGroups(plans, most).map(
        ({ first, tasks, after }) => `${first}:${tasks.map((plan) => names.get(planName(plan))).join('')}<${after}`,
      );
      assert.equal(told.join(' '), expected);
    });
  }
});

describe('submit.sh', () => {
  test('hands arrays to sbatch, each after the teachers of its runs, and notes them', async () => {
    const folder = writeJob(
      join(root, 'submitted'),
      job([TEACHER, STUDENT, ALONE, OTHER, TWO]),
      slurmScripts(job([TEACHER, STUDENT, ALONE, OTHER, TWO])),
    );
    const { env, told } = fakeCommands(root, { sbatch: `echo "10$(wc -l < "$(dirname "$0")/notes");cluster"` });
    const [code] = await once(
      spawn('bash', [join(folder, 'submit.sh')], { env, stdio: ['ignore', 'ignore', 'inherit'] }),
      'close',
    );
    assert.equal(code, 0);
    const own = '--kill-on-invalid-dep=yes job.sh';
    assert.equal(
      told(),
      `sbatch --parsable --array=0-1 job.sh 0
sbatch --parsable --array=0-0 --dependency=afterok:101_0 ${own} 2
sbatch --parsable --array=0-0 --dependency=afterok:101_1 ${own} 3
sbatch --parsable --array=0-0 --dependency=afterok:101_0:101_1 ${own} 4
`,
    );
    assert.equal(readFileSync(join(folder, 'submitted'), 'utf8'), '101 0\n102 2\n103 3\n104 4\n');
    const queue = slurmQueue(
      join(root, 'submitted'),
      () => '101 0 RUNNING n1\n101 1 COMPLETING n2\n 103 0 PENDING (Dependency)\n999 0 RUNNING n3\nnonsense\n',
    );
    assert.deepEqual(Object.fromEntries(queue), {
      [planName(TEACHER)]: { task: '101_0', state: 'RUNNING', where: 'n1' },
      [planName(ALONE)]: { task: '101_1', state: 'COMPLETING', where: 'n2' },
      [planName(OTHER)]: { task: '103_0', state: 'PENDING', where: '(Dependency)' },
    });
  });

  test('a line that a killed submit.sh has cut is passed over', () => {
    const folder = writeJob(join(root, 'cut'), job([TEACHER, STUDENT]), {});
    appendFileSync(join(folder, 'submitted'), '7 0\n8');
    assert.deepEqual([...slurmQueue(join(root, 'cut'), () => '7 1 RUNNING n1').keys()], [planName(STUDENT)]);
    assert.equal(slurmQueue(join(root, 'none'), () => assert.fail('asked')).size, 0);
  });
});

describe('job.sh', () => {
  /** Runs a task whose program is a script; sends a signal once it has begun. */
  async function task(
    program: string,
    state: string,
    signal?: NodeJS.Signals,
  ): Promise<{ code: number; out: string; told: string }> {
    const begun = join(mkdtempSync(join(root, 'task-')), 'begun');
    const plans = [TEACHER, ALONE];
    const script = slurmScripts({
      ...job(plans),
      command: ['bash', '-c', `${program.replace('BEGUN', `touch '${begun}'`)}`, 'iekd'],
    })['job.sh'];
    const { env, told } = fakeCommands(root, { squeue: `echo ${state}`, scontrol: '' });
    const where = { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_JOB_ID: '7' };
    const child = spawn('bash', ['-s', '0'], { env: { ...env, ...where }, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(script);
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    if (signal) {
      while (!existsSync(begun)) await sleep(5);
      child.kill(signal);
    }
    const [code] = (await once(child, 'close')) as [number];
    return { code, out, told: told() };
  }
  const SAVES = `trap 'echo saved; exit 143' TERM; BEGUN; while true; do sleep 0.05; done`;

  test('runs the run of its number, and ends as it does', async () => {
    assert.deepEqual(await task('echo "$@"; exit 3', 'RUNNING'), { code: 3, out: `--run ${planName(ALONE)}\n`, told: '' });
  });

  test('whose time is up lets its run save, and is queued again', async () => {
    const told = 'squeue --noheader --jobs=7_1 --format=%T\nscontrol requeue 7_1\n';
    assert.deepEqual(await task(SAVES, 'RUNNING', 'SIGTERM'), { code: 143, out: 'saved\n', told });
  });

  test('that was cancelled, or preempted by Slurm itself, saves and stays so', async () => {
    assert.deepEqual(await task(SAVES, 'CANCELLED', 'SIGTERM'), {
      code: 143,
      out: 'saved\n',
      told: 'squeue --noheader --jobs=7_1 --format=%T\n',
    });
  });

  test('begins with what sbatch reads, the user’s options among it', () => {
    const head = slurmScripts(job([TEACHER]), { partition: 'gpu', exclusive: true })
      ['job.sh'].split('\n')
      .slice(0, 8);
    assert.deepEqual(head, [
      ...['#!/usr/bin/env bash', '#SBATCH --job-name=iekd-table1', '#SBATCH --output=%A_%a.log', '#SBATCH --open-mode=append'],
      ...['#SBATCH --requeue', '#SBATCH --signal=B:TERM@120', '#SBATCH --partition=gpu', '#SBATCH --exclusive'],
    ]);
  });
});

describe('options of sbatch', () => {
  test('are lines of the script', () => {
    const typed = parseSlurmOptions('--partition=gpu  --time=1-4:00:00 --gres=gpu:h100:1 --exclusive');
    assert.deepEqual(typed, { partition: 'gpu', time: '1-4:00:00', gres: 'gpu:h100:1', exclusive: true });
    assert.equal(
      slurmLines(typed).join(' '),
      '#SBATCH --partition=gpu #SBATCH --time=1-4:00:00 #SBATCH --gres=gpu:h100:1 #SBATCH --exclusive',
    );
    assert.deepEqual(parseSlurmOptions(''), {});
  });

  for (const [text, message] of [
    ['-p gpu', /^slurm: expected options as --partition=NAME --time=HOURS:00:00, received "-p"/],
    ['--mem=1;rm', /^slurm: mem: expected a value without spaces, quotes and other signs of a shell, received "1;rm"/],
    ['--comment=$(id)', /^slurm: comment: expected a value without spaces/],
    ['--Partition=x', /^slurm: expected names of long options of sbatch, as partition, received "Partition"/],
    ['--array=1-9', /^slurm: expected none of those that the script sets itself \(array, chdir, .*\), received "array"/],
    ['--requeue', /^slurm: expected none of those that the script sets itself/],
  ] as const) {
    test(`refuses ${text}`, () => assert.throws(() => parseSlurmOptions(text), { name: 'InputError', message }));
  }

  test('refuses values of code that are no text and no number', () => {
    assert.throws(() => checkSlurmOptions({ time: 'a\nb' }), /^InputError: slurm: time: expected a value/);
    assert.throws(() => checkSlurmOptions({ time: Number.NaN }), /^InputError: slurm: time: expected a value/);
    assert.throws(() => checkSlurmOptions(['--time']), /^InputError: slurm: expected options by name/);
  });
});

test('words of a shell are what they were, whatever is in them', async () => {
  const texts = ['plain', '', 'two words', "it's", '$(id)', '`id`', '"', '\\', '*', '~', '!', 'ä', '-n', '#x'];
  const child = spawn('sh', ['-c', `printf '%s\\n' ${shellWords(texts)}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await once(child, 'close');
  assert.deepEqual(out.split('\n').slice(0, -1), texts);
  assert.throws(() => shellWords(['a\nb']), /expected a text without control characters/);
});

test('a folder of a job is a new one, also for two of one second', () => {
  const place = join(root, 'two');
  mkdirSync(place);
  assert.notEqual(writeJob(place, job([TEACHER]), {}), writeJob(place, job([TEACHER]), {}));
});
