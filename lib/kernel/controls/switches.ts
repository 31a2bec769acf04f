/** What is on or off. */
import { booleanIn } from '../../util/check';
import { type Control, type ControlSpec, control } from './control';
import { type ControlOptions, controlOptions } from './displayed';
import { KINDS } from './kinds';

/** Options of `checkbox` and `toggle`. */
export interface SwitchOptions extends ControlOptions {
  /** At first; default false. */
  readonly value?: boolean;
}

/**
 * A box to tick.
 * @throws InputError for options that are none, and for a value other than true and false
 * @example
 * ```ts
 * import { checkbox } from 'iekd';
 *
 * const augment = checkbox({ value: true, label: 'vary the images' });
 * console.log(augment.value);
 * ```
 */
export const checkbox = (options: SwitchOptions = {}): Control<boolean> => control(onOrOff('checkbox', options));

/**
 * A button that stays pressed until it is pressed again; its label stands on it.
 * @throws InputError as `checkbox`
 * @example
 * ```ts
 * import { toggle } from 'iekd';
 *
 * const paused = toggle({ label: 'Pause' });
 * console.log(paused.value);
 * ```
 */
export const toggle = (options: SwitchOptions = {}): Control<boolean> => control(onOrOff('toggle', options));

function onOrOff(where: 'checkbox' | 'toggle', options: SwitchOptions): ControlSpec<boolean> {
  const given = controlOptions(where, options, ['value']);
  const { value: initial = false } = options;
  return { where, kind: KINDS[where], state: {}, options: given, initial, check: booleanIn, text: (on) => (on ? 'on' : 'off') };
}
