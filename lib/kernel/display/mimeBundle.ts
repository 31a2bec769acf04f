/**
 * What is shown, in several MIME types: texts as they are, bytes in base64, everything else as JSON. Jupyter's `data` of
 * `display_data`: https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data
 */
import { describe, InputError, isObject, refuse } from '../../util/check';
import type { JsonObject } from '../messages';

/** Data that is ready to be sent. */
export interface MimeBundle {
  readonly data: JsonObject;
  /** So much it is, about, in bytes. */
  readonly bytes: number;
}

const MIME = /^[\w.+-]+\/[\w.+-]+(;.*)?$/;
const IS_JSON = /^[^;]*[/+]json\b/;

/**
 * Checks data by its MIME types.
 * @param where what made it, for errors
 * @throws InputError for what is no object, a key that is no MIME type, no type at all, or a value that is no JSON
 */
export function mimeBundle(where: string, given: unknown): MimeBundle {
  if (!isObject(given) || ArrayBuffer.isView(given)) throw refuse(where, 'an object with a value for each MIME type', given);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  if (entries.length === 0) throw refuse(where, 'a value for at least one MIME type', given);
  let bytes = 0;
  const data: JsonObject = {};
  for (const [mime, value] of entries) {
    if (!MIME.test(mime)) throw refuse(where, 'MIME types such as text/html as keys', mime);
    const text = typeof value === 'string' ? value : value instanceof Uint8Array ? base64(value) : undefined;
    const json = text === undefined || IS_JSON.test(mime) ? jsonText(`${where}: ${mime}`, value) : undefined;
    data[mime] = json === undefined ? text : (JSON.parse(json) as unknown);
    bytes += 2 * (json ?? text ?? '').length;
  }
  return { data, bytes };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function jsonText(where: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, typedArraysAsLists) as string | undefined;
  } catch (error) {
    throw new InputError(`${where}: expected JSON, received ${describe(value)}; ${(error as Error).message.split('\n')[0]}`);
  }
  if (text === undefined) throw refuse(where, 'a text, bytes or JSON', value);
  return text;
}

/** Numbers of a figure often stand in a Float32Array, which JSON would turn into an object. */
const typedArraysAsLists = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as unknown as ArrayLike<unknown>) : value;
