/** Where two JSON values first differ: what to tell a user whose run is not the one on disk. */
import { refuse } from '../../util/check';
import { canonicalJson } from '../../util/hash';

interface Difference {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly now: unknown;
}

/** Refuses `now` where it is not `before`, whatever the order of keys, naming the first entry that differs. */
export function checkSame(where: string, before: unknown, now: unknown, hint: string): void {
  const found = firstDifference(before, now, []);
  if (!found) return;
  const expected = found.before === undefined ? 'nothing' : canonicalJson(found.before);
  throw refuse([where, found.path.join('.')].filter(Boolean).join(': '), expected, found.now, hint);
}

function firstDifference(before: unknown, now: unknown, path: readonly string[]): Difference | undefined {
  if (canonicalJson(before) === canonicalJson(now)) return undefined;
  if (isObject(before) && isObject(now)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const found = firstDifference(before[key], now[key], [...path, key]);
      if (found) return found;
    }
  }
  return { path, before, now };
}

/** Objects and lists. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
