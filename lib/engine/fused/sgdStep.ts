/**
 * One step of stochastic gradient descent with momentum and weight decay, exactly as PyTorch defines it:
 * d = g + weightDecay · w;  v ← momentum · v + d;  w ← w − learningRate · (nesterov ? d + momentum · v : v).
 */
import { refuse, sameShape } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, ownValues, runKernel } from './fastKernel';

/** Coefficients of stochastic gradient descent; momentum, weight decay and Nesterov as PyTorch's `SGD` has them. */
export interface SgdCoefficients {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
}

/** What one variable's update needs; all three of one shape. */
export interface SgdUpdate {
  readonly parameter: tf.Variable;
  readonly velocity: tf.Variable;
  readonly gradient: tf.Tensor;
}

/**
 * Updates parameters and velocities in place. A snapshot that must survive has to be a copy of the values.
 * @param rate the learning rate once more, in a tensor, for engines that record: what a recorded step is repeated with
 */
export function sgdStep(updates: readonly SgdUpdate[], c: SgdCoefficients, rate?: tf.Tensor1D): void {
  for (const { parameter, velocity, gradient } of updates) {
    if (!sameShape(parameter.shape, velocity.shape) || !sameShape(parameter.shape, gradient.shape)) {
      throw refuse('sgdStep', `velocity and gradient of shape ${JSON.stringify(parameter.shape)}`, [
        velocity.shape,
        gradient.shape,
      ]);
    }
  }
  tf.tidy(() => {
    if (hasKernel('IekdSgdInPlace')) nativeUpdates(updates, c, rate);
    else for (const update of updates) plainUpdate(update, c);
  });
}

/** All of them in one call of the kernel: its inputs are `rate` if given, `parameter0`, `velocity0`, `gradient0`, `parameter1`, … */
function nativeUpdates(updates: readonly SgdUpdate[], c: SgdCoefficients, rate: tf.Tensor1D | undefined): void {
  const inputs = updates.flatMap(({ parameter, velocity, gradient }, i) => [
    [`parameter${i}`, ownValues(parameter)] as const,
    [`velocity${i}`, ownValues(velocity)] as const,
    [`gradient${i}`, gradient] as const,
  ]);
  runKernel('IekdSgdInPlace', { ...(rate ? { rate } : {}), ...Object.fromEntries(inputs) }, { ...c });
}

function plainUpdate({ parameter, velocity, gradient }: SgdUpdate, c: SgdCoefficients): void {
  const d = tf.add(gradient, tf.mul(parameter, c.weightDecay));
  const v = tf.add(tf.mul(velocity, c.momentum), d);
  velocity.assign(v);
  const direction = c.nesterov ? tf.add(d, tf.mul(v, c.momentum)) : v;
  parameter.assign(tf.sub(parameter, tf.mul(direction, c.learningRate)));
}
