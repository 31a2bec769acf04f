/** Functions of tensors that the engine replays: when, to which values, and why not. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CapturedFunction, type TensorFunction } from 'iekd/dist/engine/capture/capturedFunction';
import { onednn } from 'iekd/dist/engine/onednn';
import { loadAddon, type NativeFunction } from 'iekd/dist/engine/onednn/loader';
import type { OneDnnBackend } from 'iekd/dist/engine/onednn/onednnBackend';
import { recordKernels } from 'iekd/dist/engine/profile/recorder';
import { tf } from 'iekd/dist/engine/tf';

const loaded = loadAddon();
const skip = 'unavailable' in loaded ? loaded.unavailable : false;

/** Calls with x = [n, n, …] at each n; the first value of the first output. */
function calls(
  captured: CapturedFunction,
  f: TensorFunction,
  inputs: readonly number[],
  { length = 2000, variables = [] }: { readonly length?: number; readonly variables?: readonly tf.Variable[] } = {},
): number[] {
  return inputs.map((n) => {
    const x = tf.fill([length], n);
    const { outputs, release } = captured.call([x], f, variables);
    const value = (outputs[0] as tf.Tensor).dataSync()[0] as number;
    release();
    x.dispose();
    return value;
  });
}

const double: TensorFunction = ([x]) => [tf.add(x as tf.Tensor, x as tf.Tensor)];

describe('a captured function', { skip }, () => {
  before(async () => {
    await onednn.start({ threads: 2 });
  });

  it('is run three times, then replayed, to the same values', () => {
    let runs = 0;
    const captured = new CapturedFunction();
    const f: TensorFunction = (inputs, sees) => {
      runs++;
      return double(inputs, sees);
    };
    assert.deepEqual(calls(captured, f, [1, 2, 3, 4, 5]), [2, 4, 6, 8, 10]);
    assert.deepEqual([runs, captured.captured, captured.reason], [3, true, undefined]);
    captured.dispose();
  });

  it('is run where the inputs have other shapes, and replayed where they have not', () => {
    const captured = new CapturedFunction();
    calls(captured, double, [1, 2, 3]);
    assert.deepEqual(calls(captured, double, [4], { length: 3 }), [8]);
    assert.deepEqual(calls(captured, double, [5]), [10]);
    captured.dispose();
  });

  it('follows a variable that is written in place, and begins anew where it was assigned', () => {
    const captured = new CapturedFunction();
    const [ones, tens] = [tf.fill([2000], 1), tf.fill([2000], 10)];
    const v = tf.variable(ones);
    const f: TensorFunction = ([x]) => [tf.mul(x as tf.Tensor, v)];
    assert.deepEqual(calls(captured, f, [1, 2, 3, 4], { variables: [v] }), [1, 2, 3, 4]);
    v.assign(tens); // while somebody else holds what it was
    assert.deepEqual(calls(captured, f, [1, 2, 3, 4], { variables: [v] }), [10, 20, 30, 40]);
    assert.equal(captured.captured, true);
    captured.dispose();
    tf.dispose([v, ones, tens]);
  });

  let state = 0;
  const held: tf.Tensor[] = [];
  for (const [what, f, reason] of [
    ['reads values', ([x]) => [tf.add(x as tf.Tensor, (x as tf.Tensor).dataSync()[0] as number)], 'values are read on the way'],
    [
      'is told to be seen',
      (inputs, sees) => {
        sees('the loss depends on the epoch');
        return double(inputs, sees);
      },
      'the loss depends on the epoch',
    ],
    ['runs plain JavaScript', ([x]) => [tf.cumsum(x as tf.Tensor).mul(2)], 'Cumsum runs as plain JavaScript'],
    [
      'has a number that varies',
      ([x]) => [tf.leakyRelu(tf.add(x as tf.Tensor, x as tf.Tensor), ++state)],
      'LeakyRelu is called with other numbers from step to step',
    ],
    [
      'writes values that vary',
      ([x]) => [tf.add(x as tf.Tensor, tf.scalar(++state))],
      'it writes other values from step to step',
    ],
    [
      'does more from call to call',
      ([x]) => [Array.from({ length: ++state }).reduce<tf.Tensor>((sum) => tf.add(sum, x as tf.Tensor), x as tf.Tensor)],
      /^it has \d+ calls of kernels, then \d+$/,
    ],
    [
      'keeps a tensor',
      ([x]) => {
        held.push(tf.keep(tf.mul(x as tf.Tensor, 3)));
        return [tf.add(x as tf.Tensor, x as tf.Tensor)];
      },
      '1 of its tensors outlive it',
    ],
  ] as readonly (readonly [string, TensorFunction, string | RegExp])[]) {
    it(`is run at each call where it ${what}`, () => {
      const captured = new CapturedFunction();
      state = 0;
      const plain = [1, 2, 3, 4, 5].map((n) => calls(new CapturedFunction(), f, [n])[0]);
      state = 0;
      assert.deepEqual(calls(captured, f, [1, 2, 3, 4, 5]), plain);
      assert.equal(captured.captured, false);
      if (typeof reason === 'string') assert.equal(captured.reason, reason);
      else assert.match(captured.reason ?? '', reason);
      tf.dispose(held.splice(0));
    });
  }

  it('leaves a tensor that outlives the recording its values, and lets its memory go with it', () => {
    const backend = tf.backend() as OneDnnBackend;
    const captured = new CapturedFunction();
    const kept: tf.Tensor[] = [];
    const f: TensorFunction = ([x]) => {
      kept.push(tf.keep(tf.mul(x as tf.Tensor, 3)));
      return [tf.add(x as tf.Tensor, x as tf.Tensor)];
    };
    calls(captured, f, [1, 2, 3]);
    assert.deepEqual(
      kept.map((t) => t.dataSync()[1999]),
      [3, 6, 9],
    );
    const [, ofRecording] = kept as [tf.Tensor, tf.Tensor];
    const { values } = backend.data.get(ofRecording.dataId);
    tf.dispose(kept);
    assert.equal(values?.length, 0);
  });

  it('is run while kernels are timed', () => {
    const captured = new CapturedFunction();
    calls(captured, double, [1, 2, 3, 4]);
    const { calls: timed } = recordKernels(() => assert.deepEqual(calls(captured, double, [5]), [10]));
    assert.ok(timed.some(({ kernel }) => kernel === 'Add'));
    assert.deepEqual(calls(captured, double, [6]), [12]);
    captured.dispose();
  });

  it('leaves no tensor and no memory', () => {
    const before = [tf.memory().numTensors, process.memoryUsage().arrayBuffers] as const;
    for (let i = 0; i < 20; i++) {
      const captured = new CapturedFunction();
      calls(captured, double, [1, 2, 3, 4], { length: 4_000_000 });
      captured.dispose();
    }
    assert.equal(tf.memory().numTensors, before[0]);
    const more = process.memoryUsage().arrayBuffers - before[1];
    assert.ok(more < 500e6, `${more} bytes more`); // 20 recordings would hold 960 MB
  });
});

