/** WGSL programs of our own in tfjs's queue: several results, in place, uniforms, timing, memory; where there is an adapter. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';
import { type Program, type ProgramBackend, runProgram } from 'iekd/dist/engine/webgpu/kernels/program';

/** a = 2x and b = x + add, two values at a time. */
const twoResults: Program = {
  key: 'test: two results',
  code: () => `
@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<uniform> add: vec4<f32>;
@compute @workgroup_size(2)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  a[id.x] = 2.0 * x[id.x];
  b[id.x] = x[id.x] + add.x;
}`,
  workgroups: [2, 1, 1],
};

const inPlace: Program = {
  key: 'test: in place',
  code: () => `
@group(0) @binding(0) var<storage, read_write> a: array<f32>;
@compute @workgroup_size(1)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  a[id.x] += 1.0;
}`,
  workgroups: [4, 1, 1],
};

describe('programs of WGSL', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    let backend: ProgramBackend;
    before(async () => {
      tf.enableProdMode();
      await webgpu.start({ threads: 2 });
      backend = tf.backend() as ProgramBackend;
    });

    /** As an op's kernel would; both results as tensors. */
    function run(x: tf.Tensor, add: number): tf.Tensor[] {
      const outputs = [1, 2].map(() => backend.makeTensorInfo([4], 'float32'));
      runProgram(backend, twoResults, { inputs: [x], outputs, uniforms: Float32Array.of(add, 0, 0, 0) });
      return outputs.map((info) => tf.engine().makeTensorFromTensorInfo(info));
    }

    it('several results, of a tensor that is not on the GPU yet, and uniforms of each call', () => {
      const results = tf.tidy(() => {
        const x = tf.tensor1d([1, 2, 3, Number.NaN]);
        return [...run(x, 10), ...run(x, 20)].map((t) => Array.from(t.dataSync()));
      });
      const twice = [2, 4, 6, Number.NaN];
      assert.deepEqual(results, [twice, [11, 12, 13, Number.NaN], twice, [21, 22, 23, Number.NaN]]);
    });

    it('changes a tensor in place, in the order of the calls with those of tfjs', () => {
      const values = tf.tidy(() => {
        const a = tf.add(tf.tensor1d([1, 2, 3, 4]), 0);
        runProgram(backend, inPlace, { inputs: [], outputs: [a] });
        const tenfold = tf.mul(a, 10);
        runProgram(backend, inPlace, { inputs: [], outputs: [a] });
        return tf.concat([a, tenfold]).dataSync();
      });
      assert.deepEqual(Array.from(values), [3, 4, 5, 6, 20, 30, 40, 50]);
    });

    it('keeps memory that is disposed of until the queue has been submitted, and then gives it back', () => {
      const allocated = (): number => (tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU;
      const step = (): void => {
        for (let i = 0; i < 40; i++) tf.tidy(() => void run(tf.add(tf.ones([4]), 1), i));
        tf.tidy(() => assert.deepEqual(Array.from(tf.add(run(tf.ones([4]), 1)[1] as tf.Tensor, 0).dataSync()), [2, 2, 2, 2]));
      };
      step();
      const before = [tf.memory().numTensors, allocated()];
      for (let i = 0; i < 5; i++) step();
      assert.deepEqual([tf.memory().numTensors, allocated()], before);
    });

    it('is timed by its key', async () => {
      const time = await tf.time(() => tf.tidy(() => void run(tf.ones([4]), 1)));
      const { getExtraProfileInfo } = time as unknown as { getExtraProfileInfo(): string };
      assert.match(getExtraProfileInfo(), /test: two results: \d/);
    });

    it('says what is wrong with a text at the next read', () => {
      const wrong: Program = { ...inPlace, key: 'test: wrong', code: () => 'no shader' };
      tf.tidy(() => {
        const a = tf.add(tf.tensor1d([1]), 0);
        runProgram(backend, wrong, { inputs: [], outputs: [a] });
        assert.throws(() => a.dataSync(), /^Error: webgpu: expected the GPU to do the work, received: Error while parsing WGSL/);
      });
    });
  });
});
