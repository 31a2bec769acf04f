/**
 * Random numbers by name. Every use draws from its own stream, derived from one seed and a name, so that one more draw in
 * one place moves no other. Generator: xoshiro128** (Blackman & Vigna 2018), seeded through SplitMix32 of an FNV-1a hash.
 */

import { refuse } from './check';

/** The whole state of a stream: four unsigned 32-bit words, JSON-ready. */
export type StreamState = readonly [number, number, number, number];

/** One stream of random numbers. */
export interface RandomStream {
  /** The next unsigned 32-bit integer. */
  uint32(): number;
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform integer in [0, n), n ≤ 2³², without modulo bias. */
  below(n: number): number;
  /** Normal with mean 0 and standard deviation 1 (Box–Muller, one value a call). */
  normal(): number;
  /** A permutation of 0 … n−1 (Fisher–Yates). */
  permutation(n: number): Uint32Array;
  /** The state, to be stored; `restore` continues from it bit for bit. */
  state(): StreamState;
  /** Continues from a stored state. */
  restore(state: StreamState): void;
}

/** A seed and the streams derived from it. */
export interface Random {
  readonly seed: number;
  /** A fresh stream; the same name always gives the same numbers. */
  stream(name: string): RandomStream;
  /** Random numbers for a part: `random.child('encoder').stream('init')` is `random.stream('encoder/init')`. */
  child(name: string): Random;
}

const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;

function hash32(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

function splitMix32(start: number): () => number {
  let a = start >>> 0;
  return () => {
    a = (a + 0x9e3779b9) >>> 0;
    let z = a;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

function createStream(seed: number, name: string): RandomStream {
  const low = splitMix32(hash32(name, seed >>> 0));
  // Both halves of the state hold both halves of the seed: the first draw is made of b alone.
  const high = splitMix32(hash32(name, low() ^ Math.floor(seed / 2 ** 32)));
  let [a, b, c, d] = [low(), high(), low(), (high() | 1) >>> 0];

  function uint32(): number {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotl(d >>> 0, 11);
    return result;
  }
  const uniform = (): number => uint32() / 2 ** 32;
  function below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const x = uint32();
      if (x < limit) return x % n;
    }
  }
  function permutation(n: number): Uint32Array {
    const p = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1);
      [p[i], p[j]] = [p[j] as number, p[i] as number];
    }
    return p;
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const restore = (s: StreamState): void => {
    [a, b, c, d] = s;
  };
  return { uint32, uniform, below, normal, permutation, state: () => [a, b, c, d], restore };
}

/** Streams of a seed. `seed`: an integer in [0, 2⁵³). */
export function random(seed: number, prefix = ''): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw refuse('random', 'a seed in [0, 2^53)', seed);
  return {
    seed,
    stream: (name) => createStream(seed, prefix + name),
    child: (name) => random(seed, `${prefix}${name}/`),
  };
}
