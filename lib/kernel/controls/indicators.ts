/** What only shows: a text, HTML, how far something is. */
import { numberIn } from '../../util/check';
import { control, type Indicator } from './control';
import { type ControlOptions, controlOptions } from './displayed';
import { KINDS } from './kinds';
import { longTextIn } from './textField';

/** Options of `label`, `html` and `progress`. */
export interface IndicatorOptions<T> extends Omit<ControlOptions, 'disabled'> {
  /** At first; default empty, or `min`. */
  readonly value?: T;
}

/** Options of `progress`. */
export interface ProgressOptions extends IndicatorOptions<number> {
  /** Default 0. */
  readonly min?: number;
  /** Default 1. */
  readonly max?: number;
}

/**
 * A line of text that the program changes.
 * @throws InputError for options that are none, and for a value that is no text
 * @example
 * ```ts
 * import { label } from 'iekd';
 *
 * const state = label({ value: 'waiting' });
 * state.value = 'ready'; // where it is shown, it changes
 * ```
 */
export const label = (options: IndicatorOptions<string> = {}): Indicator<string> => written('label', options, undefined);

/**
 * HTML that the program changes. What stands in it is shown as it is: text of others is to be escaped first.
 * @throws InputError as `label`
 * @example
 * ```ts
 * import { html } from 'iekd';
 *
 * const best = html({ value: '<b>91.2 %</b>', label: 'best' });
 * best.value = '<b>91.4 %</b>';
 * ```
 */
export const html = (options: IndicatorOptions<string> = {}): Indicator<string> => written('html', options, (value) => value);

/**
 * How far something is, as a bar.
 * @throws InputError for options that are none, and for a value that is not between `min` and `max`
 * @example
 * ```ts
 * import { progress } from 'iekd';
 *
 * const done = progress({ max: 10, label: 'files' });
 * for (let i = 1; i <= 10; i++) done.value = i;
 * ```
 */
export function progress(options: ProgressOptions = {}): Indicator<number> {
  const given = controlOptions('progress', options, ['value', 'min', 'max']);
  const { min = 0, max = 1 } = options;
  numberIn('progress: min', min);
  numberIn('progress: max', max, min);
  const text = (value: number): string => `${value} of ${max}`;
  return control({
    where: 'progress',
    kind: KINDS.progress,
    state: { min, max },
    options: given,
    initial: options.value ?? min,
    check: (where, value) => numberIn(where, value, min, max),
    text,
    // The text is seen where the bar is not, as in a page.
    html: (value) => `<progress max="${max - min}" value="${value - min}">${text(value)}</progress>`,
  });
}

function written(
  where: 'label' | 'html',
  options: IndicatorOptions<string>,
  asHtml: ((value: string) => string) | undefined,
): Indicator<string> {
  const given = controlOptions(where, options, ['value']);
  const { value: initial = '' } = options;
  const shown = asHtml ? { html: asHtml } : {};
  return control({ where, kind: KINDS[where], state: {}, options: given, initial, check: longTextIn, text: String, ...shown });
}
