/** How much memory there is: the machine's, or what the control group of a container, a scheduler or a service leaves of it. */
import { totalmem } from 'node:os';

/** Bytes. */
export function memoryLimit(): number {
  const total = totalmem();
  const group = process.constrainedMemory() ?? 0; // 0, or more than there is: none
  return group > 0 && group < total ? group : total;
}
