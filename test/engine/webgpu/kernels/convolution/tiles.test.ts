/**
 * Every tile that a convolution is cut into gives the same values: those of large maps on a large GPU too, which the kernel tables are
 * too small for. Against the plain CPU engine within 1e-5, with positions and channels that fill no tile.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';
import { convolutionProgram, inputGradientProgram } from 'iekd/dist/engine/webgpu/kernels/convolution/gatherConvolution';
import { geometryOf } from 'iekd/dist/engine/webgpu/kernels/convolution/geometry';
import { longTile, smallTile, threadsOf } from 'iekd/dist/engine/webgpu/kernels/convolution/tiles';
import { type Program, type ProgramBackend, runProgram } from 'iekd/dist/engine/webgpu/kernels/program';

type Shape4 = [number, number, number, number];

/** [x, filter, stride, workgroups that count as busy]: the last decides the height of a tile. */
const ROWS: readonly (readonly [Shape4, Shape4, number, number])[] = [
  [[1, 13, 11, 4], [3, 3, 4, 16], 1, 1],
  [[3, 9, 7, 8], [3, 3, 8, 68], 2, 1],
  [[2, 9, 9, 3], [3, 3, 3, 45], 1, 1],
  [[1, 12, 12, 20], [1, 1, 20, 32], 1, 1],
  [[1, 13, 11, 4], [3, 3, 4, 5], 1, 1],
  [[1, 9, 8, 16], [3, 3, 16, 33], 1, 2],
];

const values = (shape: readonly number[]): tf.Tensor4D => {
  const numbers = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => ((i * 37) % 23) / 23 - 0.5);
  return tf.tensor4d(numbers, shape as Shape4);
};

function close(actual: Float32Array, expected: Float32Array): void {
  assert.equal(actual.length, expected.length);
  const worst = expected.reduce((most, wanted, i) => Math.max(most, Math.abs((actual[i] as number) - wanted)), 0);
  assert.ok(worst < 1e-5, `${worst}`);
}

describe('tiles', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    before(async () => {
      tf.enableProdMode();
      await webgpu.start({ threads: 2 });
    });

    async function run(program: Program, inputs: () => tf.Tensor[], shape: number[]): Promise<Float32Array> {
      await tf.setBackend('webgpu');
      const backend = tf.backend() as ProgramBackend;
      return tf.tidy(() => {
        const output = backend.makeTensorInfo(shape, 'float32');
        runProgram(backend, program, { inputs: inputs(), outputs: [output] });
        return tf.engine().makeTensorFromTensorInfo(output).dataSync() as Float32Array;
      });
    }

    for (const [x, filter, strides, busy] of ROWS) {
      const geometry = geometryOf({ strides, pad: 'same' }, x, filter);
      assert.ok(geometry);
      const program = convolutionProgram(geometry, { busy });
      it(`of ${program.key}: value and input gradient`, async () => {
        const y = await run(program, () => [values(x), values(filter)], geometry.outputShape);
        const gradient = inputGradientProgram(geometry, { busy });
        const dx = await run(gradient, () => [values(geometry.outputShape), values(filter)], x);
        await tf.setBackend('cpu');
        const conv = (map: tf.Tensor): tf.Tensor => tf.conv2d(map as tf.Tensor4D, values(filter), strides, 'same');
        close(
          y,
          tf.tidy(() => conv(values(x)).dataSync() as Float32Array),
        );
        close(
          dx,
          tf.tidy(() => tf.grad(conv)(values(x), values(geometry.outputShape)).dataSync() as Float32Array),
        );
      });
    }
  });

  it('stay within what every device has: 256 invocations and 16 KB of a workgroup, and fill whole rows of fours', () => {
    for (let rows = 1; rows < 700; rows += 7) {
      for (let columns = 1; columns < 140; columns += 3) {
        for (const tile of [longTile(rows, columns, 1), longTile(rows, columns, 1e9), smallTile(rows, columns)]) {
          const threads = threadsOf(tile);
          assert.ok(Number.isInteger(threads) && threads <= 256, JSON.stringify(tile));
          assert.ok(4 * tile.depth * (tile.rows + tile.columns) <= 16384, JSON.stringify(tile));
          assert.deepEqual([tile.rows % tile.threadRows, tile.columns % tile.threadColumns], [0, 0]);
        }
      }
    }
  });
});
