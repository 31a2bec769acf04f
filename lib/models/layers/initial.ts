/** Initial values of variables, each from a random stream of its own name. Fans and bounds are PyTorch's. */
import type { RandomStream } from '../../util/rng';

/** Fills a variable of the given shape. */
export type Initial = (shape: readonly number[], stream: RandomStream) => Float32Array;

/** Number of values of a shape. */
export const volume = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** All values equal: 1 for the scale of a batch norm, 0 for its shift. */
export const constant =
  (value: number): Initial =>
  (shape) =>
    new Float32Array(volume(shape)).fill(value);

/** Normal with mean 0 and the given standard deviation. */
function normal(shape: readonly number[], std: number, stream: RandomStream): Float32Array {
  return Float32Array.from({ length: volume(shape) }, () => std * stream.normal());
}

/**
 * Normal of standard deviation √(2 / fan in) (He et al. 2015), as `torch.nn.init.kaiming_normal_`.
 * Fan in: all sizes but the last, so it serves [height, width, in, out] and [in, out].
 */
export const kaimingNormal: Initial = (shape, stream) => normal(shape, Math.sqrt(2 / volume(shape.slice(0, -1))), stream);

/** Normal of standard deviation √(2 / (height · width · out)): fan out, for filters [height, width, in, out]. */
export const fanOutNormal: Initial = (shape, stream) => {
  const [height = 1, width = 1, , out = 1] = shape;
  return normal(shape, Math.sqrt(2 / (height * width * out)), stream);
};

/** Uniform in ±bound: PyTorch's default bias of a linear layer has bound 1 / √(fan in). */
export const uniform =
  (bound: number): Initial =>
  (shape, stream) =>
    Float32Array.from({ length: volume(shape) }, () => bound * (2 * stream.uniform() - 1));
