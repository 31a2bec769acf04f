/**
 * Messages of the Debug Adapter Protocol as Jupyter carries them: a request is the content of `debug_request` (control channel), its
 * response that of `debug_reply`, an event that of `debug_event` (iopub). Everything that comes from the front end is checked here.
 */

import { integerIn, isObject, refuse, refusePhrase, textIn } from '../../util/check';
import type { JsonObject } from '../messages';

export interface DebugRequest {
  readonly seq: number;
  readonly command: string;
  readonly arguments: JsonObject;
}

export interface DebugResponse {
  readonly type: 'response';
  readonly seq: number;
  readonly request_seq: number;
  readonly command: string;
  readonly success: boolean;
  /** Why it failed. */
  readonly message?: string;
  readonly body: JsonObject;
}

export interface DebugEvent {
  readonly type: 'event';
  readonly seq: number;
  readonly event: string;
  readonly body: JsonObject;
}

/** Answers a command: returns the response's body, or throws what its message says. */
export type RequestHandler = (args: JsonObject) => JsonObject | Promise<JsonObject>;

/** Handlers by command. */
export type RequestHandlers = Readonly<Record<string, RequestHandler>>;

/** Sends an event to the front end. */
export type SendEvent = (event: string, body: JsonObject) => void;

/** V8 runs a cell in one thread, which has this number in the protocol. */
export const THREAD = 1;

/** Longest code of a cell, in UTF-16 units. */
const LONGEST_CODE = 10_000_000;

/** A request of the protocol, or an error. Missing arguments are none. */
export function parseRequest(message: unknown): DebugRequest {
  if (!isObject(message)) throw refuse('debug_request', 'a request of the Debug Adapter Protocol', message);
  const given = message['arguments'] ?? {};
  if (!isObject(given)) throw refuse('debug_request arguments', 'an object', given);
  return {
    seq: integerIn('debug_request seq', message['seq']),
    command: textIn('debug_request command', message['command'], 100),
    arguments: given,
  };
}

/** Code or an expression; may be empty. */
export function codeIn(where: string, value: unknown): string {
  if (typeof value !== 'string') throw refuse(where, 'a text', value);
  if (value.length > LONGEST_CODE) {
    throw refusePhrase(where, `at most ${LONGEST_CODE} characters`, `${value.length}`);
  }
  return value;
}

/** The path within a `source` argument. */
export function sourcePathIn(where: string, source: unknown): string {
  if (!isObject(source)) throw refuse(`${where} source`, 'an object with a path', source);
  return textIn(`${where} source.path`, source['path']);
}

/** An integer that may be left out. */
export function optionalInteger(where: string, value: unknown, least = 0): number | undefined {
  return value === undefined || value === null ? undefined : integerIn(where, value, least);
}

/** A text that may be left out or empty. */
export function optionalText(where: string, value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : textIn(where, value, 10_000);
}
