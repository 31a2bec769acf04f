/** `iekd golden`: the report of a committed file, and exit 1 for one whose values are wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { decodeSafetensors, encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { iekd } from '../command';

const FILE = resolve(__dirname, '..', '..', 'golden', 'resnet8b-seed10.safetensors');
const folder = mkdtempSync(join(tmpdir(), 'iekd-golden-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  readonly passed: boolean;
  readonly groups: readonly { readonly name: string; readonly passed: boolean; readonly worst: { readonly tensor: string } }[];
}

test('a golden file passes, group by group', () => {
  const { code, stdout, stderr } = iekd(['golden', FILE]);
  assert.equal(code, 0, stdout + stderr);
  for (const group of ['forward', 'gradients', 'losses', 'IE-FT trajectory'])
    assert.match(stdout, new RegExp(`^${group} +\\d`, 'm'));
  const missing = ['KD', 'FT', ...['alternate', 'simultaneous'].flatMap((way) => [`DML ${way}`, `IE-DML ${way}`])];
  const groups = missing.flatMap((name) => [`${name} trajectory`, `${name} weights`]).join(', ');
  const unread = 'needed by nothing in it: 24 tensors (init.enc_inh.decode.2.running_mean, …)';
  assert.ok(stdout.endsWith(`\nnot covered by this file: ${groups}\n${unread}\nall within the tolerance\n`), stdout);
});

test('one wrong value fails its group and names the tensor', () => {
  const { tensors, metadata } = decodeSafetensors(readFileSync(FILE), FILE);
  const logits = tensors['train.logits'];
  assert.ok(logits && logits.data instanceof Float32Array);
  const data = logits.data.slice();
  data[3] = (data[3] ?? 0) + 0.01;
  const path = join(folder, 'wrong.safetensors');
  writeFileSync(path, encodeSafetensors({ ...tensors, 'train.logits': { ...logits, data } }, metadata));
  const { code, stdout } = iekd(['golden', path, '--json']);
  assert.equal(code, 1);
  const { passed, groups } = JSON.parse(stdout) as Report;
  assert.equal(passed, false);
  assert.deepEqual(
    groups.filter((group) => !group.passed).map(({ name, worst }) => [name, worst.tensor]),
    [['forward', 'train.logits']],
  );
});
