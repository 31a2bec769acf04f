/** What a kernel of ours is given: tfjs's call, with the backend as what it is. */
import type { tf } from '../../tf';
import type { TensorflowBackend } from '../tensorflowBackend';

export interface OperationCall {
  readonly backend: TensorflowBackend;
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** A kernel in front of the package's own: its name in tfjs, and how TensorFlow computes it. */
export interface OperationKernel {
  readonly name: string;
  run(call: OperationCall): tf.TensorInfo;
}

/** An input that tfjs always gives. */
export function input({ inputs }: OperationCall, name: string): tf.TensorInfo {
  return inputs[name] as tf.TensorInfo;
}
