/**
 * Complex numbers in the wasm memory, which knows none: a complex64 tensor is float32 data of twice the length, real and imaginary
 * parts in turns, which is how tfjs hands them out. Kernels that only rename data take them as they are; all others are the CPU
 * backend's (plainCalls.ts).
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type MathBackendCPU, tf } from '../tf';

/** A complex tensor of the CPU backend with the values of one here. */
export function complexToCpu(values: Float32Array, shape: number[], cpu: MathBackendCPU): tf.TensorInfo {
  const parts = tf.backend_util.splitRealAndImagArrays(values);
  const [real, imag] = [parts.real, parts.imag].map((part) => cpu.makeTensorInfo(shape, 'float32', part));
  const complex = tf.getKernel('Complex', 'cpu').kernelFunc({ inputs: { real, imag } as tf.NamedTensorInfoMap, backend: cpu });
  for (const part of [real, imag]) cpu.disposeIntermediateTensorInfo(part as tf.TensorInfo);
  return complex as tf.TensorInfo;
}

/** A complex tensor here. @param values real and imaginary parts in turns */
export function complexHere(values: Float32Array, shape: number[], backend: BackendWasm): tf.TensorInfo {
  const { dataId } = backend.makeOutput([...shape, 2], 'float32', undefined, values);
  return { dataId, shape, dtype: 'complex64' };
}
