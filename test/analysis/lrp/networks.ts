/** Small networks with every kind of step, norms that do something, and pictures. */

import { type ImageSet, imageSet, type Normalisation, random } from 'iekd';
import { tf } from 'iekd/dist/engine/tf';
import { kaimingNormal } from 'iekd/dist/models/initial';
import { chain, identity, type Layer, RELU, residual } from 'iekd/dist/models/layer';
import { averagePool, convolution, linear, maxPool } from 'iekd/dist/models/layers';
import { networkOf } from 'iekd/dist/models/network';
import type { Network } from 'iekd/dist/models/types';

export const NORMALISATION: Normalisation = { mean: [0.4, 0.5], std: [0.2, 0.3] };
const SIDE = 6;

const normed = (
  conv: string,
  norm: string,
  to: number,
  options: { stride?: number; size?: number; rectified?: boolean } = {},
): Layer => {
  const { rectified = false, ...rest } = options;
  return convolution({ conv, norm, to, initial: kaimingNormal, ...rest, ...(rectified ? { activation: RELU } : {}) });
};

/** The network of test/golden/lrp_reference.py: [6, 6, 2] → 3 classes, last map [2, 2, 4]. */
export function smallResidual(seed = 0): Network {
  const body = chain(normed('c1', 'b1', 3, { rectified: true }), normed('c2', 'b2', 3));
  const strided = chain(normed('c3', 'b3', 4, { rectified: true, stride: 2 }), normed('c4', 'b4', 4));
  return networkOf(
    {
      spec: { name: 'smallResidual', classes: 3, input: [SIDE, SIDE, 2] },
      stages: [
        chain(normed('conv', 'bn', 3, { rectified: true }), maxPool('pool', 2, 0)),
        residual(body, identity, RELU),
        residual(strided, normed('cs', 'bs', 4, { stride: 2, size: 1 }), RELU),
      ],
      head: chain(averagePool, linear('fc', 3)),
    },
    random(seed),
  );
}

/** Norms as after training, at random; without `shifts` no layer has a bias and norms only scale. */
export function settle(network: Network, shifts: boolean): Network {
  const source = random(3);
  for (const { name, variable } of network.variables.entries()) {
    const stream = source.stream(name);
    const draw = (value: () => number): void =>
      tf.tidy(() => variable.assign(tf.tensor(Float32Array.from({ length: variable.size }, value), variable.shape)));
    if (name.endsWith('running_var')) draw(() => 0.5 + stream.uniform());
    else if (name.endsWith('bias') || name.endsWith('running_mean')) draw(() => (shifts ? 0.3 * stream.normal() : 0));
  }
  return network;
}

/** Pictures of a network's size. */
export function pictures({ input: [height, width, channels], classes }: Network, count: number): ImageSet {
  const stream = random(9).stream('pictures');
  const bytes = Uint8Array.from({ length: count * height * width * channels }, () => Math.floor(256 * stream.uniform()));
  return imageSet(
    'test',
    bytes,
    Uint8Array.from({ length: count }, (_, i) => i % classes),
    { height, width, channels },
  );
}

/** Largest difference, as a part of the largest expected absolute value. */
export function deviation(received: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(expected, Math.abs), Number.MIN_VALUE);
  if (received.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(expected, (e, i) => Math.abs((received[i] as number) - e))) / largest;
}
