/**
 * Values over epochs, for learning rates and loss weights. At whole epochs they are those of PyTorch's StepLR, MultiStepLR and
 * CosineAnnealingLR stepped once an epoch; cosine and warm-up also move within an epoch, which PyTorch leaves to the caller.
 */
import { integerIn, knownKeys, numberIn, pick, refuse } from '../util/check';

/** A value over epochs, as data. A plain number is a constant. */
export type Schedule = number | StepSchedule | MultiStepSchedule | CosineSchedule;

/** base · factor^⌊epoch / every⌋ */
export interface StepSchedule {
  readonly kind: 'step';
  readonly base: number;
  /** Whole epochs. */
  readonly every: number;
  readonly factor: number;
  readonly warmUp?: WarmUp;
}

/** base · factor^(number of milestones ≤ ⌊epoch⌋) */
export interface MultiStepSchedule {
  readonly kind: 'multiStep';
  readonly base: number;
  /** Milestones: whole epochs, ascending. */
  readonly at: readonly number[];
  readonly factor: number;
  readonly warmUp?: WarmUp;
}

/** floor + (base − floor) · (1 + cos(π · t)) / 2, with t from 0 to 1 between the end of the warm-up and the end of training. */
export interface CosineSchedule {
  readonly kind: 'cosine';
  readonly base: number;
  /** The value at the end, default 0. */
  readonly floor?: number;
  readonly warmUp?: WarmUp;
}

/** The schedule's value times a factor that rises linearly from `from` (default 0) to 1 over the first `epochs`. */
export interface WarmUp {
  readonly epochs: number;
  readonly from?: number;
}

/** The part of a clock that a schedule reads: epochs done, as a fraction, of all epochs. */
export interface ScheduleClock {
  readonly epoch: number;
  readonly epochs: number;
}

type Scheduled = Exclude<Schedule, number>;
type KindRow = { readonly keys: readonly string[]; check(where: string, schedule: Scheduled): void };

const KINDS: Readonly<Record<Scheduled['kind'], KindRow>> = {
  step: { keys: ['every', 'factor'], check: checkStep },
  multiStep: { keys: ['at', 'factor'], check: checkMultiStep },
  cosine: { keys: ['floor'], check: checkCosine },
};

/**
 * The value at a moment of training.
 * @example
 * ```ts
 * import { checkSchedule, scheduleAt } from 'iekd';
 * const warmUp = { epochs: 5 };
 * const rate = checkSchedule('rate', { kind: 'multiStep', base: 0.1, at: [80, 120], factor: 0.1, warmUp });
 * scheduleAt(rate, { epoch: 2.5, epochs: 160 }); // 0.05: half of the warm-up is over
 * scheduleAt(rate, { epoch: 100, epochs: 160 }); // 0.1 · 0.1
 * ```
 */
export function scheduleAt(schedule: Schedule, clock: ScheduleClock): number {
  if (typeof schedule === 'number') return schedule;
  return warmUpFactor(schedule.warmUp, clock.epoch) * plainValue(schedule, clock);
}

/** A schedule from data nobody has checked. @throws InputError naming `where` and the key that is wrong */
export function checkSchedule(where: string, value: unknown): Schedule {
  if (typeof value === 'number') return numberIn(where, value, 0);
  if (typeof value !== 'object' || value === null) throw refuse(where, 'a number or a schedule', value);
  const schedule = value as Scheduled;
  const kind = pick(`${where}: kind`, KINDS, String(schedule.kind));
  knownKeys(where, schedule, ['kind', 'base', 'warmUp', ...kind.keys]);
  numberIn(`${where}: base`, schedule.base, 0);
  kind.check(where, schedule);
  if (schedule.warmUp !== undefined) checkWarmUp(`${where}: warmUp`, schedule.warmUp);
  return schedule;
}

function plainValue(schedule: Scheduled, { epoch, epochs }: ScheduleClock): number {
  switch (schedule.kind) {
    case 'step':
      return schedule.base * schedule.factor ** Math.floor(epoch / schedule.every);
    case 'multiStep':
      return schedule.base * schedule.factor ** schedule.at.filter((milestone) => milestone <= Math.floor(epoch)).length;
    case 'cosine': {
      const { base, floor = 0 } = schedule;
      const start = schedule.warmUp?.epochs ?? 0;
      const t = Math.min(1, Math.max(0, (epoch - start) / Math.max(epochs - start, Number.MIN_VALUE)));
      return floor + ((base - floor) * (1 + Math.cos(Math.PI * t))) / 2;
    }
  }
}

function warmUpFactor(warmUp: WarmUp | undefined, epoch: number): number {
  if (!warmUp || epoch >= warmUp.epochs) return 1;
  const { epochs, from = 0 } = warmUp;
  return from + ((1 - from) * epoch) / epochs;
}

function checkStep(where: string, schedule: Scheduled): void {
  const { every, factor } = schedule as StepSchedule;
  integerIn(`${where}: every`, every, 1);
  numberIn(`${where}: factor`, factor, 0);
}

function checkMultiStep(where: string, schedule: Scheduled): void {
  const { at, factor } = schedule as MultiStepSchedule;
  const ascending = Array.isArray(at) && at.every((n, i) => Number.isInteger(n) && n > (i === 0 ? 0 : at[i - 1]));
  if (!ascending) throw refuse(`${where}: at`, 'whole epochs above 0, ascending', at);
  numberIn(`${where}: factor`, factor, 0);
}

function checkCosine(where: string, schedule: Scheduled): void {
  const { base, floor } = schedule as CosineSchedule;
  if (floor !== undefined) numberIn(`${where}: floor`, floor, 0, base);
}

function checkWarmUp(where: string, warmUp: WarmUp): void {
  if (typeof warmUp !== 'object' || warmUp === null) throw refuse(where, 'an object with epochs and from', warmUp);
  knownKeys(where, warmUp, ['epochs', 'from']);
  numberIn(`${where}: epochs`, warmUp.epochs, 0);
  if (warmUp.from !== undefined) numberIn(`${where}: from`, warmUp.from, 0);
}
