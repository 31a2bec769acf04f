/** Bytes of a picture, known by how they begin: PNG, JPEG, GIF, WebP. */
import { count } from '../../util/text';
import type { DisplayKind } from '../messages';

/** By format: its MIME type, and its first bytes in Latin-1. */
const FORMATS = [
  ['PNG', 'image/png', '\x89PNG\r\n\x1a\n'],
  ['JPEG', 'image/jpeg', '\xff\xd8\xff'],
  ['GIF', 'image/gif', 'GIF8'],
  ['WebP', 'image/webp', 'WEBP'],
] as const;

function formatOf(value: unknown): (typeof FORMATS)[number] | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const start = Buffer.from(value.subarray(0, 12))
    .toString('latin1')
    .replace(/^RIFF[\s\S]{4}/, '');
  return FORMATS.find(([, , signature]) => start.startsWith(signature));
}

export const pictureKind: DisplayKind = {
  name: 'a picture',
  matches: (value) => formatOf(value) !== undefined,
  bundle: (value) => {
    const [name, mime] = formatOf(value) ?? [];
    if (mime === undefined) return undefined;
    return { [mime]: value, 'text/plain': `${name} picture, ${count((value as Uint8Array).length)} bytes` };
  },
};
