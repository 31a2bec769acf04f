/** Networks out of the command line: files beside the weights, compared, and options that do not fit refused. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildNetwork, random, saveWeights, start } from 'iekd';
import { classFolder } from '../../../fixtures/pictureFolders';
import { iekd } from '../../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-export-'));
after(() => rmSync(root, { recursive: true }));
const weights = join(root, 'resnet8.safetensors');
const ENGINE = ['--engine', 'portable'];

before(async () => {
  await start({ engine: 'portable' });
  const network = buildNetwork({ name: 'resnet8', input: [8, 8, 3] }, random(0));
  saveWeights(weights, network);
  network.dispose();
});

test('onnx and torch lie beside the weights', () => {
  for (const [to, file] of [
    ['onnx', 'resnet8.onnx'],
    ['torch', 'resnet8-torch.safetensors'],
  ] as const) {
    const { code, stdout, stderr } = iekd(['export', weights, '--to', to, ...ENGINE]);
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(file), stdout);
    assert.ok(existsSync(join(root, file)));
  }
});

test('tfjs, compared, as JSON', () => {
  const { code, stdout, stderr } = iekd(['export', weights, '--to', 'tfjs', '--check', '--json', ...ENGINE]);
  assert.equal(code, 0, stderr);
  const { files, differences } = JSON.parse(stdout) as {
    files: unknown[];
    differences: { output: string; difference: number }[];
  };
  assert.equal(files.length, 2);
  assert.deepEqual(
    differences.map(({ output, difference }) => [output, difference < 1e-5]),
    [['logits', true]],
  );
  assert.match(stderr, /Classes and normalisation are not noted/);
});

test('of pictures with fewer test images than are measured by default, classes and normalisation are noted', async () => {
  const network = buildNetwork({ name: 'resnet8', input: [16, 16, 3], classes: 2 }, random(0));
  const own = join(root, 'two.safetensors');
  saveWeights(own, network);
  network.dispose();
  await classFolder(join(root, 'pictures'), ['cat', 'dog'], 5);
  const { code, stderr } = iekd(['export', own, '--to', 'onnx', '--data', `folder:${join(root, 'pictures')}`, ...ENGINE]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /not noted/);
  assert.ok(readFileSync(join(root, 'two.onnx')).includes('["cat","dog"]'));
});

describe('refuses', () => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['--to', 'onnx', '--int8'], 'iekd: export: expected options of --to onnx, received --int8'],
    [['--to', 'tfjs', '--int8', '--float16'], 'iekd: export: expected one of --int8 and --float16, received both'],
  ];
  for (const [args, message] of rows) {
    test(args.join(' '), () => {
      const { code, stderr } = iekd(['export', weights, ...args]);
      assert.deepEqual([code, stderr.trim()], [1, message]);
    });
  }
});
