/** Any value as text, as Node's `util.inspect` shows it; long ones are cut, and no value makes it fail. */
import { inspect } from 'node:util';
import { describe } from '../../util/check';
import { count } from '../../util/text';

/** More is no use in a cell. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 100_000;

export function inspectedText(value: unknown): string {
  let text: string;
  try {
    text = inspect(value);
  } catch {
    text = describe(value); // an inspection of its own, or a getter, that throws
  }
  return cut(text);
}

/** A long text with a last line that says what is missing. */
function cut(text: string): string {
  const shown = text.slice(0, MOST_CHARACTERS).split('\n').slice(0, MOST_LINES).join('\n');
  const left = text.length - shown.length;
  return left > 0 ? `${shown}\n… ${count(left)} more characters` : text;
}
