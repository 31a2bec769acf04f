/**
 * Initial values as Keras's initialisers say, drawn from the stream of the variable's own name: constants, normal, truncated normal (drawn
 * again beyond two deviations), uniform, and variance scaling (Glorot, He, LeCun): scale / fan, of a normal distribution its variance, of
 * a uniform one a third of its bound's square. As tfjs, a truncated normal is not widened for what is cut off; Keras divides by 0.8796.
 */
import { pick } from '../../util/check';
import type { RandomStream } from '../../util/rng';
import { constant, type Initial, volume } from '../layers/initial';

/** Of tfjs, which does not export the type. */
export interface KerasInitializer {
  getClassName(): string;
  getConfig(): object;
}

type Config = Readonly<Record<string, unknown>>;

const INITIALS: Readonly<Record<string, (config: Config) => Initial>> = {
  Zeros: () => constant(0),
  Ones: () => constant(1),
  Constant: ({ value }) => constant(Number(value)),
  RandomNormal: ({ mean = 0, stddev = 0.05 }) => drawn((stream) => Number(mean) + Number(stddev) * stream.normal()),
  TruncatedNormal: ({ mean = 0, stddev = 0.05 }) => drawn((stream) => Number(mean) + Number(stddev) * truncated(stream)),
  RandomUniform: ({ minval = -0.05, maxval = 0.05 }) =>
    drawn((stream) => Number(minval) + (Number(maxval) - Number(minval)) * stream.uniform()),
  VarianceScaling: ({ scale = 1, mode = 'fanIn', distribution = 'normal' }) => {
    return (shape, stream) => {
      const variance = Number(scale) / Math.max(1, fanOf(shape, String(mode)));
      const bound = Math.sqrt(3 * variance);
      const normal = (one: RandomStream): number => Math.sqrt(variance) * truncated(one);
      return drawn(distribution === 'uniform' ? (one) => bound * (2 * one.uniform() - 1) : normal)(shape, stream);
    };
  },
};

/** @throws InputError for an initialiser that is none of these, listing them */
export function kerasInitial(where: string, initializer: KerasInitializer | undefined): Initial {
  if (!initializer) return constant(0);
  return pick(`${where}: initializer`, INITIALS, initializer.getClassName())(initializer.getConfig() as Config);
}

const drawn =
  (draw: (stream: RandomStream) => number): Initial =>
  (shape, stream) =>
    Float32Array.from({ length: volume(shape) }, () => draw(stream));

function truncated(stream: RandomStream): number {
  for (;;) {
    const value = stream.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

/** Inputs and outputs of one value: of filters [height, width, in, out] a position's times the positions. */
function fanOf(shape: readonly number[], mode: string): number {
  if (shape.length < 2) return Math.sqrt(volume(shape));
  const positions = volume(shape.slice(0, -2));
  const [fanIn, fanOut] = [positions * (shape.at(-2) as number), positions * (shape.at(-1) as number)];
  if (mode === 'fanIn') return fanIn;
  return mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
}
