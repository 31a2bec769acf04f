/** What we use of the backend that @tensorflow/tfjs-node-gpu registers: its way to run TensorFlow's own operations. */
import type { tf } from '../tf';

/** The name under which the package registers its backend and its kernels. */
export const BACKEND = 'tensorflow';

/** TensorFlow's number of a type of attributes. */
export interface Binding {
  readonly TF_Version?: string;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
}

/** An attribute of an operation, as the binding takes it; what is left out has TensorFlow's default. */
export interface OperationAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | readonly number[];
}

export interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Binding;
  /** TensorFlow's number of a tensor's type. */
  getDTypeInteger(dtype: tf.DataType): number;
  /** Runs an operation of one output. @throws Error with TensorFlow's own message */
  executeSingleOutput(operation: string, attributes: readonly OperationAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor;
}
