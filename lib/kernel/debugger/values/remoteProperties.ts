/** What an object of the main thread holds, page by page. A proxy is asked for nothing but its target and handler. */

import type { Runtime } from 'node:inspector';
import type { InspectorClient } from '../inspectorClient';
import { copyParts, countProperties, LONGEST_TEXT, type OwnProperties, ownProperties, type PartsKind } from './remoteCopy';
import { remoteValueText } from './remoteValueText';

/** Most parts of one page. */
export const PAGE = 100;

/** Something an object holds; of an accessor only that it is one. */
export interface RemoteProperty {
  readonly name: string;
  readonly value: Runtime.RemoteObject | 'getter' | 'setter';
}

/** How much there is of an object: elements or entries by number, properties by name. */
export interface RemoteSize {
  readonly indexed: number;
  readonly named: number;
}

function kindOf({ subtype }: Runtime.RemoteObject): PartsKind {
  if (subtype === 'array' || subtype === 'typedarray') return 'elements';
  return subtype === 'map' || subtype === 'set' ? subtype : 'named';
}

/** `Array(12)`, `Float32Array(12)`, `Map(3)`: V8 says it in the description. 0 of what has no numbers. */
export function indexedSize(object: Runtime.RemoteObject): number {
  if (kindOf(object) === 'named') return 0;
  return Number(/\((\d+)\)$/.exec(object.description ?? '')?.[1] ?? 0);
}

/** An array's properties by name are not counted, and not shown. */
export async function remoteSize(client: InspectorClient, object: Runtime.RemoteObject): Promise<RemoteSize> {
  if (object.objectId === undefined) return { indexed: 0, named: 0 };
  if (kindOf(object) !== 'named') return { indexed: indexedSize(object), named: 0 };
  return { indexed: 0, named: object.subtype === 'proxy' ? 2 : await countProperties(client, object.objectId) };
}

/**
 * Parts `start` (included) to `end` (not included); with the first page private fields and the states of promises.
 * @param group what the values are released with
 */
export async function remoteProperties(
  client: InspectorClient,
  object: Runtime.RemoteObject,
  [start, end]: readonly [number, number],
  group: string,
): Promise<readonly RemoteProperty[]> {
  const { objectId } = object;
  if (objectId === undefined) return [];
  if (object.subtype === 'proxy') return internals(await ownProperties(client, objectId));
  const kind = kindOf(object);
  const { result } = await copyParts(client, objectId, kind, [start, end], group);
  const properties = result.filter(({ name }) => name !== '__proto__').map(propertyOf);
  if (kind === 'map') return Promise.all(properties.map((entry) => mapEntry(client, entry)));
  const hidden = kind === 'named' && start === 0 && object.className !== 'Object' && properties.every(isShort);
  return hidden && properties.length < PAGE ? [...properties, ...(await hiddenProperties(client, objectId))] : properties;
}

function propertyOf({ name, value, get }: Pick<Runtime.PropertyDescriptor, 'name' | 'value' | 'get'>): RemoteProperty {
  return { name, value: value ?? (get === undefined || get.type === 'undefined' ? 'setter' : 'getter') };
}

/** V8 sends private fields along with all others only, and those at full length. */
function isShort({ value }: RemoteProperty): boolean {
  return typeof value === 'string' || value.type !== 'string' || String(value.value).length < LONGEST_TEXT;
}

async function hiddenProperties(client: InspectorClient, objectId: string): Promise<readonly RemoteProperty[]> {
  const all = await ownProperties(client, objectId);
  return [...(all.privateProperties ?? []).map(propertyOf), ...internals(all)];
}

const SHOWN_INTERNALS = /^\[\[(PromiseState|PromiseResult|Target|Handler|PrimitiveValue|TargetFunction|BoundThis|BoundArgs)\]\]$/;

/** What V8 knows beyond properties; of the rest (`[[Prototype]]`, `[[Scopes]]`, …) nobody reads much. */
function internals({ internalProperties = [] }: OwnProperties): readonly RemoteProperty[] {
  return internalProperties.flatMap(({ name, value }) =>
    value !== undefined && SHOWN_INTERNALS.test(name) ? [{ name, value }] : [],
  );
}

/** An entry under its key's text. */
async function mapEntry(client: InspectorClient, entry: RemoteProperty): Promise<RemoteProperty> {
  if (typeof entry.value === 'string' || entry.value.objectId === undefined) return entry;
  const { result } = await ownProperties(client, entry.value.objectId);
  const [key, value] = [result.find(({ name }) => name === '0')?.value, result.find(({ name }) => name === '1')?.value];
  return { name: key === undefined ? entry.name : remoteValueText(key), value: value ?? { type: 'undefined' } };
}
