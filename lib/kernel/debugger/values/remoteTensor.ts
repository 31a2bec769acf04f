/**
 * Tensors as text: `Tensor float32 [2, 3]: 0, 1, 2, 3, 4, …`. A tensor is an object with a `shape` (numbers) and a `dtype` (text) of its
 * own. Its first values come from a typed array that it holds, or from TensorFlow.js, whose `dataSync` is called if it is really that
 * library's: whatever else is called so is code of the user, and looking at a value runs none.
 */

import type { Runtime } from 'node:inspector';
import type { InspectorClient } from '../inspectorClient';

/** Values that are shown. */
const SHOWN = 8;
/** Elements of a tensor whose values are fetched: TensorFlow.js hands out all of them or none. */
const LARGEST = 2 ** 20;

/** Reads what the object holds itself: no accessor, and no prototype. */
const READ = `function (shown) {
  const own = (object, key) => Object.getOwnPropertyDescriptor(object, key)?.value;
  const [shape, dtype] = [own(this, 'shape'), own(this, 'dtype')];
  if (!Array.isArray(shape) || typeof dtype !== 'string' || shape.length > 16) return null;
  const sizes = Array.from(shape.keys(), (i) => own(shape, i));
  if (!sizes.every((size) => typeof size === 'number')) return null;
  const held = [own(this, 'values'), own(this, 'data')].find((data) => ArrayBuffer.isView(data) && !(data instanceof DataView));
  return { sizes, dtype: dtype.slice(0, 40), values: held === undefined ? null : Array.from(held.subarray(0, shown), String) };
}`;

const FETCH = `function (shown) {
  try { return Array.from(this.dataSync().slice(0, shown), String); } catch { return null; }
}`;

interface Held {
  readonly sizes: readonly number[];
  readonly dtype: string;
  readonly values: readonly string[] | null;
}

/**
 * Undefined where the object is no tensor.
 * @param isTensorFlow whether the script with this number is TensorFlow.js's
 */
export async function remoteTensorText(
  client: InspectorClient,
  object: Runtime.RemoteObject,
  isTensorFlow: (scriptId: string) => boolean,
): Promise<string | undefined> {
  if (!mayBeTensor(object)) return undefined;
  const held = await call<Held | null>(client, object, READ);
  if (held === null) return undefined;
  const size = held.sizes.reduce((product, n) => product * n, 1);
  const values =
    held.values ??
    (size <= LARGEST && (await isFetched(client, object, isTensorFlow))
      ? await call<Held['values']>(client, object, FETCH)
      : null);
  const head = `${object.className ?? 'Tensor'} ${held.dtype} [${held.sizes.join(', ')}]`;
  return values === null ? head : `${head}: ${values.join(', ')}${size > values.length ? ', …' : ''}`;
}

/** By the preview: an object that shows all it has, and neither of the two names, is none. */
function mayBeTensor({ type, subtype, preview }: Runtime.RemoteObject): boolean {
  if (type !== 'object' || subtype !== undefined || preview === undefined) return false;
  const names = preview.properties.map(({ name }) => name);
  return names.includes('shape') || names.includes('dtype') || preview.overflow;
}

async function call<T>(client: InspectorClient, object: Runtime.RemoteObject, functionDeclaration: string): Promise<T> {
  const { result } = await client.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
    functionDeclaration,
    objectId: object.objectId,
    arguments: [{ value: SHOWN }],
    returnByValue: true,
    silent: true,
  });
  return (result.value ?? null) as T;
}

/** Whether its `dataSync` was written in TensorFlow.js. */
async function isFetched(
  client: InspectorClient,
  object: Runtime.RemoteObject,
  isTensorFlow: (scriptId: string) => boolean,
): Promise<boolean> {
  const properties = (objectId: string | undefined, ownProperties: boolean): Promise<Runtime.GetPropertiesReturnType> =>
    client.post('Runtime.getProperties', { objectId, ownProperties });
  const { result } = await properties(object.objectId, false);
  const method = result.find(({ name }) => name === 'dataSync')?.value;
  if (method?.objectId === undefined) return false;
  const { internalProperties = [] } = await properties(method.objectId, true);
  const location: unknown = internalProperties.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value;
  return typeof location === 'object' && location !== null && 'scriptId' in location && isTensorFlow(String(location.scriptId));
}
