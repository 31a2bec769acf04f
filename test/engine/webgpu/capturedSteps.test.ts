/** Steps whose programs are given to the device again: the bits of steps that JavaScript makes, and what is not repeated, and why. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CapturedFunction, type TensorFunction } from 'iekd/dist/engine/capture/capturedFunction';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';
import type { MethodSpec } from 'iekd/dist/methods/index';
import { outcomeOf } from '../../fixtures/capturedSteps';
import { methodSteps } from '../../fixtures/methodSteps';

/** Compiling the programs of a method takes a program that plays a GPU most of the time, so only one by default. */
const METHODS = (process.env['IEKD_CAPTURED_METHODS'] ?? 'ie-at').split(',');

let state = 0;
const held: tf.Tensor[] = [];
const one = (x: tf.Tensor | undefined): tf.Tensor => x as tf.Tensor;

/** [what it does, the function, why it is not repeated] */
const REFUSED: readonly (readonly [string, TensorFunction, string])[] = [
  ['reads values', ([x]) => [tf.add(one(x), one(x).dataSync()[0] as number)], 'values are read on the way'],
  ['writes other values', ([x]) => [tf.add(one(x), state++)], 'it writes other values from step to step'],
  [
    'does more and more',
    ([x]) => [Array.from({ length: ++state }).reduce<tf.Tensor>((sum) => tf.add(sum, 1), one(x))],
    'it has ',
  ],
  [
    'keeps what it computes',
    ([x]) => {
      held.push(tf.keep(tf.square(one(x))));
      return [tf.add(one(x), 1)];
    },
    '1 of its tensors outlive it',
  ],
];

describe('captured steps on webgpu', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    before(async () => {
      tf.enableProdMode();
      await webgpu.start({ threads: 2 });
    });

    for (const name of METHODS) {
      it(name, () => {
        const spec = { name, ...(name.startsWith('ie-') ? { explore: { kind: 'cosine', base: 50 } } : {}) } as MethodSpec;
        const [plain, captured] = [outcomeOf(methodSteps(spec, 8), false), outcomeOf(methodSteps(spec, 8), true)];
        assert.deepEqual(captured.captured, [true]);
        assert.deepEqual([captured.hash, captured.left, plain.left], [plain.hash, 0, 0]);
      });
    }

    for (const [what, f, reason] of REFUSED) {
      it(`is not repeated where it ${what}`, () => {
        const captured = new CapturedFunction();
        for (const n of [1, 2, 3]) {
          const x = tf.fill([4], n);
          captured.call([x], f).release();
          x.dispose();
        }
        tf.dispose(held.splice(0));
        assert.ok(captured.reason?.startsWith(reason), captured.reason);
        captured.dispose();
      });
    }

    /** The sums of squares of pairs, and whether they were repeated. */
    function sumsOfSquares(captured: CapturedFunction): unknown[] {
      return [1, 2, 3, 4, 5, 6].map((n) => {
        const made = tf.tensor1d([n, n]);
        const x = n % 2 === 0 ? tf.mul(made, 1) : made;
        const { outputs, release } = captured.call([x], ([own]) => [tf.sum(tf.square(one(own)))]);
        const [value] = one(outputs[0]).dataSync();
        release();
        tf.dispose([made, x]);
        return value;
      });
    }

    it('takes inputs from JavaScript and from the device, and gives its memory back', () => {
      const bytes = (): number => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
      const sizes = [1, 2, 3].map(() => {
        const captured = new CapturedFunction();
        assert.deepEqual(sumsOfSquares(captured), [2, 8, 18, 32, 50, 72]);
        assert.deepEqual([captured.captured, captured.reason], [true, undefined]);
        const during = bytes();
        captured.dispose();
        return [during, bytes()];
      });
      assert.deepEqual(sizes[2], sizes[1]);
      assert.ok(sizes.every(([during = 0, after = 0]) => during > after));
    });
  });
});
