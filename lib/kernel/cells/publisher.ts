/**
 * Sends outputs to the server thread. Every output is posted when it is written, so that the lines of a loop arrive while it runs;
 * the server joins what it has not sent yet. What it has not taken is counted in shared memory: above the limit main waits.
 */
import { writeSync } from 'node:fs';
import { type CapturedOutput, type JsonObject, type Output, SHARED, type ToServer } from '../messages';
import type { CellContexts } from './cellContext';

/** Bytes that may wait for the server. */
const MOST_QUEUED = 32 * 2 ** 20;
/** A server that takes nothing for so long is dead, and nobody will ever see what is written. */
const SERVER_PATIENCE_MS = 60_000;
/** Characters in one message. */
const LONGEST_TEXT = 500_000;
/** What a message takes besides its text, in bytes. */
const MESSAGE_BYTES = 256;

/** Whatever belongs to an output besides its content. */
export interface OutputParts {
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  /** Header of the message that it answers. */
  readonly parent?: Uint8Array;
  /** Of the content, in bytes. */
  readonly bytes: number;
  /** Default: the cell whose code calls. */
  readonly request?: number;
}

export interface Publisher {
  publish(message: Output['message'], content: JsonObject, parts: OutputParts): void;
  /** @param name `stdout` or `stderr` */
  stream(name: string, text: string, request?: number): void;
  /** Waits until the server has taken everything. @returns whether it has, in time */
  drain(patienceMs: number): boolean;
}

export interface PublisherOptions {
  readonly post: (message: ToServer) => void;
  readonly shared: Int32Array;
  readonly contexts: CellContexts;
}

export function publisher({ post, shared, contexts }: PublisherOptions): Publisher {
  function publish(message: Output['message'], content: JsonObject, parts: OutputParts): void {
    const context = contexts.current();
    const { request = context?.request ?? 0, metadata, buffers, parent, bytes: size } = parts;
    if (context?.take && isCaptured(message)) {
      context.take({ message, content, ...(metadata ? { metadata } : {}) });
      return;
    }
    const bytes = size + MESSAGE_BYTES + (buffers ?? []).reduce((sum, buffer) => sum + buffer.byteLength, 0);
    // A view of a large memory would be cloned with all of it.
    const copies = buffers?.map((buffer) => new Uint8Array(buffer));
    Atomics.add(shared, SHARED.queued, bytes);
    post({
      type: 'output',
      request,
      message,
      content,
      bytes,
      ...(metadata ? { metadata } : {}),
      ...(copies ? { buffers: copies } : {}),
      ...(parent ? { parent } : {}),
    });
    if (Atomics.load(shared, SHARED.queued) > MOST_QUEUED && !waitBelow(shared, MOST_QUEUED, SERVER_PATIENCE_MS)) {
      writeSync(2, 'kernel: its server thread takes no outputs any more; the kernel ends\n');
      process.exit(1);
    }
  }
  function stream(name: string, text: string, request?: number): void {
    const whose = request === undefined ? {} : { request };
    for (const part of parts(text)) publish('stream', { name, text: part }, { bytes: 2 * part.length, ...whose });
  }
  return { publish, stream, drain: (patienceMs) => waitBelow(shared, 0, patienceMs) };
}

/** Comms are no outputs: they are never held back. */
const isCaptured = (message: Output['message']): message is CapturedOutput['message'] => !message.startsWith('comm_');

/** Waits until no more than `limit` bytes are queued; false when the server takes nothing for so long. */
function waitBelow(shared: Int32Array, limit: number, patienceMs: number): boolean {
  let lowest = Number.POSITIVE_INFINITY;
  let until = 0;
  for (;;) {
    const queued = Atomics.load(shared, SHARED.queued);
    if (queued <= limit) return true;
    if (queued < lowest) {
      lowest = queued;
      until = performance.now() + patienceMs;
    } else if (performance.now() > until) return false;
    Atomics.wait(shared, SHARED.queued, queued, 20);
  }
}

/** A text in parts of at most `LONGEST_TEXT` characters; no character outside the basic plane is torn in two. */
function parts(text: string): string[] {
  if (text.length <= LONGEST_TEXT) return text === '' ? [] : [text];
  const list: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + LONGEST_TEXT;
    const torn = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
    list.push(text.slice(at, torn ? end - 1 : end));
    at = torn ? end - 1 : end;
  }
  return list;
}
