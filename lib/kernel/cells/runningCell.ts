/** The state of the cell that runs. */
import type { CellFailure } from '../messages';
import type { CellContext } from './cellContext';

export interface RunningCell {
  readonly context: CellContext;
  /** The first reason why it fails. */
  failure?: CellFailure;
  /** Whether it was asked to stop. */
  interrupted: boolean;
  /** Whether it was given up, though it had not ended. */
  readonly left: boolean;
  /** Resolves when it is given up. */
  readonly leaving: Promise<undefined>;
  /** Gives it up unless it ends by itself before. A later call replaces an earlier one. */
  leaveAfter(ms: number): void;
  /** It has ended: it is not given up any more. */
  ended(): void;
}

export function runningCell(context: CellContext): RunningCell {
  let left = false;
  let leave = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const leaving = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined);
  });
  return {
    context,
    interrupted: false,
    get left() {
      return left;
    },
    leaving,
    leaveAfter(ms) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        left = true;
        leave();
      }, ms);
    },
    ended: () => clearTimeout(timer),
  };
}
