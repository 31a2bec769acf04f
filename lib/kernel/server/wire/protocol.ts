/**
 * Messages of the Jupyter protocol 5.4 on the wire: `[identity …, <IDS|MSG>, signature, header, parent, metadata, content, buffer …]`,
 * signed with HMAC-SHA256. https://jupyter-client.readthedocs.io/en/stable/messaging.html
 * The signature is compared before anything is parsed; an empty key means, as there, that messages are not signed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { refusePhrase } from '../../../util/check';
import type { JsonObject } from '../../messages';

export type { JsonObject };

/** What is said in `kernel_info_reply` and in each header. */
export const PROTOCOL_VERSION = '5.4';

/** A message that came. */
export interface Message {
  readonly id: string;
  readonly type: string;
  /** Whoever sent it; empty where the header does not say. */
  readonly session: string;
  /** The request that this message belongs to; empty when there is none. */
  readonly parentId: string;
  readonly content: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
  /** Where a router socket sends the answer to. */
  readonly identities: readonly Uint8Array[];
  /** The header as it came: the parent of whatever answers it. */
  readonly header: Uint8Array;
}

/** A message to be sent. */
export interface Outgoing {
  readonly id: string;
  readonly type: string;
  readonly session: string;
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  /** Header of the message that it answers, as it came. */
  readonly parent?: Uint8Array;
  /** Before the delimiter: to whom (router sockets), or the topic (published messages). */
  readonly identities?: readonly (Uint8Array | string)[];
}

export type Frames = (string | Uint8Array)[];

const DELIMITER = '<IDS|MSG>';
const MIB = 2 ** 20;
/** What no front end comes near. Headers are kept as parents of outputs, so theirs is the smallest. */
const LARGEST = {
  frames: 1024,
  identity: 256,
  name: 256,
  header: 64 * 1024,
  parent: MIB,
  metadata: 16 * MIB,
  content: 256 * MIB,
};

/** Hexadecimal HMAC-SHA256 of a message's four parts; empty without a key. */
export function signature(key: string, parts: readonly (string | Uint8Array)[]): string {
  if (key === '') return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/** The frames of a message. */
export function encode(key: string, message: Outgoing): Frames {
  const { id, type, session, content, metadata = {}, buffers = [], parent = '{}', identities = [] } = message;
  const date = new Date().toISOString();
  const header = { msg_id: id, msg_type: type, session, username: 'kernel', version: PROTOCOL_VERSION, date };
  const parts = [JSON.stringify(header), parent, json(metadata), json(content)];
  return [...identities, DELIMITER, signature(key, parts), ...parts, ...buffers];
}

/** Half a character, which a program may print, has no UTF-8: front ends fail on it, and their notebook is not saved. */
function json(value: JsonObject): string {
  const written = JSON.stringify(value);
  return written.includes('\\ud')
    ? written.replace(/\\(?:ud[89a-f]..|.)/g, (one) => (one.length > 2 ? '\\ufffd' : one))
    : written;
}

/** Reads a message; refuses what is not signed with `key` before anything of it is parsed. */
export function decode(key: string, frames: readonly Uint8Array[]): Message {
  const { identities, parts, buffers } = verified(key, frames);
  const [headerFrame, parentFrame, metadataFrame, contentFrame] = parts;
  const header = object(headerFrame, LARGEST.header);
  return {
    id: name(header, 'msg_id'),
    type: name(header, 'msg_type'),
    session: text(header['session']),
    parentId: text(object(parentFrame, LARGEST.parent)['msg_id']),
    metadata: object(metadataFrame, LARGEST.metadata),
    content: object(contentFrame, LARGEST.content),
    buffers,
    identities,
    header: headerFrame,
  };
}

interface Verified {
  readonly identities: readonly Uint8Array[];
  readonly parts: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  readonly buffers: readonly Uint8Array[];
}

/** Splits frames; refuses a message that is too short, has too many frames, or is not signed with `key`. */
function verified(key: string, frames: readonly Uint8Array[]): Verified {
  const at = frames.length > LARGEST.frames ? -1 : frames.findIndex(isDelimiter);
  const [given, header, parent, metadata, content, ...buffers] = at < 0 ? [] : frames.slice(at + 1);
  const identities = frames.slice(0, Math.max(at, 0));
  if (!given || !header || !parent || !metadata || !content || identities.some(({ length }) => length > LARGEST.identity)) {
    throw refusePhrase('protocol', 'a delimiter, a signature and four parts', `${frames.length} frames without them`);
  }
  const parts = [header, parent, metadata, content] as const;
  const expected = Buffer.from(signature(key, parts));
  if (key !== '' && (expected.length !== given.length || !timingSafeEqual(expected, given))) {
    throw refusePhrase('protocol', 'a message signed with the key of this session', 'another signature');
  }
  return { identities, parts, buffers };
}

const utf8 = (frame: Uint8Array): string => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('utf8');

const isDelimiter = (frame: Uint8Array): boolean => frame.length === DELIMITER.length && utf8(frame) === DELIMITER;

function object(frame: Uint8Array, maxBytes: number): JsonObject {
  if (frame.length > maxBytes) throw refusePhrase('protocol', `a part of at most ${maxBytes} bytes`, `${frame.length} bytes`);
  const json = utf8(frame);
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusePhrase('protocol', 'parts that are JSON objects', json.slice(0, 40));
  }
  return value as JsonObject;
}

function name(header: JsonObject, key: 'msg_id' | 'msg_type'): string {
  const value = header[key];
  if (typeof value === 'string' && value !== '' && value.length <= LARGEST.name) return value;
  throw refusePhrase('protocol', `a header with a ${key} of 1 to ${LARGEST.name} characters`, 'none');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
