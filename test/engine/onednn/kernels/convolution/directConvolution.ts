/** 3×3 convolutions of stride 1 and both gradients by their definition, in float64; and values as bfloat16 keeps them. */

/** A map [batch, height, width, from] with zeros above, below, left and right, convolved into `to` channels. */
export interface Bordered {
  readonly x: readonly [batch: number, height: number, width: number, from: number];
  readonly to: number;
  readonly padding: readonly [top: number, bottom: number, left: number, right: number];
}

export interface Gradients {
  readonly y: ArrayLike<number> & Iterable<number>;
  readonly dx: ArrayLike<number> & Iterable<number>;
  readonly dfilter: ArrayLike<number> & Iterable<number>;
}

/** Sizes of its arrays, and the numbers by which the addon knows it. */
export function geometry({ x, to, padding }: Bordered) {
  const [[batch, height, width, from], [top, bottom, left, right]] = [x, padding];
  const [outHeight, outWidth] = [height + top + bottom - 2, width + left + right - 2];
  return {
    dimensions: [...x, outHeight, outWidth, to, 3, 3, 1, 1, 1, 1, ...padding],
    values: batch * height * width * from,
    filter: 9 * from * to,
    outputs: batch * outHeight * outWidth * to,
    outHeight,
    outWidth,
  };
}

/** Calls visit(place of x, place of y, tap) wherever a tap of an output meets the map. */
function eachTap(g: Bordered, visit: (x: number, y: number, tap: number) => void): void {
  const { outHeight, outWidth } = geometry(g);
  const [[batch, height, width], [top, , left]] = [g.x, g.padding];
  for (let at = 0; at < batch * outHeight * outWidth; at++) {
    const [image, row, column] = [Math.floor(at / (outHeight * outWidth)), Math.floor(at / outWidth) % outHeight, at % outWidth];
    for (let tap = 0; tap < 9; tap++) {
      const [y, x] = [row + Math.floor(tap / 3) - top, column + (tap % 3) - left];
      if (y >= 0 && y < height && x >= 0 && x < width) visit((image * height + y) * width + x, at, tap);
    }
  }
}

/** The sums, of values as `of` turns them: of their sizes, for what rounding may do. */
export function direct(
  g: Bordered,
  given: { readonly x: Uint16Array; readonly filter: Float32Array; readonly dy: Uint16Array },
  of: (v: number) => number = (v) => v,
): { y: Float64Array; dx: Float64Array; dfilter: Float64Array } {
  const [from, { to }] = [g.x[3], g];
  const [x, filter, dy] = [widen(given.x).map(of), given.filter.map(of), widen(given.dy).map(of)];
  const [y, dx, dfilter] = [new Float64Array(dy.length), new Float64Array(x.length), new Float64Array(filter.length)];
  const add = (into: Float64Array, at: number, value: number): void => {
    into[at] = (into[at] as number) + value;
  };
  eachTap(g, (place, out, tap) => {
    for (let c = place * from, f = tap * from * to; c < (place + 1) * from; c++) {
      const value = x[c] as number;
      for (let k = out * to; k < (out + 1) * to; k++, f++) {
        const [weight, gradient] = [filter[f] as number, dy[k] as number];
        add(y, k, value * weight);
        add(dx, c, gradient * weight);
        add(dfilter, f, value * gradient);
      }
    }
  });
  return { y, dx, dfilter };
}

/** As bfloat16, rounded to nearest, ties to even. */
export function narrow(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (b, i) => (Number.isNaN(values[i]) ? 0x7fc0 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16));
}

export function widen(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/** Numbers in [−1, 1), by a linear congruential generator (Numerical Recipes' constants). */
export function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}
