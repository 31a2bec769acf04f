/** What a file is that is no JPEG, PNG or WebP: named by its first bytes, so that an error says what to convert. */

/** Bytes from a place on, as Latin-1 text; several formats begin with a box whose name says which they are (ISO/IEC 14496-12, 4.3). */
const SIGNATURES: readonly (readonly [what: string, at: number, bytes: string])[] = [
  ['a GIF', 0, 'GIF8'],
  ['a TIFF', 0, 'II*\0'],
  ['a TIFF', 0, 'MM\0*'],
  ['a BMP', 0, 'BM'],
  ['an AVIF', 4, 'ftypavi'],
  ['a HEIC', 4, 'ftyphei'],
  ['a HEIC', 4, 'ftyphev'],
  ['a HEIF', 4, 'ftypmif1'],
  ['a JPEG 2000', 4, 'jP  '],
  ['a JPEG XL', 0, '\xff\x0a'],
  ['a JPEG XL', 4, 'JXL '],
  ['a PDF', 0, '%PDF-'],
  ['a ZIP archive', 0, 'PK\x03\x04'],
];

/** Of a file's bytes, for errors. */
export function otherFormat(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const known = SIGNATURES.find(([, at, text]) => head.startsWith(text, at));
  if (known) return known[0];
  const isText = bytes.subarray(0, 512).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  return isText ? 'text' : 'bytes of another kind';
}
