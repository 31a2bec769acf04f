/** The format to the byte, and every way in which a file can lie: each error text is asserted. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StoredTensor } from 'iekd/dist/weights/dtypes';
import { decodeSafetensors, encodeSafetensors } from 'iekd/dist/weights/safetensors';

/** A file of the given header text and values, with a true length in front unless another is given. */
function file(header: string | object, values: readonly number[] = [], length?: bigint): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([prefix, text, Buffer.from(Float32Array.from(values).buffer)]);
}

const entry = (start: number, end: number, shape: readonly unknown[] = [(end - start) / 4], dtype: unknown = 'F32'): object => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

const DTYPES = 'one of F32, I32, F64, F16, BF16, F8_E4M3, F8_E5M2, I8, U8, BOOL, I16, U16, U32, I64, U64';

describe('encodeSafetensors', () => {
  test('is the format to the byte, header padded with spaces to a multiple of 8', () => {
    const bytes = encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, -2) } }, { k: 'v' });
    const header = '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    assert.equal(header.length % 8, 7);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(file(`${header} `, [1, -2])));
  });

  const tensors: readonly (readonly [string, Record<string, StoredTensor>])[] = [
    ['no tensor', {}],
    ['a scalar', { s: { shape: [], data: Float32Array.of(0.1) } }],
    ['an empty tensor', { e: { shape: [0, 3], data: new Float32Array(0) } }],
    [
      'several, of both types',
      { b: { shape: [2, 1], data: Int32Array.of(-7, 2 ** 31 - 1) }, a: { shape: [1], data: Float32Array.of(3) } },
    ],
    ['names of any text', { 'ä"\\ 字': { shape: [1], data: Float32Array.of(1) }, '7': { shape: [1], data: Float32Array.of(2) } }],
    ['NaN and infinities', { n: { shape: [3], data: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0) } }],
  ];
  for (const [name, given] of tensors) {
    test(`gives back ${name}, also from an unaligned place in memory`, () => {
      const bytes = encodeSafetensors(given, { text: 'ü "quoted"\n' });
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      for (const read of [bytes, shifted.subarray(1)]) {
        const { tensors: back, metadata } = decodeSafetensors(read, 'x');
        assert.deepEqual(back, given);
        assert.deepEqual(metadata, { text: 'ü "quoted"\n' });
      }
    });
  }

  test('gives copies: writing to what was read leaves the bytes alone', () => {
    const bytes = encodeSafetensors({ a: { shape: [1], data: Float32Array.of(5) } });
    const { tensors: first } = decodeSafetensors(bytes, 'x');
    (first.a as StoredTensor).data[0] = 9;
    assert.equal(decodeSafetensors(bytes, 'x').tensors.a?.data[0], 5);
  });

  const one = { shape: [1], data: Float32Array.of(1) };
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    [
      'values that do not fill the shape',
      () => encodeSafetensors({ a: { shape: [2, 2], data: new Float32Array(3) } }),
      'encodeSafetensors: "a": expected 4 values for shape [2,2], received 3',
    ],
    [
      'a fractional size',
      () => encodeSafetensors({ a: { shape: [1.5], data: new Float32Array(1) } }),
      'encodeSafetensors: "a": shape: expected up to 8 sizes, each a whole number, received [1.5]',
    ],
    [
      'the name of the metadata',
      () => encodeSafetensors({ __metadata__: one }),
      'encodeSafetensors: expected tensor names other than the metadata key, received "__metadata__"',
    ],
    [
      'a name every object has',
      () => encodeSafetensors({ toString: one }),
      'encodeSafetensors: expected names that are neither empty nor a property of every object, received "toString"',
    ],
    [
      'values of a type that has no dtype',
      () => encodeSafetensors({ a: { shape: [1], data: new Uint8ClampedArray(1) as unknown as Uint8Array } }),
      `encodeSafetensors: "a": expected values of ${DTYPES}, received Uint8ClampedArray`,
    ],
    [
      'metadata that is no text',
      () => encodeSafetensors({}, { k: 3 as unknown as string }),
      'encodeSafetensors: metadata "k": expected a string, received 3',
    ],
  ];
  for (const [name, act, message] of refused) {
    test(`refuses ${name}`, () => assert.throws(act, { name: 'InputError', message }));
  }
});

const DAMAGED = 'the file is damaged, or another program has changed it: use a copy, or write it again';

