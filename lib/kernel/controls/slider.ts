/** Numbers between two ends, and ranges of them, as sliders. */
import { integerIn, nameIn, numberIn, positive, refuse } from '../../util/check';
import { type Control, type ControlSpec, control } from './control';
import { type ControlOptions, controlOptions } from './displayed';
import { KINDS } from './kinds';

/** Options of `rangeSlider`, and those that `slider` shares. */
export interface RangeSliderOptions extends ControlOptions {
  readonly min: number;
  readonly max: number;
  /** Default a hundredth of the way. Where it, `min` and `max` are whole, so are the values. */
  readonly step?: number;
  /** The two ends of the range at first; default `min` and `max`. */
  readonly value?: readonly [number, number];
  /** How values are written, as d3-format has it: `.3f`, `.0%`, `.2e`. */
  readonly format?: string;
}

/** Options of `slider`. */
export interface SliderOptions extends Omit<RangeSliderOptions, 'value'> {
  /** At first; default `min`. */
  readonly value?: number;
  /** `log`: equal ways of the handle are equal factors; `min` is above 0, and `step` is in powers of ten. Default `linear`. */
  readonly scale?: 'linear' | 'log';
}

const KEYS = ['min', 'max', 'step', 'value', 'format'];

/**
 * A number between two ends.
 * @throws InputError for options that are none, and for a value beyond its ends: `slider: expected a number in [0, 1], received 2`
 * @example
 * ```ts
 * import { slider } from 'iekd';
 *
 * const rate = slider({ min: 1e-4, max: 1, value: 0.1, scale: 'log', label: 'learning rate' });
 * rate.onChange((value) => console.log(`from now on ${value}`));
 * rate.value = 0.05;
 * rate; // as the last expression of a cell it is shown
 * ```
 */
export function slider(options: SliderOptions): Control<number> {
  const given = controlOptions('slider', options, [...KEYS, 'scale']);
  const scale = nameIn('slider: scale', ['linear', 'log'], options.scale ?? 'linear');
  const ends = endsIn('slider', options);
  const { value: initial = ends.min } = options;
  const common = { where: 'slider', options: given, initial, text: String };
  if (scale === 'log') return control({ ...common, ...logarithmic(ends, options.step) });
  const { whole, check, state } = linear(ends, options.format);
  return control({ ...common, kind: whole ? KINDS.intSlider : KINDS.floatSlider, state, check });
}

/**
 * Two numbers between two ends, the first not above the second.
 * @throws InputError as `slider`
 * @example
 * ```ts
 * import { rangeSlider } from 'iekd';
 *
 * const epochs = rangeSlider({ min: 0, max: 160, step: 1, label: 'epochs' });
 * const [from, to] = epochs.value; // 0 and 160, until somebody moves one
 * console.log(to - from);
 * ```
 */
export function rangeSlider(options: RangeSliderOptions): Control<readonly [number, number]> {
  const given = controlOptions('rangeSlider', options, KEYS);
  const ends = endsIn('rangeSlider', options);
  const { value: initial = [ends.min, ends.max] } = options;
  const { whole, check: checkOne, state } = linear(ends, options.format);
  const check = (where: string, value: unknown): readonly [number, number] => {
    if (!Array.isArray(value) || value.length !== 2) throw refuse(where, 'two numbers, the ends of a range', value);
    const from = checkOne(where, value[0]);
    const to = checkOne(where, value[1]);
    if (from > to) throw refuse(where, 'a range whose first end is not above the second', value);
    return [from, to];
  };
  const kind = whole ? KINDS.intRange : KINDS.floatRange;
  return control({ where: 'rangeSlider', options: given, initial, kind, state, check, text: ([from, to]) => `${from} to ${to}` });
}

interface Ends {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Whether values are whole. */
  readonly whole: boolean;
}

function endsIn(where: string, { min, max, step }: Pick<RangeSliderOptions, 'min' | 'max' | 'step'>): Ends {
  numberIn(`${where}: min`, min);
  numberIn(`${where}: max`, max, min);
  if (min === max) throw refuse(`${where}: max`, `a number above min, which is ${min}`, max);
  const whole = step !== undefined && [min, max, step].every(Number.isInteger);
  return { min, max, step: step === undefined ? (max - min) / 100 : positive(`${where}: step`, step), whole };
}

type Scale = Pick<ControlSpec<number>, 'state' | 'check'>;

function linear({ min, max, step, whole }: Ends, format: string | undefined): Scale & { readonly whole: boolean } {
  const readout_format = format ?? (whole ? 'd' : `.${Math.min(12, Math.max(0, Math.ceil(-Math.log10(step))))}f`);
  return {
    whole,
    state: { min, max, step, readout_format },
    check: (where, value) => (whole ? integerIn(where, value, min, max) : numberIn(where, value, min, max)),
  };
}

/** The model has the exponents of its ends, and the value itself: 10^exponent, which may miss an end by a rounding. */
function logarithmic({ min, max }: Ends, step = 0.05): Scale & Pick<ControlSpec<number>, 'kind'> {
  positive('slider: min of a scale in powers', min);
  const atEnd = (value: unknown): unknown =>
    [min, max].find((end) => typeof value === 'number' && Math.abs(value - end) <= 1e-9 * end) ?? value;
  return {
    kind: KINDS.logSlider,
    state: { min: Math.log10(min), max: Math.log10(max), step, base: 10 },
    check: (where, value) => numberIn(where, atEnd(value), min, max),
  };
}
