/** Reads a socket for as long as it is open: what is broken, not signed, or came before is dropped and counted. */
import { setImmediate as turn } from 'node:timers/promises';
import { decode, type Message } from './protocol';

export interface Inbox {
  /** Reads until the socket is closed. */
  read(socket: AsyncIterable<Buffer[]>, take: (message: Message) => void): Promise<void>;
  /**
   * Resolves once all messages that have come are taken: when turns of the event loop bring no more. A socket must not be asked whether it
   * is readable: ZeroMQ says once that a message has come, and whoever asks takes that from whoever waits for it.
   */
  idle(): Promise<void>;
  /** How many messages were dropped. */
  readonly dropped: number;
}

/** So many messages of the past are known again. */
const REMEMBERED = 65_536;
/** A message that has come is taken in the first of these turns, or in the second where the first was under way. */
const QUIET_TURNS = 3;

export function inbox(key: string): Inbox {
  const seen = new Set<string>();
  let dropped = 0;
  let come = 0;

  /** @throws for what is dropped */
  function fresh(frames: readonly Buffer[]): Message {
    const message = decode(key, frames);
    const name = `${message.session} ${message.id}`;
    if (seen.has(name)) throw new Error('it came before');
    seen.add(name);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value as string); // the oldest
    return message;
  }
  return {
    async read(socket, take) {
      for await (const frames of socket) {
        come++;
        let message: Message;
        try {
          message = fresh(frames);
        } catch {
          dropped++;
          continue;
        }
        take(message);
      }
    },
    async idle() {
      for (let before = -1; before !== come; ) {
        before = come;
        for (let i = 0; i < QUIET_TURNS; i++) await turn();
      }
    },
    get dropped() {
      return dropped;
    },
  };
}
