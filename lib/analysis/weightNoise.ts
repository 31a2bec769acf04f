/**
 * Flatness of the minimum that a network is in: how loss and accuracy change when Gaussian noise is added to its weights, as Huang et
 * al. 2021 compare independent training, KD and IE-KD. Deviations and draws that they took are not known to us: they are options.
 *   w' = w + σ · scale(w) · z, z ~ N(0, 1), scale 1 or √(mean w²) of each variable
 * The numbers z have the names of a draw and a variable: the same at every σ and for every network of the same architecture, so that
 * points of a curve, and curves of students, differ by what is compared and not by their draws.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { batches } from '../data/batches';
import { toTensors } from '../data/images/batchTensors';
import type { ImageSet, Normalisation } from '../data/types';
import { tf } from '../engine/tf';
import type { NamedVariable, TensorData, Variables } from '../engine/variables';
import { normalisationFor } from '../models/inputNormalisation';
import type { Network } from '../models/types';
import { scoreLogits } from '../tasks/classification/accuracy';
import { integerIn, knownKeys, numberIn, pick, refuse } from '../util/check';
import { type Random, type RandomStream, random } from '../util/rng';
import { type Summary, summarise } from '../util/stats';
import { classifierIn } from './givenClassifier';

type Scale = (data: Float32Array) => number;

const SCALES: Readonly<Record<'absolute' | 'rms', Scale>> = {
  absolute: () => 1,
  rms: (data) => Math.sqrt(data.reduce((sum, w) => sum + w ** 2, 0) / data.length),
};

/** The unit of σ: `absolute`, or `rms` of each variable. */
export type NoiseScale = keyof typeof SCALES;

/** Options of `weightNoise`. */
export interface WeightNoiseOptions {
  readonly network: Network;
  readonly images: ImageSet;
  readonly normalisation: Normalisation;
  /** Standard deviations of the noise, ≥ 0. */
  readonly sigmas: readonly number[];
  /** Of the noise, each evaluated at every σ; default 5. */
  readonly draws?: number;
  /** Default 0. */
  readonly seed?: number;
  /** `absolute` (default): σ as it is; `rms`: times the root mean square of each variable, whatever its layer's scale. */
  readonly scale?: NoiseScale;
  /** Whether scales and shifts of batch norms are moved too; default true. Moving statistics never are. */
  readonly norms?: boolean;
  /** Images at a time; default 250. */
  readonly batch?: number;
  /** Called after each evaluation, with the weights in place; what it throws ends the analysis. */
  readonly onDraw?: (done: number, total: number) => void;
}

/** Mean cross-entropy and share of right answers, in [0, 1]. */
export interface NoiselessScore {
  readonly loss: number;
  readonly accuracy: number;
}

/** Over the draws at one σ. */
export interface NoisePoint {
  readonly sigma: number;
  readonly loss: Summary;
  readonly accuracy: Summary;
}

/** A network's curve, as data. */
export interface WeightNoise {
  readonly network: string;
  readonly images: number;
  readonly draws: number;
  readonly seed: number;
  readonly scale: NoiseScale;
  readonly norms: boolean;
  /** Of the weights as they are. */
  readonly unperturbed: NoiselessScore;
  /** In the order of `sigmas`. */
  readonly points: readonly NoisePoint[];
}

const KNOWN = ['network', 'images', 'normalisation', 'sigmas', 'draws', 'seed', 'scale', 'norms', 'batch', 'onDraw'];

/**
 * Evaluates the network, in evaluation mode, under noise. The weights are moved within one turn of the event loop and are back, bit
 * for bit, before the next, whatever happens: others never see them moved. Leaks nothing.
 * @throws InputError for bad options and for a detector, and with σ and draw for logits that are not finite
 * @example
 * ```ts
 * import { buildNetwork, loadDataset, random, start, weightNoise } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const network = buildNetwork({ name: 'resnet8' }, random(0));
 * const curve = await weightNoise({ network, images: data.test, normalisation: data, sigmas: [0.01, 0.02], draws: 3 });
 * for (const { sigma, loss } of curve.points) console.log(sigma, loss.mean - curve.unperturbed.loss);
 * ```
 */
