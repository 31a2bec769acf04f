/** A text that is typed, of a line or more. */
import { integerIn, refuse, refusePhrase } from '../../util/check';
import { escapeHtml } from '../../util/text';
import { type Control, control } from './control';
import { type ControlOptions, controlOptions, labelIn } from './displayed';
import { KINDS } from './kinds';

/** Options of `textField`. */
export interface TextFieldOptions extends ControlOptions {
  /** At first; default empty. */
  readonly value?: string;
  /** Shown while it is empty. */
  readonly placeholder?: string;
  /** How many lines are seen; default 1, which is all that can be typed then. */
  readonly lines?: number;
}

/** Characters of a value: a notebook is no place for more. */
const LONGEST = 1_000_000;

/**
 * A text that is typed: a line, or `lines` of them.
 * @throws InputError for options that are none, and for a value that is no text or has more than a million characters
 * @example
 * ```ts
 * import { textField } from 'iekd';
 *
 * const note = textField({ placeholder: 'what is this run for?', label: 'note' });
 * console.log(note.value.length);
 * ```
 */
export function textField(options: TextFieldOptions = {}): Control<string> {
  const given = controlOptions('textField', options, ['value', 'placeholder', 'lines']);
  const { value: initial = '', placeholder = '', lines = 1 } = options;
  integerIn('textField: lines', lines, 1, 1000);
  return control({
    where: 'textField',
    kind: lines > 1 ? KINDS.textarea : KINDS.text,
    state: { placeholder: labelIn('textField: placeholder', placeholder), ...(lines > 1 ? { rows: lines } : {}) },
    options: given,
    initial,
    check: longTextIn,
    text: String,
    html: (value) => `<span style="white-space:pre-wrap">${escapeHtml(value)}</span>`,
  });
}

/** Any text of up to a million characters. */
export function longTextIn(where: string, value: unknown): string {
  if (typeof value !== 'string') throw refuse(where, 'a text', value);
  if (value.length > LONGEST) throw refusePhrase(where, `a text of at most ${LONGEST} characters`, `one of ${value.length}`);
  return value;
}
