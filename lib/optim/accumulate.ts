/** Sums over the batches that make a step together: their gradients, and the terms that they measured. */
import { tf } from '../engine/tf';
import type { MeasuredTerm } from './objective';
import type { Gradients } from './optimizer';

/**
 * sum + share · gradients, by name; a parameter that a batch does not reach has there a gradient of 0. Disposes of the sum before.
 * @param share the batch's part of the images of the step
 */
export function addGradients(sum: Gradients, gradients: Gradients, share: number): Map<string, tf.Tensor> {
  const total = new Map(sum);
  for (const [name, gradient] of gradients) {
    const before = sum.get(name);
    const own = tf.tidy(() => (before ? tf.add(before, tf.mul(gradient, share)) : tf.mul(gradient, share)));
    total.set(name, own);
    before?.dispose();
  }
  return total;
}

/** The terms of a batch as its part of the mean over the images of the step. */
export function shareOfTerms(terms: readonly MeasuredTerm[], share: number): MeasuredTerm[] {
  return terms.map((term) => ({ ...term, value: share * term.value, weighted: share * term.weighted }));
}

/** The sum of such parts; the first says which terms there are. */
export function sumOfTerms([first = [], ...others]: readonly (readonly MeasuredTerm[])[]): MeasuredTerm[] {
  return first.map((term) => {
    const same = others.flatMap((part) => part.filter(({ name }) => name === term.name));
    const sum = (of: 'value' | 'weighted'): number => same.reduce((total, other) => total + other[of], term[of]);
    return { ...term, value: sum('value'), weighted: sum('weighted') };
  });
}
