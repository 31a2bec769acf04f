/** Files of weights with bytes changed by chance: each is read, or refused in a sentence. What each kind is like, and how it is changed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from 'iekd/dist/util/check';
import { random } from 'iekd/dist/util/rng';
import { hdf5Reader } from 'iekd/dist/weights/hdf5/hdf5File';
import { tensorFileOf } from 'iekd/dist/weights/readTensors';
import { encodeSafetensors } from 'iekd/dist/weights/safetensors';

const torch = (name: string): Uint8Array => readFileSync(join(__dirname, 'torch', 'files', name));
const keras = (name: string): Uint8Array => readFileSync(join(__dirname, 'layersModel', 'files', name));

/** A `model.json`, whose values lie in a file beside it. */
const MODEL = {
  format: 'layers-model',
  modelTopology: { class_name: 'Sequential', config: { layers: [] } },
  weightsManifest: [
    {
      paths: ['group1-shard1of1.bin'],
      weights: [
        { name: 'conv/kernel', shape: [2, 2, 1, 2], dtype: 'float32', quantization: { dtype: 'uint8', min: -1, scale: 0.5 } },
        { name: 'conv/bias', shape: [2], dtype: 'float32' },
      ],
    },
  ],
};
const SHARD = new Uint8Array(16);

/** Whole files by kind. */
export const KINDS: Readonly<Record<string, () => Uint8Array>> = {
  zip: () => torch('zip.pth'),
  legacy: () => torch('legacy.pth'),
  framed: () => torch('legacy5.pth'),
  tfjs: () => Buffer.from(JSON.stringify(MODEL)),
  hdf5: () => keras('chain.h5'),
  keras: () => keras('chain.keras'),
  safetensors: () =>
    encodeSafetensors(
      { w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, n: { shape: [], data: BigInt64Array.of(7n) } },
      { format: 'pt' },
    ),
};

/** The file with up to eight changes: a byte, a piece that is cut out, doubled or moved, or an end that is cut off. */
export function mutated(whole: Uint8Array, kind: string, number: number): Uint8Array {
  const draw = random(number).stream(`mutation of ${kind}`);
  const below = (n: number): number => Math.floor(draw.uniform() * n);
  let bytes = Buffer.from(whole);
  for (let left = 1 + below(8); left > 0 && bytes.length > 0; left--) {
    const [at, length] = [below(bytes.length), 1 + below(16)];
    const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
    const ways = [
      () => Buffer.concat([before, Buffer.of(below(256)), bytes.subarray(at + 1)]),
      () => Buffer.concat([before, Buffer.of((bytes[at] as number) ^ (1 << below(8))), bytes.subarray(at + 1)]),
      () => Buffer.concat([before, Buffer.alloc(length, [0, 0xff, 0x7f, 0x80][below(4)]), after]),
      () => Buffer.concat([before, after]),
      () => Buffer.concat([before, piece, piece, after]),
      () => Buffer.concat([piece, before, after]),
      () => (below(8) === 0 ? before : bytes),
    ];
    bytes = (ways[below(ways.length)] as () => Buffer<ArrayBuffer>)();
  }
  return bytes;
}

/** One thread for all files, which goes on after those that it refuses. */
const hdf5 = hdf5Reader({ keeps: true });

/** Reads a file. @returns whether it was read; false where it was refused @throws whatever is no sentence */
export function readOrRefused(bytes: Uint8Array): boolean {
  try {
    tensorFileOf(bytes, 'f', { beside: () => SHARD, hdf5 });
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}
