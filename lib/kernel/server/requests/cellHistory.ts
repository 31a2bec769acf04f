/** What was entered, in this session and in earlier ones, as `history_request` asks for it: the tail, a range, or a search. */
import { refuse } from '../../../util/check';
import type { JsonObject } from '../../messages';
import type { Message } from '../wire/protocol';
import { flagField, integerField, textField } from './fields';

export interface Entry {
  /** Counts kernels: the n-th that was started. */
  readonly session: number;
  /** The execution count. */
  readonly line: number;
  readonly input: string;
}

export interface CellHistory {
  add(line: number, input: string): void;
  /** Notes the result of a line of this session, as text. */
  result(line: number, text: string): void;
  /** Content of `history_reply`. @throws InputError for another kind of access */
  reply(request: Message): JsonObject;
}

/** A place where entries outlive the kernel. */
export interface HistoryStore {
  /** This session's number. */
  readonly session: number;
  /** Those of earlier sessions, oldest first. */
  readonly earlier: readonly Entry[];
  append(entry: Entry): void;
}

/** Results are kept for this session only, and so many characters of each. */
const RESULT_KEPT = 10_000;
/** So many entries are kept in memory. */
const MOST_ENTRIES = 20_000;
const DEFAULT_COUNT = 1000;

export function cellHistory({ session, earlier, append }: HistoryStore): CellHistory {
  const entries = [...earlier];
  const results = new Map<number, string>();

  function found(request: Message): readonly Entry[] {
    const { content } = request;
    const access = content['hist_access_type'];
    if (access === 'range') return range(entries, session, request);
    const count = content['n'] == null ? DEFAULT_COUNT : integerField(request, 'n');
    const last = (list: readonly Entry[]): readonly Entry[] => list.slice(Math.max(0, list.length - count));
    if (access === 'tail') return last(entries);
    if (access === 'search') return last(search(entries, request));
    throw refuse('history_request: hist_access_type', 'tail, range or search', access);
  }
  const output = (entry: Entry): string | null => (entry.session === session ? (results.get(entry.line) ?? null) : null);
  return {
    add(line, input) {
      const entry = { session, line, input };
      entries.push(entry);
      if (entries.length > MOST_ENTRIES) entries.shift();
      results.delete(line - MOST_ENTRIES);
      append(entry);
    },
    result: (line, text) => void results.set(line, text.slice(0, RESULT_KEPT)),
    reply(request) {
      const both = flagField(request, 'output', false);
      const history = found(request).map((entry) => {
        return [entry.session, entry.line, both ? [entry.input, output(entry)] : entry.input];
      });
      return { status: 'ok', history };
    },
  };
}

/** Lines from `start` up to `stop`, which is not among them. Session 0 is this one, −1 the one before. */
function range(entries: readonly Entry[], current: number, request: Message): Entry[] {
  const { content } = request;
  const given = content['session'] == null ? 0 : integerField(request, 'session', Number.MIN_SAFE_INTEGER);
  const start = content['start'] == null ? 0 : integerField(request, 'start');
  const stop = content['stop'] == null ? Number.MAX_SAFE_INTEGER : integerField(request, 'stop');
  const wanted = given > 0 ? given : current + given;
  return entries.filter(({ session, line }) => session === wanted && line >= start && line < stop);
}

/** Entries that fit a pattern with `*` and `?`; with `unique` the last of equal ones. */
function search(entries: readonly Entry[], request: Message): Entry[] {
  const pattern = request.content['pattern'] == null ? '*' : textField(request, 'pattern');
  const fits = globMatcher(pattern);
  const matching = entries.filter(({ input }) => fits(input));
  if (!flagField(request, 'unique', false)) return matching;
  const lastAt = new Map(matching.map(({ input }, i) => [input, i]));
  return matching.filter(({ input }, i) => lastAt.get(input) === i);
}

/**
 * Whether a whole text fits a pattern. In two pointers, going back to the last star only: a regular expression of many stars could take
 * exponential time.
 */
function globMatcher(pattern: string): (text: string) => boolean {
  return (text) => {
    let [t, p, star, mark] = [0, 0, -1, 0];
    while (t < text.length) {
      if (pattern[p] === '*') [star, mark] = [p++, t];
      else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) [t, p] = [t + 1, p + 1];
      else if (star >= 0) [p, t] = [star + 1, ++mark];
      else return false;
    }
    while (pattern[p] === '*') p++;
    return p === pattern.length;
  };
}
