/** SHA-256 of bytes, and of configurations through their canonical JSON. */
import { createHash } from 'node:crypto';
import { describe, isObject, refuse, refusePhrase } from './check';

/** Hexadecimal SHA-256 over the parts, one after the other. */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** JSON with sorted keys: equal values give equal text. Undefined entries are left out; non-finite numbers are refused. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw refuse('canonicalJson', 'finite numbers', value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

/** The first 12 hexadecimal digits of the SHA-256 of a configuration: the name of a run. */
export function configHash(config: unknown): string {
  return sha256(canonicalJson(config)).slice(0, 12);
}

/** The name of the entry in which an object carries its own hash. */
const OWN_HASH = 'sha256';

/** A JSON-ready object with the SHA-256 of its contents as its last entry: over the canonical JSON of the others. */
export function withHash<T extends object>(value: T): T & { readonly sha256: string } {
  const { [OWN_HASH]: _, ...rest } = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  return { ...value, [OWN_HASH]: sha256(canonicalJson(rest)) };
}

/** Whether a value carries its own hash, so that every change of it is seen. */
export const carriesHash = (value: unknown): boolean => isObject(value) && Object.hasOwn(value, OWN_HASH);

/**
 * What `withHash` has written, without that entry. What has none, as all that was written before, is returned as it is.
 * @throws InputError where the contents are not those of the hash
 */
export function withoutHash(where: string, value: unknown): unknown {
  if (!carriesHash(value)) return value;
  const { [OWN_HASH]: stated, ...rest } = value as Record<string, unknown>;
  const found = sha256(canonicalJson(rest));
  if (found === stated) return rest;
  throw refusePhrase(
    where,
    `contents with the SHA-256 ${describe(stated)}`,
    found,
    'it was changed or damaged since it was written',
  );
}

/** The bytes of an array of numbers, as they lie in memory: little-endian, as every processor is that runs Node. Nothing is copied. */
export const asBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
