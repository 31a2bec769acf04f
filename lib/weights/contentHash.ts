/**
 * The hash of a file of weights, kept in the file itself. The entry `sha256` of its metadata is the SHA-256 of the bytes that
 * `encodeSafetensors` writes for the same tensors and metadata without that entry: 8 bytes of length, the header, all values. So it is
 * over everything that is read, and a file of before there was such an entry has the same hash, which is that of the file itself.
 * Records of runs note this hash; whether a file without the entry is whole only they can tell.
 */
import { refusePhrase } from '../util/check';
import { sha256 } from '../util/hash';
import type { StoredTensor } from './dtypes';
import {
  DAMAGED,
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
  safetensorsParts,
  type Wanted,
} from './safetensors';

const ENTRY = 'sha256';

/** A file that was read, without the entry of its hash. */
export interface HashedFile extends SafetensorsFile {
  /** Of the contents. */
  readonly sha256: string;
  /** Whether the file says its hash, so that it is known to be whole. */
  readonly checked: boolean;
}

/** The bytes of a file that carries its hash, and the hash. */
export function encodeHashed(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>>,
): { readonly bytes: Uint8Array; readonly sha256: string } {
  const hash = sha256(...safetensorsParts(tensors, metadata));
  return { bytes: encodeSafetensors(tensors, { ...metadata, [ENTRY]: hash }), sha256: hash };
}

/** Reads a file. @throws InputError as `decodeSafetensors`, and where its contents are not those of its hash */
export function decodeHashed(bytes: Uint8Array, where: string, wanted: Wanted = {}): HashedFile {
  const { tensors, metadata } = decodeSafetensors(bytes, where, wanted);
  const { [ENTRY]: stated, ...rest } = metadata;
  if (stated === undefined) return { tensors, metadata, sha256: sha256(bytes), checked: false };
  const found = sha256(...safetensorsParts(tensors, rest));
  if (found !== stated) throw refusePhrase(where, `contents with the SHA-256 ${stated}`, found, DAMAGED);
  return { tensors, metadata: rest, sha256: found, checked: true };
}
