/** Runs a case on a backend and compares two runs. */
import { tf } from 'iekd/dist/engine/tf';
import { type RandomStream, random } from 'iekd/dist/util/rng';
import { type InputSpec, isFloat, type KernelCase, type Tolerance } from './cases/types';

export interface Result {
  readonly label: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

const DEFAULT_TOLERANCE: Tolerance = { relative: 1e-4, absolute: 1e-5 };
const size = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

function draw({ shape, kind = 'normal', below = 2 }: InputSpec, stream: RandomStream): Float32Array | Int32Array | Uint8Array {
  const n = size(shape);
  const fill = (f: () => number): Float32Array => Float32Array.from({ length: n }, f);
  switch (kind) {
    case 'normal':
      return fill(() => stream.normal());
    case 'positive':
      return fill(() => 0.5 + 1.5 * stream.uniform());
    case 'distinct':
      return Float32Array.from(stream.permutation(n), (i) => (4 * (i + 0.5)) / n - 2);
    case 'halves':
      return fill(() => (stream.below(5) - 2) / 2);
    case 'int':
      return Int32Array.from({ length: n }, () => stream.below(below));
    case 'bool':
      return Uint8Array.from({ length: n }, () => stream.below(2));
  }
}

function dtypeOf(spec: InputSpec): tf.DataType {
  if (isFloat(spec)) return 'float32';
  return spec.kind === 'int' ? 'int32' : 'bool';
}

/** Fresh tensors of the case's inputs, the same values on every backend. */
function inputs({ name, inputs: specs }: KernelCase): tf.Tensor[] {
  const stream = random(7).stream(name);
  return specs.map((spec) => tf.tensor(draw(spec, stream), [...spec.shape], dtypeOf(spec)));
}

function read(label: string, t: tf.Tensor): Result {
  return { label, shape: [...t.shape], dtype: t.dtype, values: Array.from(t.dataSync()) };
}

/** Σ y · w over all outputs y, with normal weights w, the same on every backend: its gradient takes in every output's. */
function weightedSum(name: string, outputs: readonly tf.Tensor[]): tf.Tensor {
  const stream = random(7).stream(`${name}/weights`);
  const weights = outputs.map(({ shape }) => tf.tensor(draw({ shape }, stream), shape));
  return tf.addN(outputs.map((y, i) => tf.sum(tf.mul(y, weights[i] as tf.Tensor))));
}

const list = (result: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(result) ? result : [result]);

function outputs(kernelCase: KernelCase): Result[] {
  return list(kernelCase.run(...inputs(kernelCase))).map((t, i) => read(`output ${i}`, t));
}

function gradients(kernelCase: KernelCase): Result[] {
  const all = inputs(kernelCase);
  const chosen = kernelCase.differentiate ?? kernelCase.inputs.flatMap((spec, i) => (isFloat(spec) ? [i] : []));
  if (chosen.length === 0) return [];
  const f = (...xs: tf.Tensor[]): tf.Tensor => {
    const replaced = all.map((t, i) => xs[chosen.indexOf(i)] ?? t);
    return weightedSum(kernelCase.name, list(kernelCase.run(...replaced)));
  };
  const grads = tf.grads(f)(chosen.map((i) => all[i] as tf.Tensor));
  return grads.map((g, i) => read(`gradient of input ${chosen[i]}`, g));
}

/** Values and gradients of a case on a backend; an error when it leaves a tensor behind. */
export async function evaluate(kernelCase: KernelCase, backend: string): Promise<Result[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const results: Result[] = [];
  // Not returned from the tidy, which would look for tensors among all the values.
  tf.tidy(() => {
    results.push(...outputs(kernelCase), ...gradients(kernelCase));
  });
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`${kernelCase.name} on ${backend}: expected no tensor left, received ${left}`);
  return results;
}

/** The worst violation of |a − b| ≤ absolute + relative · |b|, in words; undefined when there is none. NaN equals only NaN. */
export function difference(
  actual: readonly Result[],
  expected: readonly Result[],
  tolerance = DEFAULT_TOLERANCE,
): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} results instead of ${expected.length}`;
  let worst = { excess: 1, text: undefined as string | undefined };
  for (const [i, b] of expected.entries()) {
    const a = actual[i] as Result;
    const heads = [a, b].map(({ label, shape, dtype }) => `${label} ${dtype} [${shape}]`);
    if (heads[0] !== heads[1]) return `${heads[0]} instead of ${heads[1]}`;
    for (const [k, wanted] of b.values.entries()) {
      const got = a.values[k] as number;
      const allowed = tolerance.absolute + tolerance.relative * Math.abs(wanted);
      const excess = Object.is(got, wanted) || got === wanted ? 0 : Math.abs(got - wanted) / allowed;
      if (!(excess <= worst.excess))
        worst = { excess: Number.isNaN(excess) ? Infinity : excess, text: `${b.label}[${k}]: ${got} instead of ${wanted}` };
    }
  }
  return worst.text;
}

/** As `difference`, for a case's own tolerance. */
export function compare(kernelCase: KernelCase, actual: readonly Result[], expected: readonly Result[]): string | undefined {
  return difference(actual, expected, kernelCase.tolerance ?? DEFAULT_TOLERANCE);
}
