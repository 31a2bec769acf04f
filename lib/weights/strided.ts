/** Values of a tensor that lie in an array with strides: transposed ones, parts of larger ones. */

/** Where they lie: the value at position p is at offset + Σ p[k] · strides[k]. */
export interface StridedView {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Of values row by row, without gaps. */
export const contiguousStrides = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));

/** Writes the values row by row. @param values that the view lies in, which the caller has checked @param out as many as the shape has */
export function gather(values: ArrayLike<number | bigint>, { offset, shape, strides }: StridedView, out: NumberArray): void {
  const position = shape.map(() => 0);
  for (let i = 0, from = offset; i < out.length; i++) {
    out[i] = values[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [next, stride] = [(position[axis] as number) + 1, strides[axis] as number];
      from += stride;
      position[axis] = next;
      if (next < (shape[axis] as number)) break;
      from -= stride * next;
      position[axis] = 0;
    }
  }
}

type NumberArray = { readonly length: number; [index: number]: number };
