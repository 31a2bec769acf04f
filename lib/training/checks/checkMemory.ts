/** Whether a step fits into memory, said before the first one: a system that has none left ends the process without a word. */
import { currentAbilities } from '../../engine/abilities';
import { memoryLimit } from '../../engine/memoryLimit';
import { planIfKnown } from '../../models';
import type { Network } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { bytesText } from '../../util/text';

/** What a step needs. */
export interface MemoryNeed {
  /** Those that are trained, one at a time. */
  readonly networks: readonly Pick<Network, 'spec'>[];
  /** Images a step. */
  readonly batch: number;
  /** Of a map's value; undefined where maps are not in the machine's memory. Default the engine's. */
  readonly mapBytes?: number | undefined;
  /** Bytes that there are; default the machine's, or the control group's. */
  readonly most?: number;
}

/** Of the estimate: it is within a fifth of what steps of networks take, VGG aside, which takes more, and a batch that fits must not be refused. */
const CERTAIN = 0.8;

/** A parameter, its velocity and its gradient. */
const BYTES_A_PARAMETER = 12;

/** @throws InputError with the largest batch that fits, where the maps kept for the backward pass are certain not to */
export function checkMemory({ networks, batch, mapBytes = currentAbilities().mapBytes, most = memoryLimit() }: MemoryNeed): void {
  if (mapBytes === undefined) return;
  for (const { spec } of networks) {
    const plan = planIfKnown(spec);
    if (!plan) continue; // nobody knows what a network of one's own keeps
    const { kept, variables } = plan;
    const values = variables.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
    const [image, parameters] = [kept * mapBytes, values * BYTES_A_PARAMETER];
    const need = batch * image + parameters;
    if (CERTAIN * need <= most) continue;
    const expected = `a batch of ${spec.name} that fits into ${bytesText(most)} of memory`;
    const largest = Math.floor((most - parameters) / image);
    const hint =
      largest > 0 ? `the largest is about ${largest}` : 'not even one image does: a smaller network, or smaller images';
    throw refusePhrase('train: training.batch', expected, `${batch}, which takes about ${bytesText(need)}`, hint);
  }
}