export async function weightNoise(options: WeightNoiseOptions): Promise<WeightNoise> {
  const settings = settingsOf(options);
  const { network, images, sigmas, draws, seed, scale, norms, onDraw } = settings;
  const noisy = noisyVariables(network.variables, norms);
  const unperturbed = score('weightNoise', settings);
  const points: NoisePoint[] = [];
  for (const sigma of sigmas) {
    const scores: NoiselessScore[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const noise = { sigma, scale, random: random(seed).child(`noise/${draw}`) };
      scores.push(withNoise(network.variables, noisy, noise, () => score(`weightNoise: sigma ${sigma}, draw ${draw}`, settings)));
      onDraw?.(points.length * draws + draw + 1, sigmas.length * draws);
      await nextTurn();
    }
    points.push({
      sigma,
      loss: summarise(scores.map(({ loss }) => loss)),
      accuracy: summarise(scores.map(({ accuracy }) => accuracy)),
    });
  }
  return { network: network.name, images: images.count, draws, seed, scale, norms, unperturbed, points };
}

type Settings = Required<Omit<WeightNoiseOptions, 'onDraw'>> & Pick<WeightNoiseOptions, 'onDraw'>;

function settingsOf(options: WeightNoiseOptions): Settings {
  knownKeys('weightNoise', options, KNOWN);
  classifierIn('weightNoise', options.network);
  const { sigmas, draws = 5, seed = 0, scale = 'absolute', norms = true, batch = 250 } = options;
  if (!Array.isArray(sigmas) || sigmas.length === 0) throw refuse('weightNoise: sigmas', 'at least one deviation', sigmas);
  for (const sigma of sigmas) numberIn('weightNoise: sigmas', sigma, 0);
  integerIn('weightNoise: images', options.images.count, 1);
  integerIn('weightNoise: draws', draws, 1);
  integerIn('weightNoise: seed', seed);
  integerIn('weightNoise: batch', batch, 1);
  pick('weightNoise: scale', SCALES, scale);
  return { ...options, sigmas: [...sigmas], draws, seed, scale, norms, batch };
}

/** What is moved: parameters, without those of batch norms unless they are asked for. A norm is what has a moving mean. */
function noisyVariables(variables: Variables, norms: boolean): NamedVariable[] {
  const names = new Set(variables.entries().map(({ name }) => name));
  const ofNorm = (name: string): boolean => names.has(name.replace(/[^.]*$/, 'running_mean'));
  return variables.parameters().filter(({ name }) => norms || !ofNorm(name));
}

interface Noise {
  readonly sigma: number;
  readonly scale: NoiseScale;
  readonly random: Random;
}

/** `f` with noise on some variables, which are as they were when it returns or throws. */
function withNoise<T>(variables: Variables, noisy: readonly NamedVariable[], noise: Noise, f: () => T): T {
  const before = variables.snapshot();
  const moved = noisy.map(({ name }) => {
    const { shape, data } = before[name] as TensorData;
    const deviation = noise.sigma * SCALES[noise.scale](data);
    return [name, { shape, data: moveBy(data, deviation, noise.random.stream(name)) }] as const;
  });
  try {
    variables.load({ ...before, ...Object.fromEntries(moved) }, 'weightNoise');
    return f();
  } finally {
    variables.load(before, 'weightNoise');
  }
}

const moveBy = (data: Float32Array, deviation: number, stream: RandomStream): Float32Array =>
  data.map((w) => w + deviation * stream.normal());

function score(where: string, { network, images, normalisation, batch }: Settings): NoiselessScore {
  let [loss, right, done] = [0, 0, 0];
  for (const part of batches(images, { batch, normalisation: normalisationFor(network, normalisation) })) {
    const logits = tf.tidy(() => network.forward(toTensors(part).images).logits.dataSync<'float32'>());
    const found = scoreLogits(logits, part.labels, network.classes, where, done);
    loss += found.loss;
    right += found.top1;
    done += part.size;
  }
  return { loss: loss / done, accuracy: right / done };
}
