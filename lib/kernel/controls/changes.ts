/** Who follows a value: listeners, and loops that take the newest value each time they come to look. */
import { AsyncResource } from 'node:async_hooks';

export class Changes<T> {
  private readonly listeners = new Map<object, (value: T) => void>();
  private readonly ends = new Set<() => void>();
  private over = false;

  /**
   * Calls a listener with every new value, on behalf of the cell that has added it: what it shows comes there. An error of its own is
   * one that nobody caught, and keeps no other listener from being called. @returns takes the listener away
   */
  on(listener: (value: T) => void): () => void {
    const key = {};
    const guarded = AsyncResource.bind((value: T): void => {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    });
    if (!this.over) this.listeners.set(key, guarded);
    return () => {
      this.listeners.delete(key);
    };
  }

  tell(value: T): void {
    for (const listener of [...this.listeners.values()]) listener(value);
  }

  /** Ends every loop, and forgets the listeners. */
  end(): void {
    this.over = true;
    this.listeners.clear();
    for (const end of [...this.ends]) end();
  }

  /**
   * The value of now, then newer ones; those that came while the loop was at work are passed over but for the newest.
   * @param ends calls its argument when the loop is to end for a reason of its own; returns how to stop that
   */
  async *newest(now: T, ends: (end: () => void) => () => void): AsyncGenerator<T> {
    let fresh: { readonly value: T } | undefined = { value: now };
    let over = this.over;
    let wake = (): void => undefined;
    const end = (): void => {
      over = true;
      wake();
    };
    const off = this.on((value) => {
      fresh = { value };
      wake();
    });
    this.ends.add(end);
    const stop = ends(end);
    try {
      while (fresh || !over) {
        const next: { readonly value: T } | undefined = fresh;
        fresh = undefined;
        if (next) yield next.value;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      off();
      stop();
      this.ends.delete(end);
    }
  }
}
