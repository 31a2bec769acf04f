/** What stands around a result: lines that fit, colours, closed pipes, full disks. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createProgram } from 'iekd/dist/cli/main';
import { ENTRY, iekd } from '../command';

describe('what is beside the result', () => {
  test('every listing fits 80 characters, and more where there are', () => {
    for (const command of ['models', 'methods', 'reproduce']) {
      const [usual, narrow] = [iekd([command]), iekd([command], { COLUMNS: '50' })].map(({ stdout }) => stdout.split('\n'));
      for (const line of usual ?? []) assert.ok(line.length <= 80, line);
      for (const line of narrow ?? []) assert.ok(line.length <= 50, line);
    }
  });
  test('help of every command fits, too', () => {
    const commands = createProgram().commands.flatMap((command) => [
      [command.name(), '--help'],
      ...command.commands.map((below) => [command.name(), below.name(), '--help']),
    ]);
    for (const args of [['--help'], ...commands]) {
      for (const line of iekd(args, { COLUMNS: '80' }).stdout.split('\n')) assert.ok(line.length <= 80, line);
    }
  });
  test('colours where they are asked for', () => {
    const shown = (args: readonly string[], env = {}): string => {
      const { stdout, stderr } = iekd(args, env);
      return (stdout + stderr).replaceAll(String.fromCharCode(27), '^');
    };
    assert.ok(!shown(['models']).includes('^'));
    assert.ok(shown(['models'], { FORCE_COLOR: '1' }).includes('\n^[1mmodel '));
    assert.ok(shown(['table', 'x'], { FORCE_COLOR: '1' }).startsWith('^[31miekd:^[39m experiment: '));
    assert.ok(!shown(['models'], { FORCE_COLOR: '1', NO_COLOR: '1' }).includes('^'));
  });
  test('a reader who closes the pipe is no error', { skip: process.platform === 'win32' && 'no sh' }, () => {
    const line = `for i in 1 2 3; do "$0" "$1" models --json; done | head -1; "$0" "$1" train --model x 2>&1 | head -0`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath, ENTRY], { encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, '[\n', '']);
  });
  test('a full disk is told', { skip: !existsSync('/dev/full') && 'no /dev/full' }, () => {
    const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" models > /dev/full', process.execPath, ENTRY], {
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /^iekd: what was to be shown could not be written \(ENOSPC: no space left on device, write\)\n$/);
  });
});
