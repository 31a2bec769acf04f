/**
 * Waiting for the GPU within one turn of Node's event loop. Dawn's addon answers only inside a callback that it hands to the
 * global `setImmediate` as long as it has a task under way. While Dawn is being called we hold its callback, and whoever cannot
 * await (tfjs's `dataSync`) may call it himself until the answer is there.
 */

/** Longest sleep between two looks: a software adapter needs the processor for itself. */
const LONGEST_SLEEP_MS = 1;

export class DawnTurns {
  /** Dawn's callback that waits for its turn. */
  private next: (() => void) | undefined;
  private readonly never = new Int32Array(new SharedArrayBuffer(4));

  /** Runs `begin`, which starts a task of Dawn's; the event loop finishes it as ever, or `until` does. */
  during<T>(begin: () => T): T {
    const { setImmediate: later } = globalThis;
    const hold = (callback: () => void): void => {
      this.next = callback;
      later(() => this.take(callback));
    };
    globalThis.setImmediate = hold as unknown as typeof setImmediate;
    try {
      return begin();
    } finally {
      globalThis.setImmediate = later;
    }
  }

  /** Gives Dawn turn after turn until `done`. @throws when Dawn has no task under way */
  until(done: () => boolean): void {
    for (let sleep = 0.02; !done(); sleep = Math.min(2 * sleep, LONGEST_SLEEP_MS)) {
      if (!this.next) throw new Error('webgpu: expected Dawn to work on what it was asked for, it has nothing under way');
      this.take(this.next);
      if (!done()) Atomics.wait(this.never, 0, 0, sleep);
    }
  }

  /** Calls a callback of Dawn's, which may hand over the next one; once. */
  private take(callback: () => void): void {
    if (this.next !== callback) return;
    this.next = undefined;
    this.during(callback);
  }
}
