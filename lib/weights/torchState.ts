/**
 * PyTorch state dicts in our layouts and back. Names stay; convolutions go from [out, in, height, width] to
 * [height, width, in, out], linear weights from [out, in] to [in, out], vectors stay as they are.
 */
import type { TensorData } from '../engine/variables';
import { refuse } from '../util/check';
import { contiguousStrides, gather } from './strided';

/** Values by name. */
export type State = Readonly<Record<string, TensorData>>;

const TO_OURS: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };
const TO_TORCH: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };

/** A PyTorch state dict in our layouts. @throws InputError for tensors that are neither vectors, matrices nor filters */
export function fromTorch(state: State): Record<string, TensorData> {
  return convert('fromTorch', state, TO_OURS);
}

/** Our variables' values in PyTorch's layouts. */
export function toTorch(state: State): Record<string, TensorData> {
  return convert('toTorch', state, TO_TORCH);
}

function convert(where: string, state: State, orders: Readonly<Record<number, readonly number[]>>): Record<string, TensorData> {
  const result: Record<string, TensorData> = {};
  for (const [name, tensor] of Object.entries(state)) {
    const order = orders[tensor.shape.length];
    if (!order) throw refuse(`${where}: ${name}`, 'a tensor of 1, 2 or 4 axes', tensor.shape);
    result[name] = permuteAxes(tensor, order);
  }
  return result;
}

/** Axis k of the result is axis order[k] of the tensor: `tf.transpose` outside the engine. */
export function permuteAxes({ shape, data }: TensorData, order: readonly number[]): TensorData {
  const strides = contiguousStrides(shape);
  const outShape = order.map((axis) => shape[axis] as number);
  const out = new Float32Array(data.length);
  gather(data, { offset: 0, shape: outShape, strides: order.map((axis) => strides[axis] as number) }, out);
  return { shape: outShape, data: out };
}
