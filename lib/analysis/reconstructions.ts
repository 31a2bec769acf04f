/**
 * What survives of a teacher's map on its way through the factor encoder and back (Kim et al. 2018; Huang et al. 2021, section
 * 3): for each image the channel that answers most strongly, and its reconstruction on the same scale.
 */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/batchTensors';
import type { ImageSet, Normalisation } from '../data/types';
import { tf } from '../engine/tf';
import type { Distillation } from '../methods/distillation';
import { normalisationFor } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { knownKeys, neededKeys, refusePhrase } from '../util/check';

/** Options of `reconstructions`. */
export interface ReconstructionOptions {
  /** Of a method that fits an encoder, trained. */
  readonly distillation: Distillation;
  readonly teacher: Network;
  readonly images: ImageSet;
  readonly normalisation: Normalisation;
}

/** One channel as a grey picture: values in [0, 1], the map's largest is 1, [height, width, 1]. */
export interface ChannelPicture {
  readonly pixels: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1;
}

/** An image's strongest channel and what the encoder and decoder make of it. */
export interface Reconstruction {
  readonly channel: number;
  readonly map: ChannelPicture;
  readonly rebuilt: ChannelPicture;
  /** Mean absolute error over the whole map, relative to the map's mean absolute value. */
  readonly relativeError: number;
}

const OPTIONS = ['distillation', 'teacher', 'images', 'normalisation'];

/**
 * Reconstructs each image's strongest channel of the first layer that is matched, the teacher in evaluation mode. Leaks nothing.
 * @throws InputError for a method that fits no encoder
 */
export function reconstructions(options: ReconstructionOptions): Reconstruction[] {
  knownKeys('reconstructions', options, OPTIONS);
  neededKeys('reconstructions', options, OPTIONS);
  const { distillation, teacher, images, normalisation } = options;
  const { features: names, teacherSide } = distillation;
  const reconstruct = teacherSide?.reconstruct;
  if (!reconstruct) throw refusePhrase('reconstructions', 'a method with a factor encoder', 'one without');
  const found: Reconstruction[] = [];
  for (const batch of batches(images, { batch: 100, normalisation: normalisationFor(teacher, normalisation) })) {
    tf.tidy(() => {
      const { features } = teacher.forward(toTensors(batch).images, { features: names.teacher });
      const maps = names.teacher.map((name) => features[name] as tf.Tensor4D);
      const [map, rebuilt] = [maps[0], reconstruct(maps)[0]] as [tf.Tensor4D, tf.Tensor4D];
      const shape = map.shape.slice(1) as [number, number, number];
      const [a, b] = [map.dataSync(), rebuilt.dataSync()] as [Float32Array, Float32Array];
      const size = a.length / batch.size;
      for (let i = 0; i < batch.size; i++) {
        found.push(strongestChannel(a.subarray(i * size, (i + 1) * size), b.subarray(i * size, (i + 1) * size), shape));
      }
    });
  }
  return found;
}

/** The channel of most energy of one image's map, and its reconstruction. @param shape [height, width, channels] of both maps */
function strongestChannel(
  map: Float32Array,
  rebuilt: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Reconstruction {
  const energy = new Float64Array(channels);
  let [error, total] = [0, 0];
  for (const [i, value] of map.entries()) {
    energy[i % channels] = (energy[i % channels] as number) + value * value;
    error += Math.abs(value - (rebuilt[i] as number));
    total += Math.abs(value);
  }
  const channel = energy.indexOf(Math.max(...energy));
  const pick = (values: Float32Array): Float32Array => values.filter((_, i) => i % channels === channel);
  const largest = Math.max(Number.MIN_VALUE, ...pick(map));
  const picture = (values: Float32Array): ChannelPicture => {
    const pixels = pick(values).map((v) => Math.min(1, Math.max(0, v / largest)));
    return { pixels, height, width, channels: 1 };
  };
  return { channel, map: picture(map), rebuilt: picture(rebuilt), relativeError: total > 0 ? error / total : 0 };
}
