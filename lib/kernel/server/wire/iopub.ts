/**
 * The channel that all clients listen to. A client that reads slowly is waited for, so that nothing is lost; one that has not read
 * for some seconds holds nobody up any longer: what is over its high-water mark is lost to it, and to it alone, until it reads again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { XPublisher } from 'zeromq';
import type { Frames } from './protocol';

/** So long a client may be behind before messages are dropped for it. */
const PATIENCE_MS = 5_000;
/** After that it is tried again so often. */
const RETRY_MS = 500;
/** While messages are dropped for one client, the others get a moment to read after each of so many. */
const MOMENT_AFTER = 4;
/** A longer topic is nobody's. */
const LONGEST_TOPIC = 256;

/** Hands messages to the socket, one at a time. */
export function iopubTransmitter(socket: Pick<XPublisher, 'send' | 'noDrop'>): (frames: Frames) => Promise<void> {
  let droppingUntil = 0;
  let count = 0;

  function drop(): void {
    socket.noDrop = false;
    droppingUntil = performance.now() + RETRY_MS;
  }
  async function patiently(frames: Frames, patience: number): Promise<boolean> {
    const until = performance.now() + patience;
    for (let wait = 1; ; wait = Math.min(2 * wait, 20)) {
      if (await accepted(socket, frames)) return true;
      if (performance.now() > until) return false;
      await pause(wait);
    }
  }
  return async (frames) => {
    const dropping = droppingUntil > 0;
    if (dropping && performance.now() < droppingUntil) {
      if (++count % MOMENT_AFTER === 0) await pause(1);
      return socket.send(frames);
    }
    if (dropping) socket.noDrop = true;
    droppingUntil = 0;
    if (await patiently(frames, dropping ? 0 : PATIENCE_MS)) return;
    drop();
    await socket.send(frames);
  };
}

/** False where some subscriber's queue is full. */
async function accepted(socket: Pick<XPublisher, 'send'>, frames: Frames): Promise<boolean> {
  try {
    await socket.send(frames);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EAGAIN') return false;
    throw error;
  }
}

/** Tells of each subscription, with its topic. Ends when the socket is closed. */
export async function subscriptions(socket: AsyncIterable<Buffer[]>, subscribed: (topic: string) => void): Promise<void> {
  for await (const [frame] of socket) {
    if (frame?.[0] === 1 && frame.length <= LONGEST_TOPIC + 1) subscribed(frame.subarray(1).toString('utf8'));
  }
}
