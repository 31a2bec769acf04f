/**
 * A running kernel, talked to over ZeroMQ on 127.0.0.1 without any Python: started in a process group of its own (so that
 * Ctrl-C reaches it only through `interrupt`), asked until it answers on both channels, and killed when it will not end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode, type Frames, type JsonObject, type Message } from '../../kernel/server/wire/protocol';
import { refusePhrase } from '../../util/check';
import type { KernelSpec } from './kernelSpec';

export interface KernelOptions {
  readonly spec: KernelSpec;
  /** The folder it runs in: the notebook's. */
  readonly folder: string;
  readonly startTimeoutMs: number;
}

/** A message's number and the reply to it. */
export interface Sent {
  readonly id: string;
  readonly reply: Promise<Message>;
}

export interface KernelClient {
  /** Sends a request on the shell channel. The reply never comes when the kernel dies: race it with `died`. */
  request(type: string, content: JsonObject): Sent;
  /** Whoever wants what the kernel publishes; one at a time. */
  onPublished(listener: (message: Message) => void): void;
  /** Resolves, when the kernel has ended, to a sentence that says how, with the end of what it wrote to stderr. */
  readonly died: Promise<string>;
  /**
   * As Jupyter's stop button: by a message, and by SIGINT where the message is not answered at once, as by a loop that lets no
   * message in. Not by SIGINT alone: Node loses one that comes while the synchronous part of a cell ends (`breakOnSigint`).
   */
  interrupt(): void;
  /** Ends the kernel, by force after two seconds. */
  shutdown(): Promise<void>;
}

const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
type Ports = Record<(typeof CHANNELS)[number], number>;

/** No message of a notebook comes near this; a larger one is dropped by ZeroMQ before it is held in memory. */
const LARGEST_MESSAGE = 512 * 2 ** 20;
const STDERR_KEPT = 4000;
/** So long the stderr of a kernel that has ended is read. */
const STDERR_MS = 200;
const SHUTDOWN_MS = 2000;
/** A kernel that takes longer to answer an interrupt is sent a signal. */
const ANSWER_MS = 500;
const ATTEMPTS = 3;

/** Starts a kernel and waits until it answers. A port taken by somebody else in the meantime is tried again with others. */
export async function startKernelClient(options: KernelOptions): Promise<KernelClient> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !/EADDRINUSE|Address already in use/.test(String(error))) throw error;
    }
  }
}

async function startOnce({ spec, folder, startTimeoutMs }: KernelOptions): Promise<KernelClient> {
  const ports = await freePorts();
  const key = randomBytes(32).toString('hex');
  const child = launch(spec, folder, key, ports);
  const client = connect(child, key, ports);
  try {
    await answering(client, startTimeoutMs);
    return client;
  } catch (error) {
    await client.shutdown();
    throw error;
  }
}

async function freePorts(): Promise<Ports> {
  const open = (): Promise<Server> =>
    new Promise((done, failed) => {
      const server = createServer().once('error', failed);
      server.listen(0, '127.0.0.1', () => done(server));
    });
  const servers = await Promise.all(CHANNELS.map(open));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return Object.fromEntries(CHANNELS.map((name, i) => [name, ports[i]])) as Ports;
}

interface Child {
  readonly process: ChildProcess;
  readonly died: Promise<string>;
}

function launch(spec: KernelSpec, folder: string, key: string, ports: Ports): Child {
  const hidden = mkdtempSync(join(tmpdir(), 'iekd-kernel-')); // readable by this user only
  const file = join(hidden, 'connection.json');
  const address = { ip: '127.0.0.1', transport: 'tcp', key, signature_scheme: 'hmac-sha256', kernel_name: spec.name };
  const numbers = Object.fromEntries(CHANNELS.map((name) => [`${name}_port`, ports[name]]));
  writeFileSync(file, JSON.stringify({ ...address, ...numbers }), { mode: 0o600 });
  const [program = '', ...words] = spec.argv.map((word) => word.replaceAll('{connection_file}', file));
  // Nobody is there to move a slider: controls then show their state, and open no comm.
  const env = { ...process.env, ...spec.env, JPY_PARENT_PID: String(process.pid), IEKD_FRONT_END: 'none' };
  const child = spawn(program, words, { cwd: folder, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  return { process: child, died: ending(child).finally(() => rmSync(hidden, { recursive: true, force: true })) };
}

/** How a process ended, once it has; whatever it had started itself ends with it. */
async function ending(child: ChildProcess): Promise<string> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const how = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`the kernel ended (${signal ?? `exit code ${code}`})`));
    child.once('error', (error) => resolve(`the kernel could not be started: ${error.message}`));
  });
  // The last of stderr may come after the exit; a program that it has left behind may hold it open.
  await Promise.race([new Promise((closed) => child.once('close', closed)), pause(STDERR_MS)]);
  killGroup(child);
  return stderr.trim() ? `${how}\n${stderr.trim()}` : how;
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nobody is left
  }
}

