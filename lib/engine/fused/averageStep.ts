/** Moving averages of variables, many at once: a ← decay · a + (1 − decay) · v, computed as a + (1 − decay) · (v − a). */
import { refuse, sameShape } from '../../util/check';
import { tf } from '../tf';
import { hasKernel, ownValues, runKernel } from './fastKernel';

/** An average and the variable whose values enter it; of one shape. */
export interface AverageUpdate {
  readonly average: tf.Variable;
  readonly variable: tf.Variable;
}

/** Moves the averages in place. @param decay in [0, 1]; 0 copies the values, to the bit */
export function averageStep(updates: readonly AverageUpdate[], decay: number): void {
  for (const { average, variable } of updates) {
    if (sameShape(average.shape, variable.shape)) continue;
    throw refuse('averageStep', `an average of shape ${JSON.stringify(variable.shape)}`, average.shape);
  }
  tf.tidy(() => {
    if (decay === 0) for (const { average, variable } of updates) copy(average, variable);
    else if (hasKernel('IekdAverageInPlace')) nativeUpdates(updates, decay);
    else for (const update of updates) plainUpdate(update, decay);
  });
}

function copy(average: tf.Variable, variable: tf.Variable): void {
  average.assign(tf.tensor(variable.dataSync().slice(), variable.shape, variable.dtype));
}

/** All of them in one call of the kernel: its inputs are `average0`, `variable0`, `average1`, … */
function nativeUpdates(updates: readonly AverageUpdate[], decay: number): void {
  const inputs = updates.flatMap(({ average, variable }, i) => [
    [`average${i}`, ownValues(average)] as const,
    [`variable${i}`, variable] as const,
  ]);
  runKernel('IekdAverageInPlace', Object.fromEntries<tf.Tensor>(inputs), { share: 1 - decay });
}

function plainUpdate({ average, variable }: AverageUpdate, decay: number): void {
  average.assign(tf.add(average, tf.mul(tf.sub(variable, average), 1 - decay)));
}
