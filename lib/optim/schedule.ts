/**
 * Values over epochs, for learning rates and loss weights. At whole epochs they are those of PyTorch's StepLR, MultiStepLR and
 * CosineAnnealingLR stepped once an epoch, and LinearLR's; cosine, linear and warm-up also move within an epoch, which PyTorch leaves to
 * the caller.
 */
import { integerIn, isObject, knownKeys, numberIn, objectIn, pick, refuse } from '../util/check';
import { counted, unitOf } from '../util/text';

/** A value over epochs, as data. A plain number is a constant. */
export type Schedule = number | StepSchedule | MultiStepSchedule | CosineSchedule | LinearSchedule;

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

/** floor + (base − floor) · (1 − t), with t as a cosine's. */
export interface LinearSchedule {
  readonly kind: 'linear';
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
  cosine: { keys: ['floor'], check: checkFloor },
  linear: { keys: ['floor'], check: checkFloor },
};

/**
 * The value at a moment of training, of a schedule whose values are those of its kind. @throws InputError for what is none
 * @example
 * ```ts
 * import { type Schedule, scheduleAt } from 'iekd';
 * const rate: Schedule = { kind: 'multiStep', base: 0.1, at: [80, 120], factor: 0.1, warmUp: { epochs: 5 } };
 * scheduleAt(rate, { epoch: 2.5, epochs: 160 }); // 0.05: half of the warm-up is over
 * scheduleAt(rate, { epoch: 100, epochs: 160 }); // 0.1 · 0.1
 * ```
 */
export function scheduleAt(schedule: Schedule, clock: ScheduleClock): number {
  if (typeof schedule === 'number') return schedule;
  if (!isObject(schedule)) throw refuse('scheduleAt', 'a number or a schedule', schedule);
  pick('scheduleAt: kind', KINDS, schedule.kind);
  objectIn('scheduleAt: clock', 'epochs done and of all, { epoch, epochs }', clock, ['epoch', 'epochs']);
  return warmUpFactor(schedule.warmUp, clock.epoch) * plainValue(schedule, clock);
}

/** In words: `0.1`, `0.1, times 0.1 after epochs 5 and 8`, `0.1, falling to 0 as a cosine, after a warm-up of 0.5 epochs`. */
export function describeSchedule(schedule: Schedule): string {
  if (typeof schedule === 'number') return String(schedule);
  const { base, warmUp } = schedule;
  const from = warmUp?.from ? ` from ${warmUp.from} of it` : '';
  return [
    base,
    ...(schedule.kind === 'multiStep' && schedule.at.length === 0 ? [] : [changeText(schedule)]),
    ...(warmUp ? [`after a warm-up of ${warmUp.epochs} ${unitOf(warmUp.epochs, 'epochs')}${from}`] : []),
  ].join(', ');
}

function changeText(schedule: Scheduled): string {
  switch (schedule.kind) {
    case 'step':
      return `times ${schedule.factor} every ${schedule.every === 1 ? 'epoch' : counted(schedule.every, 'epoch')}`;
    case 'multiStep': {
      const { at, factor } = schedule;
      return `times ${factor} after ${at.length === 1 ? 'epoch' : 'epochs'} ${at.join(', ').replace(/, (\d+)$/, ' and $1')}`;
    }
    case 'cosine':
      return `falling to ${schedule.floor ?? 0} as a cosine`;
    case 'linear':
      return `falling to ${schedule.floor ?? 0} on a line`;
  }
}

/** A schedule from data nobody has checked. @throws InputError naming `where` and the key that is wrong */
export function checkSchedule(where: string, value: unknown): Schedule {
  if (typeof value === 'number') return numberIn(where, value, 0);
  const isSchedule = isObject(value) && ('kind' in value || 'base' in value);
  if (!isSchedule) throw refuse(where, 'a number or a schedule', value);
  const schedule = value as unknown as Scheduled;
  const kind = pick(`${where}: kind`, KINDS, schedule.kind);
  knownKeys(where, schedule, ['kind', 'base', 'warmUp', ...kind.keys]);
  numberIn(`${where}: base`, schedule.base, 0);
  kind.check(where, schedule);
  if (schedule.warmUp !== undefined) checkWarmUp(`${where}: warmUp`, schedule.warmUp);
  return schedule;
}

/** Refuses a schedule that would change after the last epoch: one for another number of epochs. */
export function checkEnds(where: string, schedule: Schedule, epochs: number): void {
  if (typeof schedule === 'number') return;
  const { warmUp } = schedule;
  if (warmUp && warmUp.epochs > epochs)
    throw refuse(`${where}: warmUp: epochs`, `at most the ${counted(epochs, 'epoch')}`, warmUp.epochs);
  if (schedule.kind === 'step' && schedule.every >= epochs && epochs > 1) {
    throw refuse(`${where}: every`, `less than the ${counted(epochs, 'epoch')}`, schedule.every, 'a number is a constant rate');
  }
  if (schedule.kind !== 'multiStep' || !schedule.at.some((epoch) => epoch >= epochs)) return;
  throw refuse(`${where}: at`, `milestones before the end of ${counted(epochs, 'epoch')}`, schedule.at);
}

function plainValue(schedule: Scheduled, { epoch, epochs }: ScheduleClock): number {
  switch (schedule.kind) {
    case 'step':
      return schedule.base * schedule.factor ** Math.floor(epoch / schedule.every);
    case 'multiStep':
      return schedule.base * schedule.factor ** schedule.at.filter((milestone) => milestone <= Math.floor(epoch)).length;
    case 'cosine': {
      const { base, floor = 0 } = schedule;
      return floor + ((base - floor) * (1 + Math.cos(Math.PI * partDone(schedule, epoch, epochs)))) / 2;
    }
    case 'linear': {
      const { base, floor = 0 } = schedule;
      return floor + (base - floor) * (1 - partDone(schedule, epoch, epochs));
    }
  }
}

/** From 0 at the end of the warm-up to 1 at the end of training. */
function partDone({ warmUp }: Scheduled, epoch: number, epochs: number): number {
  const start = warmUp?.epochs ?? 0;
  return Math.min(1, Math.max(0, (epoch - start) / Math.max(epochs - start, Number.MIN_VALUE)));
}

/** The epochs after which it falls at once: a multiStep's milestones, a step's multiples. */
export function dropsOf(schedule: Schedule, epochs: number): readonly number[] {
  if (typeof schedule === 'number' || !('factor' in schedule) || schedule.factor >= 1) return [];
  if (schedule.kind === 'multiStep') return schedule.at;
  const { every } = schedule;
  return Array.from({ length: Math.max(0, Math.ceil(epochs / every) - 1) }, (_, i) => (i + 1) * every);
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

function checkFloor(where: string, schedule: Scheduled): void {
  const { base, floor } = schedule as CosineSchedule | LinearSchedule;
  if (floor !== undefined) numberIn(`${where}: floor`, floor, 0, base);
}

function checkWarmUp(where: string, warmUp: WarmUp): void {
  if (typeof warmUp !== 'object' || warmUp === null) throw refuse(where, 'an object with epochs and from', warmUp);
  knownKeys(where, warmUp, ['epochs', 'from']);
  numberIn(`${where}: epochs`, warmUp.epochs, 0);
  if (warmUp.from !== undefined) numberIn(`${where}: from`, warmUp.from, 0);
}
