/**
 * The messages of an event file that scalars need (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto
 * and framework/summary.proto), by the numbers of their fields. protobufjs writes and reads them.
 */
import type { Root, Type } from 'protobufjs';
import { refusePhrase } from '../../util/check';

/** A value under a tag. */
export interface Scalar {
  readonly tag: string;
  /** float32 in the file. */
  readonly simpleValue: number;
}

/** An event: the version of the file, or values at a step. */
export interface Event {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly Scalar[] };
}

const MESSAGES = {
  Event: {
    wallTime: { type: 'double', id: 1 },
    step: { type: 'int64', id: 2 },
    fileVersion: { type: 'string', id: 3 },
    summary: { type: 'Summary', id: 5 },
  },
  Summary: { value: { rule: 'repeated', type: 'Value', id: 1 } },
  Value: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } },
} as const;

let root: Root | undefined;

function eventType(): Type {
  if (!root) {
    const protobuf = require('protobufjs/light') as typeof import('protobufjs'); // loaded when a run first writes events
    const nested = Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, { fields }]));
    root = protobuf.Root.fromJSON({ nested: { tensorflow: { nested } } });
  }
  return root.lookupType('tensorflow.Event');
}

/** The bytes of an event. */
export function encodeEvent(event: Event): Uint8Array {
  const type = eventType();
  return type.encode(type.fromObject(event)).finish();
}

/** @param where named in errors @throws InputError for bytes that are no event */
export function decodeEvent(bytes: Uint8Array, where: string): Event {
  const type = eventType();
  try {
    return type.toObject(type.decode(bytes), { longs: Number, arrays: true }) as Event;
  } catch {
    throw refusePhrase(where, 'an event of TensorBoard', 'other bytes', 'the file is damaged: remove it');
  }
}
