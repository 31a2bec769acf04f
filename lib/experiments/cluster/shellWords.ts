/** Words of a shell's command line, from texts that nobody has checked. */
import { refuse } from '../../util/check';

/** A text as one word of POSIX `sh` and bash: plain where it can be, else in quotes. @throws InputError for one with control characters */
export function shellWord(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\0-\x1f\x7f]/.test(text)) throw refuse('a word of a command line', 'a text without control characters', text);
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Several, separated by spaces. */
export const shellWords = (texts: readonly string[]): string => texts.map(shellWord).join(' ');

/** A text in a comment of a script: one line. */
export const commentText = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
