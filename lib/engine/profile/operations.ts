/**
 * Operations of convolutions and products of matrices, counted from shapes: a multiplication and an addition for each product of
 * the definition, whatever algorithm ran. A fused kernel is known by the name of what it fuses, which its own contains.
 */

export type Shape = readonly number[];

/** What a call is counted from. */
export interface CallShapes {
  /** By the input's name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly outputs: readonly Shape[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Count = (call: CallShapes) => number | undefined;

/** The first whose name the kernel's contains. */
const COUNTS: readonly (readonly [string, Count])[] = [
  ['Conv2DBackpropFilter', ({ inputs, outputs }) => convolution(inputs['dy'], outputs[0])],
  ['Conv2DBackpropInput', ({ inputs }) => convolution(inputs['dy'], inputs['filter'])],
  ['Conv2DBackprop', bothGradients],
  ['Conv2D', ({ inputs, outputs }) => convolution(outputs[0], inputs['filter'])],
  ['MatMul', matrixProduct],
];

/** Operations of one call; undefined for kernels that are measured by the memory they move. */
export function operationsOf(kernel: string, call: CallShapes): number | undefined {
  const [, count] = COUNTS.find(([name]) => kernel.includes(name)) ?? [];
  return count?.(call);
}

/** @param map [batch, height, width, out], the forward pass's output or its gradient @param filter [height, width, in, out] */
function convolution(map: Shape | undefined, filter: Shape | undefined): number | undefined {
  if (map?.length !== 4 || filter?.length !== 4) return undefined;
  return 2 * size(map.slice(0, 3)) * size(filter);
}

/** A kernel that gives the gradients of input and filter. */
function bothGradients({ inputs }: CallShapes): number | undefined {
  const one = convolution(inputs['dy'], inputs['filter']);
  return one === undefined ? undefined : 2 * one;
}

function matrixProduct({ inputs, outputs, attributes }: CallShapes): number | undefined {
  const [a, out] = [inputs['a'], outputs[0]];
  const inner = a?.at(attributes['transposeA'] === true ? -2 : -1);
  return out === undefined || inner === undefined ? undefined : 2 * size(out) * inner;
}

const size = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);
