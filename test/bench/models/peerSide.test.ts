/** PyTorch's rounds, with a stand-in for Python: who is asked in which order, what hangs or fails, and a twin that is another network. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { benchProcess, SilentProcess } from 'iekd/dist/bench/models/benchProcess';
import { limitMs, peerModel } from 'iekd/dist/bench/models/peerModel';
import { peerMemory, peerSide } from 'iekd/dist/bench/models/peerSide';
import type { Peer } from 'iekd/dist/bench/pytorch';

const folder = mkdtempSync(join(tmpdir(), 'iekd-twin-'));
after(() => rmSync(folder, { recursive: true }));

/** Waits until a process is gone. */
async function ended(pid: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`process ${pid} still runs`);
}

/** A Python that is Node: greets, then answers each line by `answer(question)`. */
function standIn(name: string, answer: string, greeting = '{ parameters: 10, multiply_adds: 20 }'): Peer {
  const python = join(folder, name);
  const code = `const answer = ${answer};
    console.log(JSON.stringify(${greeting}));
    require('node:readline').createInterface({ input: process.stdin })
      .on('line', (line) => { const value = answer(JSON.parse(line)); if (value) console.log(JSON.stringify(value)); });`;
  writeFileSync(python, `#!${process.execPath}\n${code}`);
  chmodSync(python, 0o755);
  return { python, version: 'PyTorch 9' };
}

const PLAN = {
  spec: { name: 'resnet20', input: [32, 32, 3], classes: 10 } as const,
  ...{ batch: 8, threads: 1, parameters: 10, multiplyAdds: 20, steps: 2, compile: false },
};
const SECONDS =
  "(q) => ({ seconds: [{ default: 4, channels_last: 2, 'channels_last+bf16': 1 }[q.layout] / (q.compiled ? 2 : 1)] })";

async function rounds(peer: Peer, plan = PLAN) {
  const told: string[] = [];
  const side = peerSide(peer, plan);
  try {
    for (const round of [1, 2]) {
      await side.round(round, {
        ourSeconds: 0,
        told: (_, what) => told.push(what.slice('PyTorch 9 '.length)),
        watched: (work) => work(),
      });
    }
  } finally {
    side.end();
  }
  return { told, theirs: side.theirs, failures: side.failures };
}

describe('a stand-in', { skip: process.platform === 'win32' && 'no #!' }, () => {
  test('layouts in turn, the other way round in every other round', async () => {
    const { told, theirs, failures } = await rounds(standIn('plain', SECONDS));
    const order = ['default', 'channels_last', 'channels_last+bf16'];
    assert.deepEqual(told, [...order, ...[...order].reverse()]);
    assert.deepEqual(theirs, { default: [2, 2], channels_last: [4, 4], 'channels_last+bf16': [8, 8] });
    assert.deepEqual(failures, {});
  });

  test('compiled layouts where they are asked for', async () => {
    const { theirs } = await rounds(standIn('compiled', SECONDS), { ...PLAN, compile: true });
    assert.equal(Object.keys(theirs).length, 6);
    assert.deepEqual(theirs['channels_last compiled'], [8, 8]);
  });

  test('a layout that fails is told, and left out of later rounds; others go on', async () => {
    const answer = "(q) => (q.layout === 'default' ? { failed: 'CppCompileError: no g++' } : { seconds: [2] })";
    const { told, theirs, failures } = await rounds(standIn('failing', answer));
    assert.equal(told.filter((what) => what === 'default').length, 1);
    assert.deepEqual(Object.keys(theirs), ['channels_last', 'channels_last+bf16']);
    assert.deepEqual(failures, {
      default: 'bench: PyTorch 9: expected seconds of steps, received CppCompileError: no g++',
    });
  });

  test('one that crashes is started again for the other layouts', async () => {
    const answer = "(q) => (q.layout === 'channels_last' ? process.exit(7) : { seconds: [2] })";
    const { theirs, failures } = await rounds(standIn('crashing', answer));
    assert.deepEqual(Object.keys(theirs), ['default', 'channels_last+bf16']);
    assert.deepEqual(failures, { channels_last: 'bench: PyTorch 9: expected an answer, received its end with exit code 7' });
  });

  test('one that does not begin has no layout', async () => {
    const { told, theirs, failures } = await rounds({ python: join(folder, 'none'), version: 'PyTorch 9' });
    assert.deepEqual([told, theirs, Object.keys(failures).length], [[], {}, 3]);
  });

  test('another network is refused', async () => {
    const other = standIn('other', SECONDS, '{ parameters: 11, multiply_adds: 20 }');
    const message = 'bench: resnet20: its twin: expected 10 parameters and 20 multiply-adds, received 11 and 20';
    await assert.rejects(rounds(other), { name: 'InputError', message });
    await assert.rejects(peerModel(other, PLAN), { message });
  });

  test('memory of one layout, by its name', async () => {
    const answer = '(q) => (q.memory ? { peakMemoryMb: 321 } : { seconds: [1] })';
    assert.equal(await peerMemory(standIn('memory', answer), PLAN, 'channels_last'), 321);
  });

  test('one that hangs ends after the stated time', async () => {
    const { python } = standIn('hanging', '() => undefined');
    const program = benchProcess('bench: PyTorch 9', python, []);
    await program.ask(undefined, 60_000);
    const message = 'bench: PyTorch 9: expected an answer, received none within 1 s';
    await assert.rejects(
      program.ask({ layout: 'default' }, 600),
      (error) => error instanceof SilentProcess && error.message === message,
    );
    await ended(program.pid as number);
  });
});

test('a round may take a minute and twenty times ours, ten minutes more for a compiler', () => {
  assert.equal(limitMs({ layout: 'default', compiled: false }, 3), 120_000);
  assert.equal(limitMs({ layout: 'default', compiled: true }, 3), 720_000);
});

test('what a program says before it ends is told, and what is no JSON', async () => {
  const ended = benchProcess('p', process.execPath, ['-e', 'console.error("one"); console.error("no torch"); process.exit(1)']);
  await assert.rejects(ended.ask(undefined, 60_000), {
    message: 'p: expected an answer, received its end with exit code 1: no torch',
  });
  const garbage = benchProcess('p', process.execPath, ['-e', 'console.log("hello")']);
  await assert.rejects(garbage.ask(undefined, 60_000), { message: 'p: expected an answer, received "hello"' });
  garbage.end();
});
