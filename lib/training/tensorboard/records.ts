/**
 * Records as TensorFlow's event files have them (https://www.tensorflow.org/tutorials/load_data/tfrecord): length (uint64), its masked
 * CRC-32C (uint32), the bytes, their masked CRC-32C; numbers little-endian.
 */
import { refusePhrase } from '../../util/check';
import { maskedCrc32c } from './crc32c';

const HEAD = 12;
const TAIL = 4;

/** A record of these bytes. */
export function recordOf(bytes: Uint8Array): Buffer {
  const record = Buffer.alloc(HEAD + bytes.length + TAIL);
  record.writeBigUInt64LE(BigInt(bytes.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(bytes, HEAD);
  record.writeUInt32LE(maskedCrc32c(bytes), HEAD + bytes.length);
  return record;
}

/**
 * The contents of a file's records, views of it. A last one that is not whole is left out: a process that was killed leaves it.
 * @param where the file, for errors @throws InputError for a record whose checksum is another
 */
export function recordsIn(file: Buffer, where: string): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at + HEAD <= file.length; ) {
    if (file.readUInt32LE(at + 8) !== maskedCrc32c(file.subarray(at, at + 8))) throw damaged(where, at);
    const length = file.readBigUInt64LE(at);
    if (length > BigInt(file.length - at - HEAD - TAIL)) break;
    const end = at + HEAD + Number(length);
    const bytes = file.subarray(at + HEAD, end);
    if (file.readUInt32LE(end) !== maskedCrc32c(bytes)) throw damaged(where, at);
    records.push(bytes);
    at = end + TAIL;
  }
  return records;
}

const damaged = (where: string, at: number): Error =>
  refusePhrase(
    where,
    'records with the checksums that they carry',
    `another in that at byte ${at}`,
    'the file is damaged: remove it',
  );
