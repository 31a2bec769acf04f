/** The best epochs of the networks that a run trains, with their weights then, and how a checkpoint holds those. */
import { type TensorData, Variables } from '../../engine/variables';
import type { Network } from '../../models/types';
import type { Task } from '../../tasks/types';
import { refuse, refusePhrase, sameShape } from '../../util/check';
import { roleOf } from '../../util/networkRoles';
import { evaluationsByNetwork } from '../evaluation';
import type { EpochEvent } from '../events';
import { type BestEpoch, newBest } from './bestEpoch';

type Tensors = Readonly<Record<string, TensorData>>;

/** A network's best epoch so far, if there was one, and its values after it. */
export interface Best {
  readonly epoch: BestEpoch | undefined;
  readonly weights: Tensors;
}

const NONE: Best = { epoch: undefined, weights: {} };

/** Keeps the best of each network: the student's first, then its peers'. */
export class BestWeights {
  private list: readonly Best[];

  constructor(
    private readonly networks: readonly Network[],
    private readonly primary: Task['primary'],
  ) {
    this.list = networks.map(() => NONE);
  }

  /** By network. */
  get all(): readonly Best[] {
    return this.list;
  }

  /** Keeps the weights of every network for which an epoch was the best so far. */
  record({ epoch, ...measured }: EpochEvent): void {
    const all = evaluationsByNetwork(measured);
    this.list = this.networks.map(({ variables }, i) => {
      const old = this.list[i] ?? NONE;
      const best = newBest(old.epoch, { epoch, evaluations: all[i] ?? [] }, this.primary);
      return best ? { epoch: best, weights: variables.snapshot() } : old;
    });
  }

  /** The kept weights: `best/…` of the student, `best-peer1/…` of a peer. */
  tensors(): Record<string, TensorData> {
    const entries = this.list.flatMap(({ weights }, i) =>
      Object.entries(weights).map(([name, value]) => [prefixOf(i) + name, value] as const),
    );
    return Object.fromEntries(entries);
  }

  /** Takes its tensors and gives back the others. @throws InputError where they are not those of the networks */
  restore(where: string, tensors: Tensors, epochs: readonly (BestEpoch | undefined)[]): Tensors {
    let rest = tensors;
    this.list = this.networks.map(({ variables }, i) => {
      const [weights, others] = splitByPrefix(prefixOf(i), rest);
      rest = others;
      const epoch = epochs[i];
      checkTensors(where, prefixOf(i), weights, epoch ? variables : new Variables());
      return { epoch, weights };
    });
    return rest;
  }
}

const prefixOf = (index: number): string => (index === 0 ? 'best/' : `best-${roleOf(index)}/`);

function checkTensors(where: string, prefix: string, tensors: Tensors, like: Variables): void {
  const expected = like.entries().map(({ name, variable }) => ({ name, shape: variable.shape }));
  const names = Object.keys(tensors);
  if (names.length !== expected.length) {
    throw refusePhrase(where, `${expected.length} tensors of the best epoch`, String(names.length));
  }
  for (const { name, shape } of expected) {
    const found = tensors[name];
    if (!found) throw refusePhrase(where, `a tensor "${prefix}${name}"`, 'none of that name');
    if (!sameShape(found.shape, shape)) throw refuse(`${where}: ${prefix}${name}`, `shape ${JSON.stringify(shape)}`, found.shape);
  }
}

function splitByPrefix(prefix: string, values: Tensors): [Tensors, Tensors] {
  const entries = Object.entries(values);
  const inside = entries.filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]);
  return [Object.fromEntries(inside), Object.fromEntries(entries.filter(([name]) => !name.startsWith(prefix)))];
}