describe('decodeSafetensors refuses', () => {
  const good = file({ a: entry(0, 8) }, [1, 2]);
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ['7 bytes', good.subarray(0, 7), 'f: expected a safetensors file of at least 8 bytes, received 7 bytes'],
    [
      'a header length beyond the bound, before allocating',
      file('{}', [], 2n ** 31n),
      'f: expected a safetensors header of at most 4194304 bytes, received a length of 2147483648',
    ],
    [
      'a header that ends after the file',
      file('{}', [], 100n),
      'f: expected a header of 100 bytes, received 2, after which the file ends',
    ],
    [
      'a header that is no JSON',
      file('{"a":'),
      'f: header: line 1, column 6: expected JSON, here a value, received the end of the text',
    ],
    [
      'a header that is no UTF-8',
      Buffer.concat([file('', [], 3n), Buffer.from([0x22, 0xff, 0x22])]),
      'f: expected a header in UTF-8, received bytes that are no UTF-8',
    ],
    ['a header that is a list', file('[1]'), 'f: expected a JSON object as the header, received [1]'],
    ['a header that is null', file('null'), 'f: expected a JSON object as the header, received null'],
    [
      'nesting without end',
      file(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
      'f: header: line 1, column 69: expected at most 64 levels of lists and objects, received one more',
    ],
    [
      'a tensor named twice',
      file(`{"a":${JSON.stringify(entry(0, 4))},"\\u0061":${JSON.stringify(entry(0, 4))}}`, [1]),
      'f: header: line 1, column 55: expected every key once, received "a" again; it is at line 1, column 2 already',
    ],
    [
      'a key of a tensor twice',
      file('{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}', [1]),
      'f: header: line 1, column 21: expected every key once, received "dtype" again; it is at line 1, column 7 already',
    ],
    [
      'a name that is the prototype',
      file(`{"__proto__":${JSON.stringify(entry(0, 4))}}`, [1]),
      'f: header: line 1, column 2: expected another key, received "__proto__"',
    ],
    [
      'an empty name',
      file({ '': entry(0, 4) }, [1]),
      'f: expected names that are neither empty nor a property of every object, received ""',
    ],
    ['an entry that is a number', file({ a: 3 }), 'f: "a": expected an object with dtype, shape and data_offsets, received 3'],
    [
      'an unknown key of a tensor',
      file({ a: { ...entry(0, 4), extra: 1 } }, [1]),
      'f: "a": expected the keys dtype, shape, data_offsets, received "extra"',
    ],
    ['another type', file({ a: entry(0, 4, [1], 'C64') }, [1]), `f: "a": dtype: expected ${DTYPES}, received "C64"`],
    ['no type', file({ a: { shape: [1], data_offsets: [0, 4] } }, [1]), `f: "a": dtype: expected ${DTYPES}, received undefined`],
    [
      'a negative size',
      file({ a: entry(0, 4, [-1]) }, [1]),
      'f: "a": shape: expected up to 8 sizes, each a whole number, received [-1]',
    ],
    [
      'a shape that is a text',
      file({ a: { dtype: 'F32', shape: '1', data_offsets: [0, 4] } }, [1]),
      'f: "a": shape: expected up to 8 sizes, each a whole number, received "1"',
    ],
    [
      'a shape beyond memory',
      file({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }, [1]),
      'f: "a": shape: expected a size that memory can hold, received [1099511627776,1099511627776]',
    ],
    [
      'offsets that do not fit the shape',
      file({ a: entry(0, 8, [3]) }, [1, 2]),
      'f: "a": data_offsets: expected 12 bytes for shape [3], received 8',
    ],
    [
      'offsets the wrong way round',
      file({ a: entry(4, 0, [0]) }, [1]),
      'f: "a": data_offsets: expected 0 bytes for shape [0], received -4',
    ],
    [
      'three offsets',
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, [1]),
      'f: "a": data_offsets: expected two byte positions, received [0,4,8]',
    ],
    [
      'a fractional offset',
      file({ a: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, [1]),
      'f: "a": data_offsets: expected two byte positions, received [0.5,4.5]',
    ],
    [
      'an overlap',
      file({ a: entry(0, 8), b: entry(4, 12) }, [1, 2, 3]),
      'f: "b": data_offsets: expected a start at 8, where the tensor before it ends, received 4',
    ],
    [
      'a gap',
      file({ a: entry(0, 4), b: entry(8, 12) }, [1, 2, 3]),
      'f: "b": data_offsets: expected a start at 4, where the tensor before it ends, received 8',
    ],
    ['values cut off', good.subarray(0, good.length - 3), 'f: expected 8 bytes of values, received 5, after which the file ends'],
    [
      'bytes after the last tensor',
      file({ a: entry(0, 4) }, [1, 2]),
      'f: expected 4 bytes of values, received 8, some of which belong to no tensor',
    ],
    ['metadata that is a list', file({ __metadata__: [] }), 'f: __metadata__: expected an object of strings, received []'],
    ['metadata that is a number', file({ __metadata__: { k: 1 } }), 'f: __metadata__: expected a string at "k", received 1'],
    [
      'metadata under the prototype',
      file('{"__metadata__":{"__proto__":"x"}}'),
      'f: header: line 1, column 18: expected another key, received "__proto__"',
    ],
    [
      'a name of every object',
      file(`{"toString":${JSON.stringify(entry(0, 4))}}`, [1]),
      'f: expected names that are neither empty nor a property of every object, received "toString"',
    ],
  ];
  for (const [name, bytes, message] of rows) {
    test(name, () => {
      assert.throws(() => decodeSafetensors(bytes, 'f'), { name: 'InputError', message: `${message}; ${DAMAGED}` });
    });
  }

  test('nothing else: a long text, spaces and brackets inside names are read', () => {
    const name = `{[":${'x'.repeat(1_000_000)}`;
    const { tensors, metadata } = decodeSafetensors(file({ [name]: entry(0, 4), __metadata__: { a: '{"a":[[[[' } }, [1]), 'f');
    assert.deepEqual(tensors[name], { shape: [1], data: Float32Array.of(1) });
    assert.deepEqual(metadata, { a: '{"a":[[[[' });
  });
});
