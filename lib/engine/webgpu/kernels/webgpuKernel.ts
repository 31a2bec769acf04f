/** A kernel of WGSL programs: what it is called in tfjs, and how it runs. */
import { tf } from '../../tf';
import type { ProgramBackend } from './program';

export interface WebgpuCall {
  readonly backend: ProgramBackend;
  /** As tfjs hands them over; optional ones may be missing. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export interface WebgpuKernel {
  /** tfjs's name of the kernel, or one of our own (`Iekd…`). */
  readonly name: string;
  /** The result, or undefined where this call is left to tfjs's kernel of the name. */
  run(call: WebgpuCall): tf.TensorInfo | tf.TensorInfo[] | undefined;
}

/** The input of a name, which the op has already checked to be there. */
export const input = ({ inputs }: WebgpuCall, name: string): tf.TensorInfo => inputs[name] as tf.TensorInfo;

export const number = ({ attrs }: WebgpuCall, name: string): number => attrs[name] as number;

/** A float32 tensor whose values are undefined yet. */
export const output = ({ backend }: WebgpuCall, shape: readonly number[]): tf.TensorInfo =>
  backend.makeTensorInfo([...shape], 'float32');

export const sizeOf = ({ shape }: { readonly shape: readonly number[] }): number => tf.util.sizeFromShape([...shape]);

/** True when all are float32 and none is empty: the only values that our programs take. */
export const isDense = (...tensors: readonly tf.TensorInfo[]): boolean =>
  tensors.every((t) => t.dtype === 'float32' && t.shape.every((n) => n > 0));

/** Puts kernels in front of tfjs's on a backend, once. */
export function registerKernels(kernels: readonly WebgpuKernel[], backendName: string): void {
  for (const kernel of kernels) {
    const plain = tf.getKernel(kernel.name, backendName);
    if (plain) tf.unregisterKernel(kernel.name, backendName);
    tf.registerKernel({ ...plain, kernelName: kernel.name, backendName, kernelFunc: inFrontOf(kernel, plain?.kernelFunc) });
  }
}

function inFrontOf(kernel: WebgpuKernel, plain: tf.KernelFunc | undefined): tf.KernelFunc {
  return (parameters) => {
    const { inputs, attrs, backend } = parameters;
    const given = inputs as WebgpuCall['inputs'];
    const result = kernel.run({ backend: backend as ProgramBackend, inputs: given, attrs: attrs ?? {} });
    if (result) return result;
    if (!plain) throw new Error(`webgpu: expected float32 values for ${kernel.name}, received others`);
    return plain(parameters);
  };
}
