/** What is recorded: every kernel once, with its shapes, what it moved and whose it is; and nothing stays behind. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { cpu } from 'iekd/dist/engine/cpu';
import { detached } from 'iekd/dist/engine/detached';
import { recordKernels } from 'iekd/dist/engine/profile/recorder';
import { tf } from 'iekd/dist/engine/tf';
import { enginesUnderTest } from '../engines';

/** Names of the recorded kernels. */
const names = (f: () => void): string[] => recordKernels(() => tf.tidy(f)).calls.map(({ kernel }) => kernel);

describe('recordKernels on the cpu engine', () => {
  test('shapes, memory, operations and time of each call', async () => {
    await cpu.start({ threads: 1 });
    const start = performance.now();
    const { ms, calls } = recordKernels(() =>
      tf.tidy(() => {
        const [a, b] = [tf.ones([2, 3]), tf.ones([3, 4])] as [tf.Tensor2D, tf.Tensor2D];
        tf.matMul(tf.add(a, 1), b).reshape([8]);
      }),
    );
    const wall = performance.now() - start;
    assert.deepEqual(
      calls.map(({ ms: _, ...call }) => call),
      [
        {
          ...{ kernel: 'Add', path: 'native', bytes: 4 * (6 + 1 + 6) },
          inputs: { a: [2, 3], b: [] },
          outputs: [[2, 3]],
        },
        {
          ...{ kernel: 'BatchMatMul', path: 'native', bytes: 4 * (6 + 12 + 8), operations: 2 * 2 * 3 * 4 },
          inputs: { a: [2, 3], b: [3, 4] },
          outputs: [[2, 4]],
        },
        { kernel: 'Reshape', path: 'native', bytes: 0, inputs: { x: [2, 4] }, outputs: [[8]] },
      ],
    );
    const inKernels = calls.reduce((sum, call) => sum + call.ms, 0);
    assert.ok(inKernels > 0 && inKernels <= ms && ms <= wall, `${inKernels} ≤ ${ms} ≤ ${wall}`);
  });

  test('kernels under differentiation, off the tape and in custom gradients', () => {
    const square = tf.customGrad((x) => {
      const value = tf.square(x as tf.Tensor);
      return { value, gradFunc: (dy) => tf.mul(dy as tf.Tensor, 2) };
    });
    const loss = (x: tf.Tensor): tf.Scalar => {
      detached(() => tf.exp(x));
      return tf.sum(square(x));
    };
    const recorded = names(() => void tf.grad(loss)(tf.tensor1d([1, 2])));
    for (const kernel of ['Exp', 'Square', 'Sum', 'Multiply']) assert.ok(recorded.includes(kernel), recorded.join());
    assert.equal(recorded.filter((kernel) => kernel === 'Square').length, 1);
  });

  test('a kernel that runs another is one call', () => {
    const inner = (x: tf.Tensor): tf.TensorInfo => tf.engine().runKernel('Neg', { x }) as tf.Tensor;
    const kernelFunc: tf.KernelFunc = ({ inputs }) => inner(inputs['x'] as tf.Tensor);
    tf.registerKernel({ kernelName: 'TestOuter', backendName: 'cpu', kernelFunc });
    after(() => tf.unregisterKernel('TestOuter', 'cpu'));
    const outer = (): unknown => tf.engine().runKernel('TestOuter', { x: tf.ones([2]) });
    assert.deepEqual(names(outer), ['TestOuter']);
    assert.deepEqual(
      names(() => void [outer(), tf.neg(1)]),
      ['TestOuter', 'Neg'],
    );
  });

  test('afterwards, also after an error, the plain kernels are there and nothing is recorded', () => {
    const plain = tf.getKernel('Add', 'cpu');
    const count = tf.getKernelsForBackend('cpu').length;
    const tensors = tf.memory().numTensors;
    const broken = new Error('broken');
    const fail = (): void => {
      assert.notEqual(tf.getKernel('Add', 'cpu'), plain);
      throw broken;
    };
    assert.throws(() => recordKernels(fail), broken);
    assert.throws(() => names(() => void tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]))), /must match/);
    assert.equal(tf.getKernel('Add', 'cpu'), plain);
    assert.equal(tf.getKernelsForBackend('cpu').length, count);
    assert.deepEqual(
      names(() => void tf.add(1, 2)),
      ['Add'],
    );
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('recording inside a recording is refused', () => {
    const message = 'profile: expected one recording at a time, received one inside another';
    assert.throws(() => recordKernels(() => void recordKernels(() => undefined)), { name: 'InputError', message });
  });
});

test('a backend whose kernels run on after they return is refused', async () => {
  tf.registerBackend('elsewhere', () => tf.findBackend('cpu'), 0);
  try {
    await tf.setBackend('elsewhere');
    const message =
      'profile: expected an engine whose kernels have ended when they return, received "elsewhere"; its own tools see the GPU';
    assert.throws(() => recordKernels(() => undefined), { name: 'InputError', message });
  } finally {
    await tf.setBackend('cpu');
  }
});

describe('fallbacks are told from native kernels', async () => {
  for (const { engine, skip, start } of await enginesUnderTest()) {
    if (!['onednn', 'portable'].includes(engine.name)) continue;
    test(engine.name, { skip }, async () => {
      await start();
      const x = tf.ones<tf.Rank.R4>([1, 3, 3, 2]);
      const { calls } = recordKernels(() => tf.tidy(() => void tf.mul(tf.einsum('bhwc->c', x), 2)));
      const path = (name: string): string | undefined => calls.find(({ kernel }) => kernel === name)?.path;
      assert.equal(path('Einsum'), 'fallback');
      assert.equal(path('Multiply'), 'native');
      x.dispose();
    });
  }
});
