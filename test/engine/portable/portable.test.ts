/** What the portable engine says of itself, how it treats the process, and what it leaves to the CPU backend. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { portable } from 'iekd/dist/engine/portable';
import { tf } from 'iekd/dist/engine/tf';
import type { StartedEngine } from 'iekd/dist/engine/types';

describe('portable engine', () => {
  let started: StartedEngine;
  const listeners = (): number => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
  const listenersBefore = listeners();
  before(async () => {
    tf.enableProdMode();
    started = await portable.start({ threads: 2 });
  });

  it('can run wherever its package is installed', async () => {
    assert.equal(await portable.unavailable(), undefined);
  });

  it('says honestly that it has one thread', () => {
    const { backend, threads, version } = started;
    assert.deepEqual([backend, threads, version], ['portable', 1, 'tfjs 4.22.0 WebAssembly, SIMD']);
    assert.equal(tf.getBackend(), 'portable');
  });

  it('leaves the process no listener of its loader', () => {
    assert.equal(listeners(), listenersBefore);
  });

  it('writes nothing and lets the process end', () => {
    const script = `require('iekd/dist/engine/start').start({ engine: 'portable' }).then(() => {
      const { tf } = require('iekd/dist/engine/tf');
      tf.tidy(() => tf.conv2d(tf.ones([1, 4, 4, 2]), tf.ones([3, 3, 2, 2]), 1, 'same').dataSync());
    })`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      cwd: __dirname,
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  });

  it('counts what runs on the CPU backend, and forgets it on request', () => {
    started.resetFallbacks();
    tf.tidy(() => {
      const [a, b] = [tf.ones([2, 3]), tf.ones([3, 2])];
      for (let i = 0; i < 3; i++) assert.deepEqual(tf.einsum('ij,jk->ik', a, b).dataSync(), new Float32Array(4).fill(3));
      tf.engine().runKernel('RaggedRange', { starts: tf.scalar(0), limits: tf.scalar(3), deltas: tf.scalar(1) });
    });
    const rows = started.fallbacks();
    assert.deepEqual(rows.map(({ kernel, calls }) => `${kernel} ${calls}`).sort(), ['Einsum 3', 'RaggedRange 1']);
    assert.ok(rows.every(({ ms }) => ms > 0));
    assert.ok((rows[0]?.ms ?? 0) >= (rows[1]?.ms ?? 0), 'slowest first');
    started.resetFallbacks();
    assert.deepEqual(started.fallbacks(), []);
  });

  it('has every kernel of the CPU backend', () => {
    const own = new Set(tf.getKernelsForBackend('portable').map(({ kernelName }) => kernelName));
    const missing = tf.getKernelsForBackend('cpu').flatMap(({ kernelName }) => (own.has(kernelName) ? [] : [kernelName]));
    assert.deepEqual(missing, []);
  });

  it('refuses a fused activation that it does not know, by name', () => {
    const message = /portable _FusedMatMul: expected one of linear, relu, relu6, elu, sigmoid, leakyrelu, prelu, received selu/;
    tf.tidy(() => {
      const [a, b] = [tf.ones([2, 2]), tf.ones([2, 2])];
      const attributes = { transposeA: false, transposeB: false, activation: 'selu' };
      assert.throws(() => tf.engine().runKernel('_FusedMatMul', { a, b }, attributes), message);
    });
  });

  it('has flat memory over 200 steps of convolution and gradient', () => {
    const heap = (): number => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    const step = (): void =>
      tf.tidy(() => {
        tf.grads((x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 1))([tf.ones([8, 16, 16, 8]), tf.ones([3, 3, 8, 8])]);
      });
    for (let i = 0; i < 5; i++) step();
    const [tensors, bytes] = [tf.memory().numTensors, heap()];
    for (let i = 0; i < 200; i++) step();
    assert.equal(tf.memory().numTensors, tensors);
    assert.equal(heap(), bytes);
  });
});
