/** The weight of a term of the loss: a number, or how it goes over a stage. */
import type { Clock, Weight } from './objective';
import { type Schedule, scheduleAt } from './schedule';

/** The weight before a step. */
export const weightAt = (weight: Weight, clock: Clock): number => (typeof weight === 'function' ? weight(clock) : weight);

/** `scale` times the weight; 0 stays 0, whatever the sign of `scale`. */
export function scaledWeight(weight: Weight, scale: number): Weight {
  const scaled = (value: number): number => 0 + scale * value;
  return typeof weight === 'function' ? (clock) => scaled(weight(clock)) : scaled(weight);
}

/** `scale` times the value of a schedule. */
export function scheduledWeight(schedule: Schedule, scale = 1): Weight {
  return scaledWeight(typeof schedule === 'number' ? schedule : (clock) => scheduleAt(schedule, clock), scale);
}
