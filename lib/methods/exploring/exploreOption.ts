/** The option `explore` of `ie`: a weight, or a form of exploring with the epochs in which it acts. */
import type { Clock, Weight } from '../../optim/objective';
import { checkSchedule, type Schedule, scheduleAt } from '../../optim/schedule';
import { scaledWeight, scheduledWeight } from '../../optim/weight';
import { isObject, knownKeys, numberIn, pick, refuse, refusePhrase } from '../../util/check';
import { counted } from '../../util/text';
import { EXPLORATIONS, type ExploreHow } from './explorations';

/** When exploring begins or ends: after so many epochs of its stage, or when the learning rate falls for the first time. */
export type ExploreEpoch = number | 'drop';

/** A form of exploring. */
export interface ExploreOptions {
  /** `negate` (default, the paper's), `reversed`, `shared`, `cka` or `cka-halves` (explorations.ts). */
  readonly how?: ExploreHow;
  /** ≥ 0, over the epochs from `from` to `until`; default 50, or the matcher's, or 1 of the two forms by CKA. */
  readonly weight?: Schedule;
  /** Default 0: from the beginning. */
  readonly from?: ExploreEpoch;
  /** Default the end of the stage. */
  readonly until?: ExploreEpoch;
  /** Of the two forms by CKA: at and below it they give no gradient, in [0, 1]; default 0. */
  readonly floor?: number;
}

/** Names of the entries of `explore`. */
const KEYS: readonly (keyof ExploreOptions)[] = ['how', 'weight', 'from', 'until', 'floor'];

/** The option, checked, and as it is written down: a weight alone stays one. */
export interface Exploring {
  readonly how: ExploreHow;
  readonly floor: number;
  readonly written: Schedule | ExploreOptions;
  /** The weight over the stage, `scale` times. */
  weight(scale: number): Weight;
}

/** @param usual the matcher's weight @throws InputError naming `where` and the entry that is wrong */
export function exploring(where: string, given: unknown, usual: number): Exploring {
  if (!isObject(given) || 'kind' in given || 'base' in given) {
    const written = checkSchedule(where, given ?? usual);
    return { how: 'negate', floor: 0, written, weight: (scale) => scheduledWeight(written, scale) };
  }
  knownKeys(where, given, KEYS);
  const { from, until, floor, ...rest } = given as ExploreOptions;
  const how = rest.how ?? 'negate';
  const byMap = 'unlike' in pick(`${where}: how`, EXPLORATIONS, how);
  const weight = checkSchedule(`${where}: weight`, rest.weight ?? (byMap ? 1 : usual));
  for (const [name, epoch] of Object.entries({ from, until })) checkEpoch(`${where}: ${name}`, epoch);
  const order = [from ?? 0, until ?? Number.POSITIVE_INFINITY] as const;
  if (order[0] === order[1] || (typeof order[0] === 'number' && typeof order[1] === 'number' && order[0] > order[1])) {
    throw refuse(`${where}: until`, `an end after its beginning, ${order[0]}`, until);
  }
  if (floor !== undefined && !byMap) throw refuse(`${where}: floor`, 'how to be cka or cka-halves where it is given', how);
  if (floor !== undefined) numberIn(`${where}: floor`, floor, 0, 1);
  const written = { how, weight, ...definedOf({ from, until, floor }) };
  return { how, floor: floor ?? 0, written, weight: (scale) => scaledWeight(within(where, written), scale) };
}

const definedOf = <T extends object>(entries: T): Partial<T> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<T>;

function checkEpoch(where: string, epoch: ExploreEpoch | undefined): void {
  if (epoch === undefined || epoch === 'drop') return;
  if (typeof epoch !== 'number' || !(epoch >= 0) || epoch === Number.POSITIVE_INFINITY) {
    throw refuse(where, 'epochs from 0, or "drop"', epoch);
  }
}

/** 0 outside the window; in it the schedule's value, whose epochs are those of the window. */
function within(where: string, { weight, from = 0, until }: ExploreOptions & { readonly weight: Schedule }): Weight {
  if (from === 0 && until === undefined) return scheduledWeight(weight);
  return (clock) => {
    const start = epochOf(`${where}: from`, from, clock);
    const end = until === undefined ? clock.epochs : epochOf(`${where}: until`, until, clock);
    if (typeof from === 'number' && from >= clock.epochs) {
      throw refuse(`${where}: from`, `less than the ${counted(clock.epochs, 'epoch')}`, from);
    }
    if (clock.epoch < start || clock.epoch >= end) return 0;
    return scheduleAt(weight, { epoch: clock.epoch - start, epochs: end - start });
  };
}

/** @throws InputError for the first drop of a rate that never drops */
function epochOf(where: string, epoch: ExploreEpoch, { drops = [Number.POSITIVE_INFINITY] }: Clock): number {
  if (epoch !== 'drop') return epoch;
  const [first] = drops;
  if (first === undefined) throw refusePhrase(where, 'a learning rate that drops', 'one that does not', 'give an epoch');
  return first;
}
