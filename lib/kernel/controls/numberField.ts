/** A number that is typed. */
import { integerIn, numberIn, positive } from '../../util/check';
import { type Control, control } from './control';
import { type ControlOptions, controlOptions } from './displayed';
import { KINDS } from './kinds';

/** Options of `numberField`. */
export interface NumberFieldOptions extends ControlOptions {
  /** At first; default 0, or the end that is nearest to it. */
  readonly value?: number;
  /** Default none. */
  readonly min?: number;
  /** Default none. */
  readonly max?: number;
  /** Of its arrows. A whole one makes the values whole. Default none: any number. */
  readonly step?: number;
}

/** An end that is none: JSON has no infinity. */
const LARGEST = Number.MAX_VALUE;

/**
 * A number that is typed, between two ends where they are given.
 * @throws InputError for options that are none, and for a value that is no number or beyond an end
 * @example
 * ```ts
 * import { numberField } from 'iekd';
 *
 * const seed = numberField({ value: 0, min: 0, step: 1, label: 'seed' });
 * console.log(seed.value);
 * ```
 */
export function numberField(options: NumberFieldOptions = {}): Control<number> {
  const given = controlOptions('numberField', options, ['value', 'min', 'max', 'step']);
  const { min = -Infinity, max = Infinity, step } = options;
  if (options.min !== undefined) numberIn('numberField: min', min);
  if (options.max !== undefined) numberIn('numberField: max', max, min);
  if (step !== undefined) positive('numberField: step', step);
  const { value = Math.min(Math.max(0, min), max) } = options;
  const whole = Number.isInteger(step);
  const ended = options.min !== undefined || options.max !== undefined;
  const [free, bounded] = whole ? [KINDS.intField, KINDS.boundedInt] : [KINDS.floatField, KINDS.boundedFloat];
  return control({
    where: 'numberField',
    kind: ended ? bounded : free,
    state: { step: step ?? null, ...(ended ? { min: Math.max(min, -LARGEST), max: Math.min(max, LARGEST) } : {}) },
    options: given,
    initial: value,
    check: (where, next) => (whole ? integerIn(where, next, min, max) : numberIn(where, next, min, max)),
    text: String,
  });
}
