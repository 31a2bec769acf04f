/**
 * Weights in fewer bits, as TensorFlow.js reads them back (tfjs-core, io/types, `quantization`): `uint8` is w ≈ min + scale · q with one
 * scale a tensor, 0 kept exactly; `float16` is IEEE's half precision. Filters and matrices are quantised; vectors, which are few, stay
 * float32.
 */
import { asBytes } from '../../util/hash';
import type { NamedWeight } from './kerasTopology';

/** How weights are written. */
export type Quantisation = 'none' | 'uint8' | 'float16';

/** A weight in a manifest, and its bytes. */
export interface EncodedWeight {
  readonly entry: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: 'float32';
    readonly quantization?: object;
  };
  readonly bytes: Uint8Array;
}

/** @param how many bits filters and matrices have */
export function encodeWeight({ name, shape, data }: NamedWeight, how: Quantisation): EncodedWeight {
  const entry = { name, shape, dtype: 'float32' } as const;
  if (how === 'none' || shape.length < 2) {
    return { entry, bytes: asBytes(data) };
  }
  if (how === 'float16') {
    const halves = Uint16Array.from(data, half);
    return {
      entry: { ...entry, quantization: { dtype: 'float16', original_dtype: 'float32' } },
      bytes: asBytes(halves),
    };
  }
  const { bytes, min, scale } = quantised(data);
  return { entry: { ...entry, quantization: { dtype: 'uint8', min, scale, original_dtype: 'float32' } }, bytes };
}

/** Steps of uint8 from the least to the largest value, moved so that one of them is 0 (Jacob et al. 2018, section 2.1). */
function quantised(data: Float32Array): { readonly bytes: Uint8Array; readonly min: number; readonly scale: number } {
  let [least, most] = [0, 0];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const scale = most > least ? (most - least) / 255 : 1;
  const zero = Math.round(-least / scale);
  const bytes = Uint8Array.from(data, (value) => Math.min(255, Math.max(0, Math.round(value / scale) + zero)));
  return { bytes, min: -zero * scale, scale };
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The nearest half-precision number as its 16 bits, ties to even; what is too large is infinite. */
export function half(value: number): number {
  float[0] = value;
  const word = bits[0] as number;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | roundedEven(magnitude * 2 ** 24); // subnormal: multiples of 2⁻²⁴
  const exponent = ((word >>> 23) & 0xff) - 127;
  return sign | (((exponent + 14) << 10) + roundedEven(magnitude * 2 ** (10 - exponent))); // a carry goes into the exponent
}

function roundedEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
