/** What the webgpu engine says of itself, how it reads, and how it treats the process; where there is an adapter, if only a program. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { StartedEngine } from 'iekd/dist/engine/types';
import { webgpu } from 'iekd/dist/engine/webgpu';

interface Device {
  createShaderModule(descriptor: { readonly code: string }): void;
}
const device = (): Device => (tf.backend() as unknown as { device: Device }).device;

describe('webgpu engine', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    let started: StartedEngine;
    before(async () => {
      tf.enableProdMode();
      started = await webgpu.start({ threads: 2 });
    });

    it('says what it runs on', () => {
      assert.match(started.version, /^tfjs 4\.22\.0, Dawn 0\.6\.2, \S/);
      assert.deepEqual([started.backend, tf.getBackend(), started.fallbacks()], ['webgpu', 'webgpu', []]);
    });

    it('starts again as what it is', async () => {
      const backend = tf.backend();
      await tf.setBackend('cpu');
      await webgpu.start({ threads: 1 });
      assert.equal(tf.backend(), backend);
    });

    it('has every kernel of the CPU backend; those that training never asks for are counted, and it runs none of them', () => {
      const own = new Set(tf.getKernelsForBackend('webgpu').map(({ kernelName }) => kernelName));
      assert.deepEqual(
        tf.getKernelsForBackend('cpu').filter(({ kernelName }) => !own.has(kernelName)),
        [],
      );
      const { values, indices } = tf.tidy(() => tf.unique(tf.add(tf.tensor1d([1, 1, 2]), 1)));
      assert.deepEqual(
        [values, indices].map((t) => [...t.dataSync()]),
        [
          [2, 3],
          [0, 0, 1],
        ],
      );
      tf.dispose([values, indices]);
      assert.deepEqual(
        started.fallbacks().map(({ kernel, calls }) => [kernel, calls]),
        [['Unique', 1]],
      );
      started.resetFallbacks();
      assert.deepEqual(started.fallbacks(), []);
    });

    const reads: readonly (readonly [string, () => tf.Tensor, ArrayLike<number>])[] = [
      ['float32', () => tf.add(tf.tensor1d([1, 2.5]), 1), Float32Array.of(2, 3.5)],
      ['int32', () => tf.add(tf.tensor1d([1, -7], 'int32'), tf.scalar(1, 'int32')), Int32Array.of(2, -6)],
      ['bool', () => tf.greater(tf.tensor1d([1, 3]), 2), Uint8Array.of(0, 1)],
      ['nothing', () => tf.add(tf.zeros([0, 2]), 1), new Float32Array(0)],
      ['what is not on the GPU yet', () => tf.tensor1d([4, 5]), Float32Array.of(4, 5)],
      ['complex numbers', () => tf.complex(tf.add([1], 1), tf.add([2], 1)), Float32Array.of(2, 3)],
    ];
    for (const [what, make, values] of reads) {
      it(`reads ${what}, at once and awaited`, async () => {
        const tensor = tf.tidy(make);
        assert.deepEqual(tensor.dataSync(), values);
        assert.deepEqual(await tensor.data(), values);
        tensor.dispose();
      });
    }

    it('reads at once while another read is awaited', async () => {
      const [a, b] = [tf.tidy(() => tf.add([1], 1)), tf.tidy(() => tf.add([2], 1))];
      const awaited = a.data();
      assert.deepEqual(b.dataSync(), Float32Array.of(3));
      assert.deepEqual(await awaited, Float32Array.of(2));
      tf.dispose([a, b]);
    });

    it('gives copies: who writes into them changes no tensor', () => {
      for (const tensor of [tf.tensor1d([1]), tf.tidy(() => tf.add([0], 1))]) {
        tensor.dataSync().fill(9);
        assert.deepEqual(tensor.dataSync(), Float32Array.of(1));
        tensor.dispose();
      }
    });

    it('tells what the GPU refused at the next read, once', () => {
      device().createShaderModule({ code: 'no shader' });
      const tensor = tf.tidy(() => tf.add([1], 1));
      const expected = /^Error: webgpu: expected the GPU to do the work, received: Error while parsing WGSL: :1:1 error:/;
      assert.throws(() => tensor.dataSync(), expected);
      assert.deepEqual(tensor.dataSync(), Float32Array.of(2));
      tensor.dispose();
    });

    it('lets NaN through max pooling, and −∞ be what it is', () => {
      const x = [Number.NaN, 1, Number.NEGATIVE_INFINITY, 2, 3, 4, Number.NEGATIVE_INFINITY, 5];
      const pooled = tf.tidy(() => tf.maxPool(tf.tensor4d(x, [1, 2, 4, 1]), 2, 2, 'valid').dataSync());
      assert.deepEqual(pooled, Float32Array.of(Number.NaN, 5));
    });

    it('has flat memory over 50 steps of convolution and gradient', () => {
      const step = (): void =>
        tf.tidy(() => {
          const gradient = tf.grads((x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 1));
          for (const g of gradient([tf.ones([2, 8, 8, 4]), tf.ones([3, 3, 4, 4])])) g.dataSync();
        });
      const allocated = (): number => (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
      for (let i = 0; i < 3; i++) step();
      const [tensors, bytes] = [tf.memory().numTensors, allocated()];
      for (let i = 0; i < 50; i++) step();
      assert.deepEqual([tf.memory().numTensors, allocated()], [tensors, bytes]);
    });

    it('writes nothing to stdout, leaves no navigator behind, and lets the process end', () => {
      const script = `const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
      require('iekd/dist/engine/start').start({ engine: 'webgpu' }).then(() => {
        const { tf } = require('iekd/dist/engine/tf');
        tf.tidy(() => tf.conv2d(tf.ones([1, 4, 4, 2]), tf.ones([3, 3, 2, 2]), 1, 'same').dataSync());
        require('node:assert').deepEqual(Object.getOwnPropertyDescriptor(globalThis, 'navigator'), own);
      })`;
      const options = { cwd: __dirname, encoding: 'utf8', timeout: 30_000 } as const;
      const { status, stdout } = spawnSync(process.execPath, ['-e', script], options);
      assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
    });
  });
});
