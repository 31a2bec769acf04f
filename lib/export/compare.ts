/** How far what was exported is from the network: greatest differences of outputs on random images. */
import { tf } from '../engine/tf';
import { networkIn } from '../models/givenNetwork';
import { volume } from '../models/layers/initial';
import type { Network } from '../models/types';
import { random } from '../util/rng';

/** Of one output. */
export interface OutputDifference {
  /** `logits`, `offsets` */
  readonly output: string;
  /** Greatest absolute difference. */
  readonly difference: number;
  /** Largest absolute value, which it is to be seen beside. */
  readonly largest: number;
}

/** Outputs by name, of images [batch, height, width, channels]. */
export type OutputsOf = (images: tf.Tensor4D) => Promise<Readonly<Record<string, ArrayLike<number>>>>;

const IMAGES = 2;

/** @param other computes what the exported form makes of the same images */
export async function outputDifferences(given: Network, other: OutputsOf): Promise<OutputDifference[]> {
  const network = networkIn('outputDifferences', given);
  const stream = random(0).stream('export/images');
  const shape: [number, number, number, number] = [IMAGES, ...network.input];
  const values = Float32Array.from({ length: volume(shape) }, () => stream.normal());
  const images = tf.tensor4d(values, shape);
  try {
    const found = await other(images);
    return Object.entries(outputsOf(network, images)).map(([output, expected]) => ({
      output,
      ...farthest(expected, found[output]),
    }));
  } finally {
    images.dispose();
  }
}

/** Logits, and offsets where there are any. */
export function outputsOf(network: Network, images: tf.Tensor4D): Readonly<Record<string, Float32Array>> {
  return tf.tidy(() => {
    const { logits, offsets } = network.forward(images);
    const read = (tensor: tf.Tensor): Float32Array => Float32Array.from(tensor.dataSync());
    return { logits: read(logits), ...(offsets ? { offsets: read(offsets) } : {}) };
  });
}

function farthest(
  expected: Float32Array,
  found: ArrayLike<number> = [],
): { readonly difference: number; readonly largest: number } {
  if (found.length !== expected.length) return { difference: Number.POSITIVE_INFINITY, largest: 0 };
  return expected.reduce(
    ({ difference, largest }, value, i) => ({
      difference: Math.max(difference, Math.abs(value - (found[i] as number))),
      largest: Math.max(largest, Math.abs(value)),
    }),
    { difference: 0, largest: 0 },
  );
}
