/** ZeroMQ takes one message of a socket at a time: the others wait here, in order, however many they are. */
import type { Frames } from './protocol';

/** Resolves once the message was handed to the socket. Never rejects: of a client that has gone nobody hears. */
export type Send = (frames: Frames) => Promise<void>;

export function sendQueue(transmit: (frames: Frames) => Promise<void>): Send {
  let last = Promise.resolve();
  return (frames) => {
    last = last.then(() => transmit(frames)).catch(() => undefined);
    return last;
  };
}
