/** Names out of a list of known ones: what is said of one that is not there, and which of them was probably meant. */
import { describe } from './rendered';

/** Known names are listed up to so many characters: all networks are. */
const LISTED = 360;
/** Nobody means a name of the library by more. */
const LONGEST = 60;

/** `a, b, c`; of very many names the first ones and how many more there are. */
export function listed(known: readonly string[]): string {
  const all = known.join(', ');
  if (all.length <= LISTED) return all;
  let shown = 0;
  for (let length = 0; length + (known[shown]?.length ?? 0) + 2 <= LISTED; shown++) length += (known[shown]?.length ?? 0) + 2;
  return `${known.slice(0, shown).join(', ')} and ${known.length - shown} more`;
}

/** `did you mean "resnet8"?`, or nothing where no known name is like the given one. */
export function suggestion(known: readonly string[], name: unknown): string | undefined {
  const meant = typeof name === 'string' ? nearest(known, name) : undefined;
  return meant === undefined ? undefined : `did you mean ${describe(meant)}?`;
}

/**
 * The known name that differs in case, hyphens, dots or spaces alone, or else by the fewest letters added, left out, exchanged, or two
 * neighbours swapped: at most one in five, and three in all. Of equals the first. The first letter and all digits are the same: `gpu` is no `cpu` that was mistyped,
 * and `stage9` no `stage1`.
 */
export function nearest(known: readonly string[], name: string): string | undefined {
  if (name.length > LONGEST) return undefined;
  const given = plain(name);
  let [found, fewest]: [string | undefined, number] = [undefined, 4];
  for (const candidate of known) {
    const other = plain(candidate);
    if (digits(other) !== digits(given) || other[0] !== given[0]) continue;
    const most = Math.min(3, Math.floor(Math.max(given.length, other.length) / 5));
    const edits = editsBetween(given, other);
    if (edits <= most && edits < fewest) [found, fewest] = [candidate, edits];
  }
  return found;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{Letter}\p{Number}]/gu, '');

const digits = (name: string): string => name.replace(/[^0-9]/g, '');

/** Damerau and Levenshtein's distance, each place edited once: letters to add, leave out, exchange, or swap with their neighbour. */
function editsBetween(a: string, b: string): number {
  let [above, row]: [readonly number[], readonly number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (above[j - 2] as number) + 1 : exchanged;
      next.push(Math.min(exchanged, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    [above, row] = [row, next];
  }
  return row[b.length] as number;
}
