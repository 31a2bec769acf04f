/**
 * Max pooling that lets NaN through. tfjs 4.22.0's leaves NaN out of its comparisons, and gives a large negative number for a window
 * of nothing else, which batch norm makes an ordinary one: a run that has diverged would go on unseen. NaN is added back to every
 * window that has one, as the mean of a map that is zero elsewhere.
 */
import { type ComposedKernel, compose } from '../composedKernels';
import { tf } from '../tf';
import type { WebgpuBackend } from './webgpuBackend';

const maxPool: ComposedKernel<WebgpuBackend> = {
  name: 'MaxPool',
  run({ run, inputs, attrs }) {
    const { x } = inputs as { x: tf.TensorInfo };
    const largest = run('MaxPool', { x }, attrs);
    const marks = run('Select', { condition: run('IsNan', { x }), t: x, e: run('ZerosLike', { x }) });
    return run('Add', { a: largest, b: run('AvgPool', { x: marks }, attrs) });
  },
};

/** Puts the kernel in front of tfjs's. */
export function replaceMaxPool(backendName: string): void {
  const plain = tf.getKernel(maxPool.name, backendName).kernelFunc;
  const kernelFunc = compose(maxPool, {
    find: (name, within) => (name === within ? plain : tf.getKernel(name, backendName).kernelFunc),
    makeConstant: (backend, values, shape) => backend.makeTensorInfo(shape, 'float32', values),
  });
  tf.unregisterKernel(maxPool.name, backendName);
  tf.registerKernel({ kernelName: maxPool.name, backendName, kernelFunc });
}
