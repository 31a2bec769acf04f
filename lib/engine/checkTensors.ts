/** Whether what a loss is given are tensors: numbers, promises and disposed ones are named before tfjs stumbles over them. */

import { refuse, refusePhrase } from '../util/check';
import { tf } from './tf';

/** @param values by the names of the loss's arguments @throws InputError naming the argument @param hint the next step */
export function checkTensors(where: string, values: Readonly<Record<string, unknown>>, hint?: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value instanceof tf.Tensor)) throw refuse(`${where}: ${name}`, 'a tensor', value, hint);
    if (value.isDisposed) throw refusePhrase(`${where}: ${name}`, 'a tensor in use', 'one that was disposed of', hint);
  }
}
