/** Cells by the number that the threads know them by: outputs find their parent here, also long after the cell has ended. */
import type { Request } from './wire/outbox';

export interface CellRequest {
  readonly number: number;
  readonly request: Request;
  readonly silent: boolean;
  /** Whether it counts. */
  readonly stored: boolean;
  readonly allowStdin: boolean;
  /** The execution count that its result carries. */
  readonly executionCount: number;
}

/** Timers of cells before these publish without a parent. */
const KEPT = 10_000;

export interface RequestLog {
  /** Gives the cell its number. */
  add(cell: Omit<CellRequest, 'number'>): CellRequest;
  find(number: number): CellRequest | undefined;
  /** The one that was added last. */
  readonly last: CellRequest | undefined;
}

export function requestLog(): RequestLog {
  const cells = new Map<number, CellRequest>();
  let count = 0;
  return {
    add(cell) {
      const added = { ...cell, number: ++count };
      cells.set(count, added);
      cells.delete(count - KEPT);
      return added;
    },
    find: (number) => cells.get(number),
    get last() {
      return cells.get(count);
    },
  };
}
