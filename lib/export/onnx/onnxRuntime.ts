/**
 * A file of ONNX run by ONNX Runtime (npm's `onnxruntime-node`), where it is installed: it is no dependency of this library, being larger
 * than all of them together.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tf } from '../../engine/tf';
import type { OutputsOf } from '../compare';

const PACKAGE = 'onnxruntime-node';

interface RuntimeTensor {
  readonly data: ArrayLike<number>;
}

/** What is used of the package. */
interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => RuntimeTensor;
  readonly InferenceSession: {
    create(path: string): Promise<{ run(feeds: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>> }>;
  };
}

/** Computes a file's outputs; undefined where the package is not installed, here or in the project of the working directory. */
export function onnxOutputs(path: string): OutputsOf | undefined {
  const runtime = installed(join(process.cwd(), 'package.json')) ?? installed(__filename);
  if (!runtime) return undefined;
  return async (images) => {
    const session = await runtime.InferenceSession.create(path);
    const nchw = tf.tidy(() => Float32Array.from(tf.transpose(images, [0, 3, 1, 2]).dataSync()));
    const [batch, height, width, channels] = images.shape;
    const found = await session.run({ images: new runtime.Tensor('float32', nchw, [batch, channels, height, width]) });
    return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, data]));
  };
}

function installed(from: string): Runtime | undefined {
  try {
    return createRequire(from)(PACKAGE) as Runtime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
