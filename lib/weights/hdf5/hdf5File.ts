/**
 * Files of HDF5 (.h5), read by h5wasm in a thread of its own, for which the calling one waits: a file that brings the reader down, or keeps
 * it busy, costs a sentence. A thread reads one file after the other; after one that was refused it is ended, so that the next file finds
 * nothing of it.
 */
import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { type InputError, refusePhrase } from '../../util/check';
import { installCommand } from '../../util/package/ownPackage';
import type { Hdf5Contents, Hdf5Reply, Hdf5Request, Hdf5ThreadData } from './hdf5Contents';

/** Reads bytes. @throws InputError naming `where` for a file that is damaged or hostile, and where h5wasm is not installed */
export type Hdf5Reader = (bytes: Uint8Array, where: string) => Hdf5Contents;

/**
 * Milliseconds of this process's processor time, of which a busy machine takes none: for any file, and for each of its bytes (20 MB a second
 * are slow). Of the clock's: until h5wasm is ready, and for what computes nothing and says nothing.
 */
const PATIENCE = { file: 400, byte: 1 / 20_000, start: 60_000, silence: 60_000 } as const;
const LOOK = 50;
/** Beside twice the file: h5wasm begins with 16 MiB. */
const MEMORY = 64 * 2 ** 20;
const IDLE = 10_000;
const DAMAGED = 'the file is damaged: use a copy, or write it again';

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly turn: Int32Array;
}

/** @param keeps whether the thread goes on after a file that it refused: for tests of many of them */
export function hdf5Reader({ keeps = false }: { readonly keeps?: boolean } = {}): Hdf5Reader {
  let thread: Thread | undefined;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    void thread?.worker.terminate();
    thread = undefined;
  }

  return (bytes, where) => {
    clearTimeout(timer);
    thread ??= started();
    const { port, turn } = thread;
    Atomics.wait(turn, 0, 0, PATIENCE.start);
    const before = Atomics.load(turn, 0);
    const request: Hdf5Request = { bytes };
    port.postMessage(request);
    if (before > 0) waitFor(turn, before, PATIENCE.file + bytes.length * PATIENCE.byte);
    const reply = receiveMessageOnPort(port)?.message as Hdf5Reply | undefined;
    if (!reply || ('error' in reply && (!keeps || reply.broken))) end();
    timer = setTimeout(end, IDLE).unref();
    if (reply && 'contents' in reply) return reply.contents;
    throw refused(where, reply);
  };
}

function refused(where: string, reply: Hdf5Reply | undefined): InputError {
  if (!reply || !('error' in reply))
    return refusePhrase(where, 'a file of HDF5 that can be read', 'one that is read without end', DAMAGED);
  if (reply.missing)
    return refusePhrase(where, 'the package h5wasm, which reads files of HDF5', 'none', installCommand(['h5wasm']));
  return refusePhrase(where, 'a file of HDF5', `something else (${reasonIn(reply.error)})`, DAMAGED);
}

/** The last line of HDF5's report, where it is one: `#006: …/H5Fsuper.c line 577 in H5F__super_read(): truncated file: eof = 19061` */
function reasonIn(error: string): string {
  const lines = [...error.matchAll(/#\d+: .* in \w+\(\): (.*)/g)];
  return (lines.at(-1)?.[1] ?? error).replace(/\s+/g, ' ').slice(0, 120);
}

/** Until its number has changed, or so much processor time is spent. */
function waitFor(turn: Int32Array, from: number, milliseconds: number): void {
  const start = process.cpuUsage();
  for (let waited = 0; waited < PATIENCE.silence; waited += LOOK) {
    if (Atomics.wait(turn, 0, from, LOOK) !== 'timed-out') return;
    const { user, system } = process.cpuUsage(start);
    if (user + system > 1000 * milliseconds) return;
  }
}

function started(): Thread {
  const turns = new SharedArrayBuffer(4);
  const { port1, port2 } = new MessageChannel();
  const data: Hdf5ThreadData = { turns, memory: MEMORY, port: port2 };
  const worker = new Worker(join(__dirname, 'hdf5Worker.js'), {
    ...{ workerData: data, transferList: [port2], execArgv: [], stdout: true, stderr: true },
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  worker.on('error', () => undefined); // whoever waits for it is told
  worker.unref();
  port1.unref();
  return { worker, port: port1, turn: new Int32Array(turns) };
}
