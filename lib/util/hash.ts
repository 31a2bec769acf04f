/** SHA-256 of bytes, and of configurations through their canonical JSON. */
import { createHash } from 'node:crypto';
import { refuse } from './check';

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
