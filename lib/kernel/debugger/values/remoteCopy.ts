/**
 * One page of what an object of the main thread holds, copied over there by descriptor: no getter runs, texts are cut before they leave
 * main, and an array of a million costs as much as one of a hundred. A variable that is not set yet is undefined:
 * newer versions of V8 throw where it is read.
 */

import type { Runtime } from 'node:inspector';
import type { InspectorClient } from '../inspectorClient';

/** Where the parts of an object are: below names, below numbers, or within a map or set. */
export type PartsKind = 'named' | 'elements' | 'map' | 'set';

/** UTF-16 units of a text that is sent. */
export const LONGEST_TEXT = 10_000;

const COUNT = 'function () { return Reflect.ownKeys(this).length; }';

const COPY = `function (kind, start, end, longest) {
  const copy = Object.create(null);
  const short = (value) => (typeof value === 'string' && value.length > longest ? value.slice(0, longest) + '…' : value);
  const put = (key, descriptor) => {
    if (descriptor === undefined) return;
    if ('value' in descriptor) descriptor.value = short(descriptor.value);
    descriptor.configurable = true;
    Object.defineProperty(copy, key, descriptor);
  };
  const value = (value) => ({ value, enumerable: true, writable: true });
  const own = (key) => {
    try { return Object.getOwnPropertyDescriptor(this, key); } catch { return value(undefined); }
  };
  if (kind === 'named') for (const key of Reflect.ownKeys(this).slice(start, end)) put(key, own(key));
  else if (kind === 'elements') for (let i = start; i < end; i++) put(i, Object.getOwnPropertyDescriptor(this, i));
  else {
    const entries = kind === 'map' ? Map.prototype.entries.call(this) : Set.prototype.values.call(this);
    for (let i = 0; i < end; i++) {
      const next = entries.next();
      if (next.done) break;
      if (i >= start) put(i, value(kind === 'map' ? [short(next.value[0]), short(next.value[1])] : next.value));
    }
  }
  return copy;
}`;

/** How many properties an object has itself. Not for proxies, whose traps would run. */
export async function countProperties(client: InspectorClient, objectId: string): Promise<number> {
  const { result } = await client.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
    functionDeclaration: COUNT,
    objectId,
    returnByValue: true,
    silent: true,
  });
  return Number(result.value);
}

/** Parts `start` (included) to `end` (not included) as properties of an object of their own; an entry of a map is an array of two. */
export async function copyParts(
  client: InspectorClient,
  objectId: string,
  kind: PartsKind,
  [start, end]: readonly [number, number],
  objectGroup: string,
): Promise<OwnProperties> {
  const { result } = await client.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
    functionDeclaration: COPY,
    objectId,
    arguments: [kind, start, end, LONGEST_TEXT].map((value) => ({ value })),
    objectGroup,
    silent: true,
  });
  return ownProperties(client, result.objectId as string);
}

/** V8 sends private fields too; the types of Node do not say so. */
export type OwnProperties = Runtime.GetPropertiesReturnType & {
  readonly privateProperties?: readonly Runtime.PropertyDescriptor[];
};

/** With previews, without running anything. */
export function ownProperties(client: InspectorClient, objectId: string): Promise<OwnProperties> {
  return client.post('Runtime.getProperties', { objectId, ownProperties: true, generatePreview: true });
}
