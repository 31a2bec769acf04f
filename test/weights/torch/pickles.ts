/** Pickles written opcode by opcode, in the containers of torch.save, and zip archives byte by byte: hostile ones, too. */
import { crc32, deflateRawSync } from 'node:zlib';

const bytes = (...parts: readonly (string | number | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((one) => (typeof one === 'number' ? Buffer.of(one) : Buffer.from(one as string, 'latin1'))));

/** `X`: text. */
export const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return bytes('X', length, Buffer.from(value));
};

/** `c`: a name. */
export const global = (module: string, name: string): Buffer => bytes(`c${module}\n${name}\n`);

/** A pickle of protocol 2. */
export const pickle = (...parts: readonly (string | number | Uint8Array)[]): Buffer => bytes('\x80\x02', ...parts, '.');

/** A storage's description, of so many values. */
export const storage = (key: string, count: number, type = 'FloatStorage'): Buffer =>
  bytes('(', text('storage'), global('torch', type), text(key), text('cpu'), 'K', count, 't', 'Q');

/** A tensor over a storage. */
export const tensor = (key: string, count: number, shape: readonly number[], strides: readonly number[], offset = 0): Buffer => {
  const list = (values: readonly number[]): Buffer => bytes('(', ...values.flatMap((value) => ['K', value]), 't');
  const hooks = bytes(global('collections', 'OrderedDict'), ')R');
  const args = bytes('(', storage(key, count), 'K', offset, list(shape), list(strides), '\x89', hooks, 't');
  return bytes(global('torch._utils', '_rebuild_tensor_v2'), args, 'R');
};

/** A dict of one entry. */
export const dict = (name: string, value: Uint8Array): Buffer => bytes('}', text(name), value, 's');

/** A file as torch.save writes it since 1.6. */
export const zipped = (object: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Buffer =>
  zip([
    { name: 'archive/data.pkl', data: object },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
  ]);

/** A file as torch.save wrote it before. */
export const legacy = (object: Uint8Array, keys: readonly string[] = [], storages: readonly Uint8Array[] = []): Buffer => {
  const number = bytes('\x8a\n', Buffer.from('6cfc9c46f9206aa85019', 'hex'));
  const values = storages.map((data) => {
    const length = Buffer.alloc(8);
    length.writeBigInt64LE(BigInt(data.length / 4));
    return bytes(length, data);
  });
  const list = pickle(']', '(', ...keys.map(text), 'e');
  return bytes(pickle(number), pickle('M\xe9\x03'), pickle(dict('little_endian', Buffer.of(0x88))), object, list, ...values);
};

export interface ZipMember {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflated?: boolean;
  /** Declared in place of its own. */
  readonly size?: number;
  /** Where its header is said to be, in place of where it is. */
  readonly header?: number;
  readonly flags?: number;
  readonly method?: number;
}

/** An archive with whatever it is told to declare. */
export function zip(members: readonly ZipMember[]): Buffer {
  const [locals, central]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, data, deflated = false, size = data.length, header, flags = 0, method } of members) {
    const packed = deflated ? deflateRawSync(data) : data;
    const own = Buffer.alloc(26);
    own.writeUInt16LE(20, 0);
    own.writeUInt16LE(flags, 2);
    own.writeUInt16LE(method ?? (deflated ? 8 : 0), 4);
    own.writeUInt32LE(crc32(data), 10);
    own.writeUInt32LE(packed.length, 14);
    own.writeUInt32LE(size, 18);
    own.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = bytes('PK\x03\x04', own, Buffer.from(name), packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(header ?? at, 10);
    central.push(bytes('PK\x01\x02\x14\x00', own, tail, Buffer.from(name)));
    locals.push(local);
    at += local.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return bytes(...locals, list, 'PK\x05\x06', end);
}
