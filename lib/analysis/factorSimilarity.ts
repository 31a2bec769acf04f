/**
 * How alike a student's parts are to their teacher, image by image: the cosine of the angle between a part's factor and its
 * target. 1 is the same direction; the value of unrelated factors depends on how they are rectified, so compare parts with each
 * other and with a student that was trained without them (Huang et al. 2021, section 3, for what the parts are meant to do).
 */
import { batches } from '../data/batches';
import { toTensors } from '../data/images/batchTensors';
import type { ImageSet, Normalisation } from '../data/types';
import { normalizeRows } from '../engine/fused/normalizeRows';
import { tf } from '../engine/tf';
import type { Distillation } from '../methods/distillation';
import type { Factor } from '../methods/matcher';
import { renormalised } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { knownKeys, neededKeys, refuse, sameShape } from '../util/check';

/** Options of `factorSimilarity`. */
export interface FactorSimilarityOptions {
  readonly distillation: Distillation;
  readonly student: Network;
  readonly teachers: readonly Network[];
  /** Those that learnt beside the student, where there were some. */
  readonly peers?: readonly Network[];
  readonly images: ImageSet;
  readonly normalisation: Normalisation;
  /** Images at a time; default 250. */
  readonly batch?: number;
}

/** One part's cosine for each image, in the order of the images; several matched layers are averaged. */
export interface PartSimilarity {
  readonly part: string;
  readonly cosines: readonly number[];
}

const OPTIONS = ['distillation', 'student', 'teachers', 'images', 'normalisation'];

/**
 * Cosines of all parts that the distillation compares, evaluation mode. Leaks nothing. @throws InputError for factors of unlike shapes
 * @example
 * ```ts
 * import { buildMethod, buildNetwork, factorSimilarity, loadDataset, random, start, train } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const [student, teacher] = [buildNetwork({ name: 'resnet8' }, random(0)), buildNetwork({ name: 'resnet14' }, random(1))];
 * const method = buildMethod({ name: 'ie-ft', fit: { epochs: 1 } });
 * const { distillation } = await train({ student, teachers: [teacher], method, data, training: { epochs: 1 } });
 * const rows = factorSimilarity({ distillation, student, teachers: [teacher], images: data.test, normalisation: data });
 * console.log(rows.map(({ part, cosines }) => [part, cosines.length])); // inheritance, exploration: a cosine an image
 * ```
 */
export function factorSimilarity(options: FactorSimilarityOptions): PartSimilarity[] {
  knownKeys('factorSimilarity', options, [...OPTIONS, 'peers', 'batch']);
  neededKeys('factorSimilarity', options, OPTIONS);
  const { distillation, images, normalisation, batch = 250 } = options;
  const own = (network: Network): Network => renormalised(network, normalisation);
  const [student, teachers, peers] = [own(options.student), options.teachers.map(own), (options.peers ?? []).map(own)];
  const { features } = distillation;
  const cosines = new Map<string, number[]>();
  for (const part of batches(images, { batch, normalisation })) {
    tf.tidy(() => {
      const { images: x } = toTensors(part);
      const pair = {
        student: student.forward(x, { features: features.student }),
        peers: peers.map((peer, i) => peer.forward(x, { features: features.peers?.[i] ?? [] })),
        teachers: teachers.map((teacher) => teacher.forward(x, { features: features.teacher })),
      };
      for (const { branch: name, factor, target } of distillation.compare(pair, false)) {
        const known = cosines.get(name) ?? [];
        cosines.set(name, [...known, ...meanCosines(factor, target)]);
      }
    });
  }
  return [...cosines].map(([part, values]) => ({ part, cosines: values }));
}

function meanCosines(factor: Factor, target: Factor): Float32Array {
  const layers = factor.map((a, i) => {
    const b = target[i] as tf.Tensor;
    if (!sameShape(a.shape, b.shape))
      throw refuse('factorSimilarity', `factors of the target's shape ${JSON.stringify(b.shape)}`, a.shape);
    return cosineRows(a, b);
  });
  return tf.mean(tf.stack(layers), 0).dataSync<'float32'>();
}

/** [batch, …] twice → [batch] */
function cosineRows(a: tf.Tensor, b: tf.Tensor): tf.Tensor1D {
  const rows = (t: tf.Tensor): tf.Tensor2D => normalizeRows(tf.reshape(t, [t.shape[0] ?? 0, -1]));
  return tf.sum<tf.Tensor1D>(tf.mul(rows(a), rows(b)), 1);
}
