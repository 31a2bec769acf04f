/**
 * Places for cells in a program. A session runs cells again and again, so a place is free once no name of its cell is seen and
 * no cell that is seen was checked with it; only when none is free are there twice as many.
 */

const FIRST = 64;

export interface Slots {
  /** Where the next cell goes. Counted from 1. */
  next(): number;
  /**
   * Lets the cell there last.
   * @param uses places of the cells whose names it takes
   * @param seen places of the names that later cells see
   */
  take(uses: readonly number[], seen: readonly number[]): void;
}

/** @param provide is told how many there are now */
export function createSlots(provide: (count: number) => void): Slots {
  const taken = new Map<number, readonly number[]>();
  let [count, next] = [FIRST, 1];
  provide(count);
  return {
    next: () => next,
    take(uses, seen) {
      taken.set(next, uses);
      if (taken.size === count) {
        const needed = reached(seen, taken);
        for (const slot of taken.keys()) if (!needed.has(slot)) taken.delete(slot);
        if (taken.size > count / 2) {
          count *= 2;
          provide(count);
        }
      }
      for (let i = 0; i < count && taken.has(next); i++) next = (next % count) + 1;
    },
  };
}

/** What can be reached from these places. */
function reached(from: readonly number[], uses: ReadonlyMap<number, readonly number[]>): Set<number> {
  const found = new Set<number>();
  const open = [...from];
  for (let slot = open.pop(); slot !== undefined; slot = open.pop()) {
    if (found.has(slot)) continue;
    found.add(slot);
    open.push(...(uses.get(slot) ?? []));
  }
  return found;
}
