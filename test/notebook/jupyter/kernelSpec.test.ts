/** Kernel descriptions, and the folder that Jupyter is pointed to. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { JUPYTER_FOLDER, kernelSpec } from 'iekd/dist/notebook/jupyter/kernelSpec';
import { ROOT } from '../cells';

describe('kernel descriptions', () => {
  it('the project’s own starts its launcher from where it lies', () => {
    assert.equal(JUPYTER_FOLDER, join(ROOT, 'lib/kernel/jupyter'));
    const launcher = join(JUPYTER_FOLDER, 'kernels/tslab/launch.cjs');
    assert.ok(existsSync(launcher));
    const argv = ['node', launcher, '{connection_file}'];
    assert.deepEqual(kernelSpec(), { name: 'tslab', argv, env: {}, language: 'typescript' });
  });

  it('are refused when they are not what they should be', () => {
    const folder = mkdtempSync(join(tmpdir(), 'iekd-spec-'));
    const write = (name: string, text: string): void => {
      mkdirSync(join(folder, 'kernels', name), { recursive: true });
      writeFileSync(join(folder, 'kernels', name, 'kernel.json'), text);
    };
    const path = (name: string): string => join(folder, 'kernels', name, 'kernel.json');
    try {
      write('good', '{"argv":["a","{resource_dir}/b","{connection_file}"],"env":{"A":"1","B":2}}');
      const argv = ['a', `${join(folder, 'kernels/good')}/b`, '{connection_file}'];
      assert.deepEqual(kernelSpec('good', folder), { name: 'good', argv, env: { A: '1' } });
      write('text', '{');
      write('empty', '{}');
      write('deaf', '{"argv":["node","x"]}');
      assert.throws(
        () => kernelSpec('text', folder),
        /^InputError: .*text\/kernel\.json: line 1, column 2: expected JSON, here a key in double quotes, received the end of the text$/,
      );
      assert.throws(
        () => kernelSpec('absent', folder),
        /kernel\.json: expected a kernel's description, received no such file or folder \(ENOENT\)/,
      );
      assert.throws(() => kernelSpec('empty', folder), {
        message: `kernelSpec: ${path('empty')}: expected argv with {connection_file}, received undefined`,
      });
      assert.throws(() => kernelSpec('deaf', folder), {
        message: `kernelSpec: ${path('deaf')}: expected argv with {connection_file}, received ["node","x"]`,
      });
      const name = 'kernelSpec: expected a name of letters, digits, dots, dashes and underscores, received "../x"';
      assert.throws(() => kernelSpec('../x', folder), { message: name });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