function connect({ process: child, died }: Child, key: string, ports: Ports): KernelClient {
  const { Dealer, Subscriber } = require('zeromq') as typeof import('zeromq'); // native: loaded when used
  const options = { linger: 0, maxMessageSize: LARGEST_MESSAGE };
  // Nothing that is published may be dropped, however much comes before it is read.
  const unlimited = { ...options, receiveHighWaterMark: 0 };
  const [shell, control, iopub] = [new Dealer(options), new Dealer(options), new Subscriber(unlimited)];
  for (const [socket, port] of [
    [shell, ports.shell],
    [control, ports.control],
    [iopub, ports.iopub],
  ] as const) {
    socket.connect(`tcp://127.0.0.1:${port}`);
  }
  iopub.subscribe();
  const session = randomUUID();
  const waiting = new Map<string, (message: Message) => void>();
  let published: (message: Message) => void = () => undefined;
  const replied = (message: Message): void => {
    waiting.get(message.parentId)?.(message);
    waiting.delete(message.parentId);
  };
  void receive(shell, key, replied);
  void receive(control, key, replied);
  void receive(iopub, key, (message) => published(message));

  const [toShell, toControl] = [sendQueue(shell), sendQueue(control)];

  function send(queue: SendQueue, type: string, content: JsonObject): Sent {
    const id = randomUUID();
    const reply = new Promise<Message>((resolve, reject) => {
      waiting.set(id, resolve);
      queue(encode(key, { id, type, session, content })).catch(reject);
    });
    return { id, reply };
  }
  async function shutdown(): Promise<void> {
    send(toControl, 'shutdown_request', { restart: false }).reply.catch(() => undefined);
    const timer = setTimeout(() => killGroup(child), SHUTDOWN_MS);
    await died;
    clearTimeout(timer);
    for (const socket of [shell, control, iopub]) socket.close();
  }
  function interrupt(): void {
    const timer = setTimeout(() => child.kill('SIGINT'), ANSWER_MS);
    const answered = send(toControl, 'interrupt_request', {}).reply.catch(() => undefined);
    void Promise.race([answered, died]).then(() => clearTimeout(timer));
  }
  return {
    request: (type, content) => send(toShell, type, content),
    onPublished: (listener) => {
      published = listener;
    },
    died,
    interrupt,
    shutdown,
  };
}

type SendQueue = (frames: Frames) => Promise<void>;

/** Messages one after the other: zeromq refuses a second one while the first is on its way ("Socket is busy writing"). */
function sendQueue(socket: { send(frames: Frames): Promise<void> }): SendQueue {
  let last: Promise<void> = Promise.resolve();
  return (frames) => {
    const sent = last.then(() => socket.send(frames));
    last = sent.catch(() => undefined);
    return sent;
  };
}

/** Passes on every message that is signed with the key; others are dropped. Ends when the socket is closed. */
async function receive(socket: AsyncIterable<Buffer[]>, key: string, take: (message: Message) => void): Promise<void> {
  for await (const frames of socket) {
    let message: Message;
    try {
      message = decode(key, frames);
    } catch {
      continue; // not from our kernel
    }
    take(message);
  }
}

/** Asks until a reply and a published message have both come: a subscriber misses what was published before it was joined. */
async function answering(client: KernelClient, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  let heard = false;
  let replied = false;
  client.onPublished(() => {
    heard = true;
  });
  while (!(heard && replied)) {
    if (Date.now() > until) throw refusePhrase('kernel', `an answer within ${timeoutMs / 1000} s`, 'none');
    const { reply } = client.request('kernel_info_request', {});
    const answer = await Promise.race([reply, client.died, pause(250)]);
    if (typeof answer === 'string') throw refusePhrase('kernel', 'a kernel that answers', answer);
    replied ||= answer !== undefined;
    if (replied && !heard) await pause(20);
  }
  client.onPublished(() => undefined);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
