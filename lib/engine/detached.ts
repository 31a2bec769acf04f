/**
 * Work under differentiation that is not to be differentiated: a frozen teacher's forward pass inside a student's loss.
 * tfjs has no `stopGradient`; while its engine believes that a kernel is running it records nothing on the tape, so nothing is
 * saved for a backward pass and intermediate results can go at once. A custom gradient's forward pass runs the same way.
 */
import { checkTensors } from './checkTensors';
import { tf } from './tf';

/** Runs `f` off the tape: no gradient flows through its result. Outside differentiation it changes nothing. */
export function detached<T>(f: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return f();
  } finally {
    state.kernelDepth--;
  }
}

/** The same values as a constant: what is computed from it is differentiated, but nothing flows back into `x`. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  checkTensors('stopGradient', { x });
  // Not a clone: tfjs records clones even here.
  return detached(() => tf.reshape(x, x.shape) as T);
}
