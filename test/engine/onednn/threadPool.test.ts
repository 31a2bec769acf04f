/** The addon's pool of threads by itself, under ThreadSanitizer where the compiler has it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, it } from 'node:test';

const ROOT = resolve(__dirname, '../../..');
const SOURCES = join(ROOT, 'lib/engine/onednn/native/src');
const folder = mkdtempSync(join(tmpdir(), 'iekd-pool-'));
after(() => rmSync(folder, { recursive: true }));

it('does every piece once, and orders what pieces write before what the caller reads', async (t) => {
  const program = join(folder, 'threadPool');
  const compile = (...more: readonly string[]) =>
    spawnSync(
      process.env['CXX'] ?? 'g++',
      [
        '-std=c++17',
        '-O1',
        '-g',
        '-pthread',
        '-Wno-psabi',
        ...more,
        `-I${SOURCES}`,
        join(__dirname, 'threadPool.cc'),
        '-o',
        program,
      ],
      { encoding: 'utf8' },
    );
  const sanitized = compile('-fsanitize=thread');
  if (sanitized.status !== 0) {
    const plain = compile();
    if (plain.error) return t.skip('no C++ compiler');
    assert.equal(plain.status, 0, plain.stderr);
  }
  const { status, stdout, stderr } = spawnSync(program, {
    encoding: 'utf8',
    env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' },
  });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.equal(stdout, '5000250003\n');
});
