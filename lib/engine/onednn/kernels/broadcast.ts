/** Broadcasts that the addon's grid of [outer, inner] does not have: the operands are written out in full first. */
import { tf } from '../../tf';
import type { OutputTensor } from '../onednnBackend';
import { copy, stridesOf } from './copy';
import type { NativeCall } from './types';

/** Runs the elementwise kernel `name` of two operands, each repeated to the output's shape where it has another. */
export function inFull(
  call: NativeCall,
  name: string,
  operands: readonly [tf.TensorInfo, tf.TensorInfo],
  { info, values }: OutputTensor<Float32Array | Uint8Array>,
): tf.TensorInfo {
  const written: Float32Array[] = [];
  const full = operands.map((operand) => {
    if (tf.util.arraysEqual(operand.shape, info.shape)) return call.backend.floats(operand);
    const values = spread(call, operand, info.shape);
    written.push(values);
    return values;
  });
  call.native(name)(1, values.length, 1, 1, 1, 1, ...full, values);
  for (const array of written) call.backend.pools.give(array);
  return info;
}

/** The values of x repeated to `shape`, in the pool's memory. */
function spread(call: NativeCall, x: tf.TensorInfo, shape: readonly number[]): Float32Array {
  const own = [...Array.from({ length: shape.length - x.shape.length }, () => 1), ...x.shape];
  const [from, to] = [stridesOf(own), stridesOf(shape)];
  const axes = shape.map((length, i) => ({ length, from: own[i] === 1 ? 0 : (from[i] as number), to: to[i] as number }));
  const y = call.backend.pool.floats(tf.util.sizeFromShape([...shape]));
  copy(call, { x: call.backend.floats(x), y, axes });
  return y;
}
