/**
 * Questions go to one client. ZeroMQ may not know it on this channel yet, when it has only just connected, and a router drops what is for
 * nobody: so it says so (`mandatory`), and the question is tried again for some seconds.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Router } from 'zeromq';
import type { Frames } from './protocol';

/** So long a client may take to connect. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 10;

/** Resolves with whether the client could be reached. Never rejects. */
export async function sentToClient(socket: Pick<Router, 'send'>, frames: Frames, patienceMs = PATIENCE_MS): Promise<boolean> {
  for (const until = performance.now() + patienceMs; performance.now() < until; await pause(RETRY_MS)) {
    try {
      await socket.send(frames);
      return true;
    } catch {
      // not connected, or its queue is full
    }
  }
  return false;
}
