/**
 * Operations of convolutions and products of matrices, counted from shapes: a multiplication and an addition for each product of
 * the definition, whatever algorithm ran. Fused kernels are known by `Conv` or `MatMul` in their names, and by the names of their
 * inputs: `filter`, `dy`, and `a` of a product.
 */
import { sameShape } from '../../util/check';

export type Shape = readonly number[];

/** What a call is counted from. */
export interface CallShapes {
  /** By the input's name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly outputs: readonly Shape[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Operations of one call; undefined for kernels that are measured by the memory they move. */
export function operationsOf(kernel: string, call: CallShapes): number | undefined {
  if (kernel.includes('MatMul')) return matrixProduct(call);
  return /Conv(?!3D)/.test(kernel) && !kernel.includes('Depthwise') ? convolutions(call) : undefined;
}

/** Without `dy` a forward pass; with it the gradient of the filter, of the input, or of both, by what goes in and comes out. */
function convolutions({ inputs: { dy, filter }, outputs }: CallShapes): number | undefined {
  if (!dy) return convolution(outputs[0], filter);
  if (!filter) return convolution(dy, outputs[0]);
  const one = convolution(dy, filter);
  return one === undefined ? undefined : one * (outputs.some((shape) => sameShape(shape, filter)) ? 2 : 1);
}

/** @param map [batch, height, width, out], the forward pass's output or its gradient @param filter [height, width, in, out] */
function convolution(map: Shape | undefined, filter: Shape | undefined): number | undefined {
  if (map?.length !== 4 || filter?.length !== 4) return undefined;
  return 2 * size(map.slice(0, 3)) * size(filter);
}

function matrixProduct({ inputs, outputs, attributes }: CallShapes): number | undefined {
  const [a, out] = [inputs['a'], outputs[0]];
  const inner = a?.at(attributes['transposeA'] === true ? -2 : -1);
  return out === undefined || inner === undefined ? undefined : 2 * size(out) * inner;
}

const size = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);
