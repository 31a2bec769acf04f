/**
 * Whose code runs: each cell is an asynchronous context of its own (AsyncLocalStorage), which its timers, promises and listeners
 * keep. So what they write or throw belongs to their cell, also after it has ended and while another one runs.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { CapturedOutput } from '../messages';

/** A cell that was started. */
export interface CellContext {
  /** The server's number of the request: outputs name it. */
  readonly request: number;
  /** The execution count. */
  readonly number: number;
  /** Whether the front end can be asked for an input. */
  readonly allowStdin: boolean;
  /** Takes what its code publishes; absent: the front end does. */
  readonly take?: (output: CapturedOutput) => void;
  /** Its last expression's value, once that was evaluated. */
  result?: { readonly value: unknown };
}

/** The contexts of a kernel. */
export interface CellContexts {
  /** Runs code of a cell, and whatever it starts. */
  run<T>(context: CellContext, code: () => T): T;
  /** The cell whose code this is; the last one that was started where it is nobody's. */
  current(): CellContext | undefined;
  /** Runs code of a cell whose outputs go to `take`. */
  capture<T>(code: () => T, take: (output: CapturedOutput) => void): T;
  /** `listener`, to be called in the context of now. */
  bind<A extends unknown[]>(listener: (...args: A) => void): (...args: A) => void;
}

export function cellContexts(): CellContexts {
  const storage = new AsyncLocalStorage<CellContext>();
  let last: CellContext | undefined;
  return {
    run(context, code) {
      last = context;
      return storage.run(context, code);
    },
    current: () => storage.getStore() ?? last,
    capture(code, take) {
      const { request = 0, number = 0, allowStdin = false } = storage.getStore() ?? last ?? {};
      return storage.run({ request, number, allowStdin, take }, code);
    },
    bind(listener) {
      const context = storage.getStore() ?? last;
      return context ? (...args) => storage.run(context, () => listener(...args)) : listener;
    },
  };
}
