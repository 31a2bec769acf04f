/**
 * How an op of our own reaches a fast kernel. Each op of this folder has one slow definition in plain tfjs ops, which every
 * engine can run and differentiate; an engine that registers a kernel of the op's name is used instead, with the gradient that
 * the engine registers for it (`engine/fused/gradients.ts`).
 */
import { tf } from '../tf';

/** Which of our kernels each backend has: they are registered before it runs, and never taken away. */
const known = new Map<string, boolean>();

/** True when the active backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  const backend = tf.getBackend();
  const key = `${backend}/${name}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const has = tf.getKernel(name, backend) !== undefined;
  known.set(key, has);
  return has;
}

/** Runs a kernel of our own on the active backend; recorded for differentiation like any other. */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number | boolean | number[]>> = {},
): T {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as T;
}

/**
 * Makes `variable` the only holder of its values, so that a kernel may write into them: values that a clone or the tensor it was
 * made of still shares are copied first.
 */
export function ownValues(variable: tf.Variable): tf.Variable {
  if (tf.backend().refCount(variable.dataId) > 1) {
    tf.tidy(() => variable.assign(tf.tensor(variable.dataSync().slice(), variable.shape, variable.dtype)));
  }
  return variable;
}
