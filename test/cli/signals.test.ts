/** Commands that are told to end: SIGTERM and SIGHUP leave a checkpoint and a sentence how to go on, also where nobody reads it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ENTRY, iekd } from './command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-signals-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ['--train-images', '60', '--test-images', '20', '--batch', '20', '--model', 'resnet8', '--threads', '1'];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal to the end. */
  readonly seconds: number;
}

/** Runs a command and does something once it has written `when` to stderr. */
function until(
  args: readonly string[],
  when: RegExp,
  act: (child: ChildProcess) => void,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let [stdout, stderr, begin] = ['', '', 0];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    if (begin > 0 || !when.test(stderr)) return;
    begin = performance.now();
    act(child);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, seconds: (performance.now() - begin) / 1000 }));
  });
}

const skip = process.platform === 'win32' && 'no signals';

describe('iekd train', { skip }, () => {
  for (const [signal, code, reason] of [
    ['SIGTERM', 143, 'ended by SIGTERM'],
    ['SIGHUP', 129, 'its terminal was closed (SIGHUP)'],
  ] as const) {
    test(`${signal} leaves a checkpoint within five seconds, says how to go on, and exits with ${code}`, async () => {
      const out = join(folder, signal);
      const run = ['train', ...SMALL, '--epochs', '400', '--out', out];
      const ended = await until(run, /student 2\/400/, (child) => child.kill(signal));
      assert.deepEqual([ended.code, ended.signal], [code, null], ended.stderr);
      assert.ok(ended.seconds < 5, `${ended.seconds} s`);
      const [, step] = /^stopped after step (\d+): (.*); checkpoint (.*)$/m.exec(ended.stderr) ?? assert.fail(ended.stderr);
      assert.ok(
        ended.stderr.includes(`stopped after step ${step}: ${reason}; checkpoint ${join(out, 'checkpoint.safetensors')}\n`),
      );
      assert.ok(ended.stderr.endsWith(`to go on: npx iekd resume ${out}\n`), ended.stderr);
      assert.equal(ended.stdout.trimEnd().split('\n').at(-1), `stopped; checkpoint in ${out}`);
      const resumed = await until(['resume', out], /going on after step/, (child) => child.kill(signal));
      assert.match(resumed.stderr, new RegExp(`going on after step ${step}$`, 'm'));
      assert.deepEqual([resumed.code, existsSync(join(out, '.owner'))], [code, false], 'resume likewise');
    });
  }

  test('while an encoder is fitted', async () => {
    const teacher = join(folder, 'teacher');
    assert.equal(iekd(['train', ...SMALL, '--epochs', '1', '--out', teacher]).code, 0);
    const method = ['--method', 'ie-ft', '--teacher', teacher, '--set', 'fit={"epochs":400}'];
    const run = ['train', ...SMALL, ...method, '--epochs', '1', '--out', join(folder, 'fitting')];
    const { code, stderr } = await until(run, /factor encoder 1\/400/, (child) => child.kill('SIGTERM'));
    assert.equal(code, 143, stderr);
    assert.match(stderr, /^stopped after step \d+: ended by SIGTERM; checkpoint /m);
  });

  test('without anybody who reads what it says, it goes on, and leaves its checkpoint when it is told to end', async () => {
    const out = join(folder, 'unread');
    const log = join(out, 'metrics.jsonl');
    const epochs = (): number => readFileSync(log, 'utf8').split('"kind":"epoch"').length - 1;
    const run = ['train', ...SMALL, '--epochs', '400', '--out', out];
    let seen = 0;
    const ended = await until(run, /student 1\/400/, (child) => {
      child.stdout?.destroy();
      child.stderr?.destroy();
      seen = epochs();
      const timer = setInterval(() => {
        if (epochs() < seen + 3) return;
        clearInterval(timer);
        child.kill('SIGHUP');
      }, 20);
    });
    assert.deepEqual([ended.code, ended.signal], [129, null]);
    const resumed = await until(['resume', out], /going on after step/, (child) => child.kill('SIGTERM'));
    const step = Number(/going on after step (\d+)/.exec(resumed.stderr)?.[1]);
    assert.ok(step >= 3 * (seen + 3), `${step} steps of ${seen} epochs and three more`);
  });

  test('a second process in its folder is refused with who holds it, whichever way it comes', async () => {
    const out = join(folder, 'two');
    let others: { readonly code: number | null; readonly stderr: string }[] = [];
    let pid: number | undefined;
    await until(['train', ...SMALL, '--epochs', '400', '--out', out], /student 1\/400/, (child) => {
      pid = child.pid;
      others = [iekd(['resume', out]), iekd(['train', ...SMALL, '--epochs', '2', '--out', out])];
      child.kill('SIGTERM');
    });
    for (const { code, stderr } of others) {
      assert.equal(code, 1);
      const who = `one held by process ${pid} on \\S+ since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z`;
      assert.match(
        stderr,
        new RegExp(`^iekd: ${out}: expected a run that no process is training, received ${who}; wait for it or stop it\n$`),
      );
    }
  });
});

test('iekd reproduce: SIGTERM stops the run with a checkpoint; the same command goes on', { skip }, async () => {
  const env = { IEKD_RUNS: join(folder, 'runs') };
  const command = ['reproduce', 'figure1b', '--budget', 'smoke', '--threads', '1'];
  const { code, stderr } = await until(
    command,
    /First|student 1\/|[\d,]+ parameters\) by/,
    (child) => child.kill('SIGTERM'),
    env,
  );
  assert.equal(code, 143, stderr);
  assert.match(
    stderr,
    /^stopped after step \d+: ended by SIGTERM; checkpoint .*\nstopped: ended by SIGTERM; to go on: the same command\n$/m,
  );
});

describe('as soon as the engine is there', { skip }, () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['train', [...SMALL, '--epochs', '400', '--out', join(folder, 'soon')]],
    ['reproduce', ['figure1b', '--budget', 'smoke', '--threads', '1', '--runs', join(folder, 'soonRuns')]],
  ];
  for (const [command, args] of rows) {
    test(`iekd ${command}: SIGTERM is named, and the next step`, async () => {
      const ended = await until([command, ...args], /^Engine /m, (child) => child.kill('SIGTERM'));
      assert.deepEqual([ended.code, ended.signal], [143, null], ended.stderr);
      assert.match(ended.stderr, /ended by SIGTERM/);
      assert.match(ended.stderr, /(?:to go on: .*|the same command begins again)\n$/);
    });
  }
});

test('iekd bench: SIGTERM ends it at once, with what it has started, and says that nothing was kept', { skip }, async () => {
  const command = [
    'bench',
    '--work',
    'supervised',
    '--memory',
    '--steps',
    '1000',
    '--rounds',
    '1',
    '--depth',
    '8',
    '--batch',
    '8',
    '--threads',
    '1',
    '--no-peer',
  ];
  const { code, stderr, stdout, seconds } = await until(command, /round 1 of 1/, (child) => child.kill('SIGTERM'));
  assert.deepEqual([code, stdout], [143, ''], stderr);
  assert.ok(seconds < 20, `${seconds} s: a step, and not the thousand`);
  assert.match(stderr, /^iekd: bench: stopped before its end \(ended by SIGTERM\); nothing was kept$/m);
});
