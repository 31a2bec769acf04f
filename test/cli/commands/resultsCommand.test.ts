/** `iekd results check`: what is wrong, with exit code 1; set aside with --repair. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { iekd } from '../command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-results-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'ratio.jsonl');
copyFileSync(resolve(__dirname, '..', '..', '..', 'data', 'results', 'ratio.jsonl'), path);
/** Those of that file are older than hashes. */
const UNHASHED = `3 of them without a SHA-256 of their own (logs, the bench, older records and
weights): what was changed there within its range is not seen
`;
const whole = readFileSync(path, 'utf8');

test('files that are whole', () => {
  assert.deepEqual(iekd(['results', 'check', folder]), {
    code: 0,
    stdout: `1 file, 3 entries: all as they should be\n${UNHASHED}`,
    stderr: '',
  });
});

test('a line that was cut short, then set aside', () => {
  writeFileSync(path, `${whole}{"hash":"01`);
  const problem = `${path}: line 4, column 12: expected JSON, here " at the end of the string, received the end of the text`;
  const found = iekd(['results', 'check', folder]);
  assert.deepEqual(
    [found.code, found.stdout],
    [1, `${problem}\n1 file, 4 entries: 3 as they should be, 1 not; --repair sets bad lines and reports aside\n${UNHASHED}`],
  );
  const { code, stdout } = iekd(['results', 'check', folder, '--repair']);
  assert.deepEqual(
    [code, stdout],
    [0, `${problem}\nset aside: 1 line, into ${path}.bad\n1 file, 4 entries: 3 as they should be, 1 not\n${UNHASHED}`],
  );
  assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(`${path}.bad`, 'utf8')], [whole, '{"hash":"01']);
});

test('what is left is said as it is: lines, reports, weights', () => {
  const own = mkdtempSync(join(folder, 'left-'));
  const name = (file: string): string => join(own, file);
  const cut = 'writing or copying it was cut short: use a copy, or write it again';
  const weights = `${name('w.safetensors')}: expected a file of weights (safetensors), received an empty file; ${cut}`;
  const check = (...flags: string[]): readonly [number | null, readonly string[]] => {
    const { code, stdout } = iekd(['results', 'check', own, ...flags]);
    return [code, stdout.trimEnd().split('\n')];
  };
  writeFileSync(name('w.safetensors'), '');
  const leaves = '1 file, 1 entry: 0 as they should be, 1 not; weights are left as they are';
  assert.deepEqual(check(), [1, [weights, leaves]]);
  assert.deepEqual(check('--repair'), [1, [weights, leaves]]);
  writeFileSync(name('result.json'), '{}');
  const [, [first, second, last]] = check();
  assert.deepEqual([first?.startsWith(`${name('result.json')}: `), second], [true, weights]);
  const both =
    '2 files, 2 entries: 0 as they should be, 2 not; --repair sets bad lines and reports aside, and leaves weights as they are';
  assert.equal(last, both);
  const [code, [, aside, , end]] = check('--repair');
  assert.deepEqual([code, aside], [1, `set aside: the file, into ${name('result.json.bad')}`]);
  assert.equal(end, '2 files, 2 entries: 0 as they should be, 2 not; weights are left as they are');
});

test('a path that is not there', () => {
  const { code, stderr } = iekd(['results', 'check', join(folder, 'none'), '--json']);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /none: expected a file or folder of results, received no such file or folder \(ENOENT\); look at the path again\n$/,
  );
});
