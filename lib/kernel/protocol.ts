/**
 * Messages of the Jupyter protocol 5.3 on the wire: `[identity …, <IDS|MSG>, signature, header, parent, metadata, content]`,
 * signed with HMAC-SHA256. https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { refusePhrase } from '../util/check';

export type JsonObject = { [key: string]: unknown };

/** What is read of a message. */
export interface Message {
  readonly id: string;
  readonly type: string;
  /** The request that this message belongs to; empty when there is none. */
  readonly parentId: string;
  readonly content: JsonObject;
}

/** What is sent. */
export interface Request {
  readonly id: string;
  readonly type: string;
  readonly session: string;
  readonly content: JsonObject;
}

const DELIMITER = '<IDS|MSG>';

/** Hexadecimal HMAC-SHA256 of a message's four parts. */
export function signature(key: string, parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

/** The frames of a request. */
export function encode(key: string, { id, type, session, content }: Request): string[] {
  const header = { msg_id: id, msg_type: type, session, username: 'iekd', version: '5.3', date: new Date().toISOString() };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return [DELIMITER, signature(key, parts), ...parts];
}

/** The frames of a reply to a request that came over a router socket: the identity before the delimiter says to whom. */
export function encodeReply(
  key: string,
  request: readonly Uint8Array[],
  { id, type, session, content }: Request,
): (string | Uint8Array)[] {
  const [header = '{}'] = verified(key, request);
  const [, , own = '', , metadata = '', body = ''] = encode(key, { id, type, session, content });
  const parts = [own, header, metadata, body];
  const identity = request.slice(0, request.findIndex(isDelimiter));
  return [...identity, DELIMITER, signature(key, parts), ...parts];
}

const isDelimiter = (frame: Uint8Array): boolean => Buffer.from(frame).toString('latin1') === DELIMITER;

/** Splits frames into signature and parts; refuses a message that is too short or not signed with `key`. */
export function verified(key: string, frames: readonly Uint8Array[]): Uint8Array[] {
  const at = frames.findIndex(isDelimiter);
  const [given, ...parts] = at < 0 ? [] : frames.slice(at + 1);
  if (!given || parts.length < 4) {
    throw refusePhrase('protocol', 'a delimiter, a signature and four parts', `${frames.length} frames without them`);
  }
  const expected = Buffer.from(signature(key, parts));
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw refusePhrase('protocol', 'a message signed with the key of this session', 'another signature');
  }
  return parts;
}

/** Reads a message; refuses what is not signed with `key` before anything of it is parsed. */
export function decode(key: string, frames: readonly Uint8Array[]): Message {
  const [header, parent, , content] = verified(key, frames).map((part) => object(Buffer.from(part).toString('utf8')));
  return {
    id: text(header?.['msg_id']),
    type: text(header?.['msg_type']),
    parentId: text(parent?.['msg_id']),
    content: content ?? {},
  };
}

function object(json: string): JsonObject {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusePhrase('protocol', 'parts that are JSON objects', json.slice(0, 40));
  }
  return value as JsonObject;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
