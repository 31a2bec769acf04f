/**
 * Reads named members out of a gzipped tar archive, as a stream: POSIX ustar headers of 512 bytes (IEEE Std 1003.1, pax), of which
 * regular files with plain names are all that data sets need. Anything not asked for is skipped; sizes are bounded before
 * anything is allocated, and no name of the archive is ever used as a path.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { refusePhrase } from '../../util/check';

/** A member: its name in the archive and its bytes. */
export interface TarMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/**
 * The members of `archive` named in `wanted` (name → size in bytes), one at a time in the archive's order. Errors: a damaged
 * header, a member of another size, an archive that ends early, members that are missing.
 */
export async function* tarMembers(archive: string, wanted: Readonly<Record<string, number>>): AsyncGenerator<TarMember> {
  const bytes = reader(archive);
  const missing = new Set(Object.keys(wanted));
  try {
    while (missing.size > 0) {
      const header = parseHeader(archive, await bytes.read(BLOCK));
      if (!header) break;
      const { name, size, regular } = header;
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      if (!regular || !missing.delete(name)) {
        await bytes.skip(size + padding);
        continue;
      }
      if (size !== wanted[name]) throw refusePhrase(`${archive}: ${name}`, `${wanted[name]} bytes`, `${size} bytes`);
      yield { name, bytes: await bytes.read(size) };
      await bytes.skip(padding);
    }
  } finally {
    bytes.close();
  }
  if (missing.size > 0) throw refusePhrase(archive, [...missing].join(', '), 'an archive without them');
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly regular: boolean;
}

/** A header block; undefined for the block of zeros that ends an archive. */
function parseHeader(archive: string, block: Uint8Array): Header | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const text = (from: number, length: number): string => {
    const field = Buffer.from(block.subarray(from, from + length)).toString('latin1');
    return field.split('\0', 1)[0] as string;
  };
  // The checksum is the sum of the header's bytes with its own field (148 … 155) taken as spaces.
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  const size = text(124, 12).trim();
  if (Number.parseInt(text(148, 8), 8) !== sum || !/^[0-7]+$/.test(size)) {
    throw refusePhrase(archive, 'a tar header', 'a block with another checksum or no octal size');
  }
  const prefix = text(257, 6) === 'ustar' ? text(345, 155) : '';
  const type = text(156, 1);
  return {
    name: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100),
    size: Number.parseInt(size, 8),
    regular: '0'.startsWith(type),
  };
}

/** Exact numbers of bytes from the unpacked stream. */
function reader(archive: string) {
  const file = createReadStream(archive);
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  const chunks = file.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Uint8Array = new Uint8Array(0);

  /** Passes the next `length` bytes to `take`, piece by piece. */
  async function pass(length: number, take: (piece: Uint8Array, at: number) => void): Promise<void> {
    for (let at = 0; at < length; ) {
      if (rest.length === 0) rest = await nextChunk();
      const piece = rest.subarray(0, length - at);
      take(piece, at);
      rest = rest.subarray(piece.length);
      at += piece.length;
    }
  }
  async function nextChunk(): Promise<Uint8Array> {
    const next = await chunks.next().catch((error: Error) => {
      throw refusePhrase(archive, 'a gzipped tar archive', error.message);
    });
    if (next.done) throw refusePhrase(archive, 'more bytes', 'the end of the archive');
    return next.value;
  }
  return {
    async read(length: number): Promise<Uint8Array> {
      const bytes = new Uint8Array(length);
      await pass(length, (piece, at) => bytes.set(piece, at));
      return bytes;
    },
    skip: (length: number): Promise<void> => pass(length, () => undefined),
    close(): void {
      file.destroy();
      gunzip.destroy();
    },
  };
}