describe("the addon's Program", { skip }, () => {
  const { addon } = loaded as Exclude<typeof loaded, { readonly unavailable: string }>;
  const fill = (values: Float32Array): readonly [string, number, number, Float32Array] => ['Fill', values.length, 7, values];

  it('does what its calls do', () => {
    const values = new Float32Array(5);
    const program = new addon.Program([fill(values)]);
    program.run();
    assert.deepEqual([...values], [7, 7, 7, 7, 7]);
    values.fill(0);
    program.run();
    program.dispose();
    assert.deepEqual([...values], [7, 7, 7, 7, 7]);
    values.fill(0);
    program.run();
    assert.deepEqual([...values], [0, 0, 0, 0, 0]);
  });

  for (const [given, message] of [
    [[7], 'onednn Program: expected a list of calls as argument 0'],
    [[], 'onednn Program: expected a list of calls as argument 0'],
    [[[7]], 'onednn Program: call 0: expected a list'],
    [[[[7]]], 'onednn Program: call 0: expected the name of a kernel'],
    [[[['Fill', 1, 1, new Float32Array(1)], ['Fil']]], 'onednn Program: call 1: expected the name of a kernel'],
  ] as const) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      const make = addon.Program as unknown as new (...values: readonly unknown[]) => unknown;
      assert.throws(() => new make(...given), { name: 'TypeError', message });
    });
  }

  it('says which argument of which kernel is wrong when it runs', () => {
    const program = new addon.Program([['Fill', 6, 7, new Float32Array(5)]]);
    const message = 'onednn Fill: expected a Float32Array of 6 elements (it has 5) as argument 3';
    assert.throws(() => program.run(), { name: 'TypeError', message });
    assert.throws(() => (addon['Fill'] as NativeFunction)(6, 7, new Float32Array(5)), { name: 'TypeError', message });
  });

  it('refuses memory that was given back', () => {
    const buffer = addon.allocate(64);
    const program = new addon.Program([fill(new Float32Array(buffer))]);
    program.run();
    addon.release(buffer);
    const message = 'onednn Program: expected the memory of its recording, received memory that was given back';
    assert.throws(() => program.run(), { name: 'Error', message });
  });
});
