/**
 * MurmurHash2 (Austin Appleby; 32 bits) of a text's UTF-8: the hash by which JupyterLab and kernel agree on a cell's path. For blocks
 * k of four bytes, little endian:
 *
 *     k ← k·m;  k ← k ⊕ (k ≫ 24);  h ← (h·m) ⊕ (k·m)        from h = seed ⊕ length, m = 0x5bd1e995
 */

const M = 0x5bd1e995;

/** The hash as an unsigned integer. @param seed unsigned, 32 bits */
export function murmur2(text: string, seed: number): number {
  const bytes = Buffer.from(text, 'utf8');
  let h = seed ^ bytes.length;
  let at = 0;
  for (; bytes.length - at >= 4; at += 4) {
    let k = Math.imul(bytes.readInt32LE(at), M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  const rest = bytes.length - at;
  if (rest > 0) h = Math.imul(h ^ bytes.readUIntLE(at, rest), M);
  h = Math.imul(h ^ (h >>> 13), M);
  return (h ^ (h >>> 15)) >>> 0;
}
