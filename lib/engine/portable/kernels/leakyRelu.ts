/** The rectifiers of engine/fused/activation.ts: max(x, slope · x) = x · step(x), where step is slope at and below zero. */
import type { tf } from '../../tf';
import type { ComposedKernel } from '../compose';

const leakyRelu: ComposedKernel = {
  name: 'IekdLeakyRelu',
  run({ run, inputs, attrs }) {
    const { x } = inputs as { x: tf.TensorInfo };
    if (attrs['slope'] === 0) return run('Relu', { x });
    return run('Multiply', { a: x, b: run('Step', { x }, { alpha: attrs['slope'] }) });
  },
};

/** From the output, whose sign is the input's. At slope 0 that holds where it matters: y is positive where x was. */
const leakyReluGrad: ComposedKernel = {
  name: 'IekdLeakyReluGrad',
  run({ run, inputs, attrs }) {
    const { y, dy } = inputs as Record<'y' | 'dy', tf.TensorInfo>;
    return run('Multiply', { a: dy, b: run('Step', { x: y }, { alpha: attrs['slope'] }) });
  },
};

export const rectifiers: readonly ComposedKernel[] = [leakyRelu, leakyReluGrad];
