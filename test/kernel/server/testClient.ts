/** A client of a kernel that speaks all five channels and checks each message that comes against the protocol. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { decode, encode, type JsonObject, type Message } from 'iekd/dist/kernel/server/wire/protocol';
import { Dealer, Request, Subscriber } from 'zeromq';
import { checkMessage } from './messageSchemas';

export const KEY = 'a key of the tests';
const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
/** Channels on which a client listens all the time. */
const READ = ['shell', 'control', 'stdin', 'iopub'] as const;
type Ports = Record<(typeof CHANNELS)[number], number>;

/** Writes a connection file with ports that are free now. */
export async function connectionFile(folder: string, entries: object = {}): Promise<{ path: string; ports: Ports }> {
  const servers = await Promise.all(
    CHANNELS.map(
      () =>
        new Promise<Server>((done) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = Object.fromEntries(
    CHANNELS.map((name, i) => [name, ((servers[i] as Server).address() as AddressInfo).port]),
  ) as Ports;
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  const path = join(folder, `${randomUUID()}.json`);
  const numbers = Object.fromEntries(CHANNELS.map((name) => [`${name}_port`, ports[name]]));
  writeFileSync(path, JSON.stringify({ transport: 'tcp', ip: '127.0.0.1', key: KEY, ...numbers, ...entries }));
  return { path, ports };
}

/** A request and what came of it. */
export interface Answered {
  readonly reply: Message;
  /** Published for it, up to `idle`, without the two statuses. */
  readonly published: readonly Message[];
}

export interface SendOptions {
  readonly channel?: 'shell' | 'control';
  readonly id?: string;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
}

export class TestClient {
  readonly session = randomUUID();
  /** All that was published, in order, with the replies between. */
  readonly seen: Message[] = [];
  readonly complaints: unknown[] = [];
  readonly sockets: { shell: Dealer; control: Dealer; stdin: Dealer; iopub: Subscriber; hb: Request };
  private readonly listeners = new Set<(message?: Message) => void>();

  constructor(
    readonly ports: Ports,
    { read = READ }: { readonly read?: readonly (keyof TestClient['sockets'])[] } = {},
  ) {
    const options = { linger: 0, routingId: this.session };
    this.sockets = {
      shell: new Dealer(options),
      control: new Dealer(options),
      stdin: new Dealer(options),
      iopub: new Subscriber({ linger: 0 }),
      hb: new Request({ linger: 0 }),
    };
    for (const name of CHANNELS) this.sockets[name].connect(`tcp://127.0.0.1:${ports[name]}`);
    this.sockets.iopub.subscribe();
    for (const name of read) void this.receive(this.sockets[name]);
  }

  private async receive(socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      try {
        const message = decode(KEY, frames);
        checkMessage(message);
        this.seen.push(message);
        for (const listener of [...this.listeners]) listener(message);
      } catch (error) {
        this.complaints.push(error);
      }
    }
  }

  /** Sends and returns the message's number. */
  send(type: string, content: JsonObject, { channel = 'shell', id = randomUUID(), ...extra }: SendOptions = {}): string {
    void this.queued(channel, encode(KEY, { id, type, session: this.session, content, ...extra }));
    return id;
  }

  private readonly last: Record<string, Promise<void>> = {};
  /** ZeroMQ takes one message of a socket at a time. */
  queued(channel: 'shell' | 'control' | 'stdin', frames: (string | Uint8Array)[]): Promise<void> {
    const sent = (this.last[channel] ?? Promise.resolve()).then(() => this.sockets[channel].send(frames));
    this.last[channel] = sent;
    return sent;
  }

  /** Waits for a message. */
  find(fits: (message: Message) => boolean, what: string, timeoutMs = 30_000): Promise<Message> {
    return new Promise((resolve, reject) => {
      const look = (found?: Message): void => {
        if (!found || !fits(found)) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.listeners.delete(look);
        const types = this.seen.map(({ type, content }) => `${type} ${String(content['execution_state'] ?? '')}`).slice(-20);
        reject(new Error(`expected ${what}, received ${types.join(', ')}; complaints: ${this.complaints.join('; ')}`));
      }, timeoutMs);
      this.listeners.add(look);
      look(this.seen.find(fits));
    });
  }

  reply(id: string, timeoutMs?: number): Promise<Message> {
    return this.find(({ type, parentId }) => type.endsWith('_reply') && parentId === id, `the reply to ${id}`, timeoutMs);
  }

  idle(id: string, timeoutMs?: number): Promise<Message> {
    const isIdle = ({ type, parentId, content }: Message): boolean =>
      type === 'status' && parentId === id && content['execution_state'] === 'idle';
    return this.find(isIdle, `idle after ${id}`, timeoutMs);
  }

  /** What was published for a request so far, without its statuses. */
  published(id: string): Message[] {
    return this.seen.filter(({ type, parentId }) => parentId === id && type !== 'status' && !type.endsWith('_reply'));
  }

  async ask(type: string, content: JsonObject, options: SendOptions = {}): Promise<Answered> {
    const id = this.send(type, content, options);
    const [reply] = await Promise.all([this.reply(id), this.idle(id)]);
    return { reply, published: this.published(id) };
  }

  execute(code: string, content: JsonObject = {}): Promise<Answered> {
    return this.ask('execute_request', { code, silent: false, ...content });
  }

  /** Resolves once the kernel has said that this client hears what it publishes. */
  async ready(): Promise<this> {
    await this.find(({ type }) => type === 'iopub_welcome', 'a welcome');
    return this;
  }

  close(): void {
    for (const name of CHANNELS) this.sockets[name].close();
  }
}
