/** The five sockets of a kernel, bound to the addresses of its connection file. */
import type { Router, XPublisher } from 'zeromq';
import type { Connection } from './connection';

export interface Sockets {
  readonly shell: Router;
  readonly control: Router;
  /** A client that it does not know is an error, which `stdin.ts` handles. */
  readonly stdin: Router;
  /** Subscriptions come as messages (JEP 65). `noDrop`: a full subscriber is an error, which `iopub.ts` handles. */
  readonly iopub: XPublisher;
  /** Answers what it is asked; a router, since one socket then serves clients of any kind. */
  readonly hb: Router;
}

/** A larger frame is dropped by ZeroMQ before it is held in memory. */
const LARGEST_FRAME = 512 * 2 ** 20;
/** So long a process that ends may take to send what it has. */
const LINGER_MS = 1000;
/** Messages that wait for one client; those to a client that does not read them are then dropped, or wait (`iopub.ts`). */
const HIGH_WATER = 1000;

/** @throws where an address is taken: `Address already in use` */
export async function bindSockets({ addresses, ipv6 }: Connection): Promise<Sockets> {
  const { Router, XPublisher } = require('zeromq') as typeof import('zeromq'); // native: loaded when used
  const options = { linger: LINGER_MS, maxMessageSize: LARGEST_FRAME, sendHighWaterMark: HIGH_WATER, ipv6 };
  const sockets: Sockets = {
    shell: new Router(options),
    control: new Router(options),
    stdin: new Router({ ...options, mandatory: true, sendTimeout: 0 }),
    iopub: new XPublisher({ ...options, noDrop: true, verbosity: 'allSubs' }),
    hb: new Router(options),
  };
  try {
    for (const [name, socket] of Object.entries(sockets)) await socket.bind(addresses[name as keyof Sockets]);
  } catch (error) {
    closeSockets(sockets);
    throw error;
  }
  return sockets;
}

/** What they hold is still sent (`LINGER_MS`). */
export function closeSockets(sockets: Sockets): void {
  for (const socket of Object.values(sockets)) (socket as Sockets[keyof Sockets]).close();
}

/** Sends back whatever comes. Ends when the socket is closed. */
export async function echo(socket: Router): Promise<void> {
  for await (const frames of socket) await socket.send(frames).catch(() => undefined);
}
