/** Files of PyTorch in both containers: what torch.save wrote is read to the bit; what is hostile is refused in a sentence. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { torchBytes } from 'iekd/dist/weights/torch/torchFile';
import { dict, global, legacy, pickle, storage, tensor, text, zip, zipped } from './pickles';

const file = (name: string): Uint8Array => readFileSync(join(__dirname, 'files', name));

const eighths = Array.from({ length: 24 }, (_, i) => i / 8);

/** Of PyTorch 1.13.1, `tensor.tolist()`; float16 and bfloat16 as it rounds them. */
const EXPECTED: Readonly<Record<string, readonly [string, readonly number[], readonly (number | bigint)[]]>> = {
  f32: ['Float32Array', [4, 6], eighths],
  transposed: ['Float32Array', [6, 4], Array.from({ length: 24 }, (_, i) => ((i % 4) * 6 + Math.floor(i / 4)) / 8)],
  slice: ['Float32Array', [2, 3], [1, 1.125, 1.25, 1.75, 1.875, 2]],
  f64: ['Float64Array', [3], [0.1, -2.5e300, 3]],
  f16: ['Float32Array', [1, 3], [0.0999755859375, -65504, 2 ** -24]],
  bf16: ['Float32Array', [3], [0.10009765625, -(1 + 98 / 128) * 2 ** 127, 2 ** -133]],
  i64: ['BigInt64Array', [], [2n ** 53n + 1n]],
  i32: ['Int32Array', [2], [-(2 ** 31), 7]],
  i16: ['Int16Array', [1], [-300]],
  i8: ['Int8Array', [1], [-1]],
  u8: ['Uint8Array', [1], [255]],
  bool: ['Uint8Array', [2], [1, 0]],
  parameter: ['Float32Array', [2, 2], [1, 1, 1, 1]],
  empty: ['Float32Array', [0, 3], []],
  expanded: ['Float32Array', [3], [0.5, 0.5, 0.5]],
  channelsLast: ['Float32Array', [1, 3, 2, 2], Array.from({ length: 12 }, (_, i) => i)],
};

describe('torch.save', () => {
  for (const [name, notes] of [
    ['zip.pth', { epoch: '3', lr: '0.5' }],
    ['legacy.pth', { epoch: '3', lr: '0.5' }],
    ['protocol4.pth', {}],
    ['legacy5.pth', {}],
  ] as const) {
    test(name, () => {
      const found = torchBytes(file(name), name);
      assert.deepEqual(found.notes, notes);
      assert.deepEqual(Object.keys(found.tensors), Object.keys(EXPECTED));
      for (const [key, { shape, data }] of Object.entries(found.tensors)) {
        assert.deepEqual([data.constructor.name, shape, Array.from(data as Iterable<number | bigint>)], EXPECTED[key], key);
      }
    });
  }

  test('big-endian values', () => {
    const values = Buffer.alloc(8);
    values.writeFloatBE(1.5, 0);
    values.writeFloatBE(-2, 4);
    const members = [
      { name: 'a/data.pkl', data: pickle(dict('w', tensor('0', 2, [2], [1]))) },
      ...[
        { name: 'a/byteorder', data: Buffer.from('big') },
        { name: 'a/data/0', data: values, deflated: true },
      ],
    ];
    assert.deepEqual([...(torchBytes(zip(members), 'f').tensors['w']?.data ?? [])], [1.5, -2]);
  });
});

const ones = Buffer.from(Float32Array.of(1, 1, 1, 1).buffer);
const good = pickle(dict('w', tensor('0', 4, [2, 2], [2, 1])));
const NOTHING = 'nothing of it was run: use a file from somebody you trust';
const asks = (name: string): string =>
  `expected tensors and plain values, received a pickle that asks to run ${name}; ${NOTHING}`;

/** What a pickle is refused with, in either container: after `f: ` or `f: data.pkl: `. */
const PICKLES: readonly (readonly [string, Uint8Array, string])[] = [
  ['os.system', pickle(global('os', 'system'), '(', text('touch /tmp/x'), 'tR'), asks('os.system')],
  ['the same by STACK_GLOBAL', pickle(text('posix'), text('system'), '\x93', text('x'), '\x85R'), asks('posix.system')],
  ['a reduce of eval', pickle(global('builtins', 'eval'), '(', text('1'), 'tR'), asks('builtins.eval')],
  ['getattr', pickle(global('__builtin__', 'getattr'), ')R'), asks('__builtin__.getattr')],
  ['torch.load within', pickle(global('torch.storage', '_load_from_bytes'), ')R'), asks('torch.storage._load_from_bytes')],
  [
    'a whole module',
    pickle(global('torch.nn.modules.linear', 'Linear'), ')\x81'),
    'expected tensors and plain values, received a pickle that asks to run torch.nn.modules.linear.Linear; it holds more than tensors: in Python, save its state_dict()',
  ],
  ['INST', pickle('(ios\nsystem\n'), 'expected a pickle of tensors, received the opcode 0x69 at byte 3'],
  ['an extension', pickle('\x82\x01'), 'expected a pickle of tensors, received the opcode 0x82 at byte 2'],
  ['protocol 6', Buffer.from('\x80\x06N.', 'latin1'), 'expected a pickle of protocol 5 at most, received 6'],
  [
    'a giant length',
    pickle('\x8d\xff\xff\xff\xff\xff\xff\xff\x7f'),
    'expected 9223372036854776000 more bytes, received 1, after which they end',
  ],
  ['a giant number', pickle('\x8b\xff\xff\xff\x7f'), 'expected numbers of at most 1024 bytes, received 2147483647'],
  ['a value never noted', pickle('h\x07'), 'expected a value noted before, received number 7'],
  ['an empty stack', pickle('0'), 'expected a pickle of tensors, received one that takes from an empty stack'],
  ['a mark never opened', pickle('t'), 'expected a pickle of tensors, received one that closes a mark that is not open'],
  ['marks without end', pickle('('.repeat(20_000)), 'expected at most 10000 open marks, received more'],
  ['opcodes without end', pickle('K\x00'.repeat(1_500_000)), 'expected a pickle of at most 1500000 opcodes, received more'],
  ['notes without end', pickle(`]${'\x94'.repeat(500_001)}`), 'expected at most 500000 noted values, received more'],
  ['no end', Buffer.from('\x80\x02N', 'latin1'), 'expected 1 more bytes, received 0, after which they end'],
];

describe('refuses', () => {
  for (const [name, object, message] of PICKLES) {
    test(name, () => {
      assert.throws(() => torchBytes(zipped(object), 'f'), { name: 'InputError', message: `f: data.pkl: ${message}` });
      if (name.startsWith('a giant length') || name === 'no end' || / at byte /.test(message)) return; // others follow it there
      assert.throws(() => torchBytes(legacy(object), 'f'), { name: 'InputError', message: `f: ${message}` });
    });
  }

  const nested = pickle(')', '\x85'.repeat(1_000_000));

  const bomb = pickle(
    ']q\x00',
    ...Array.from({ length: 200 }, (_, i) => Buffer.from([0x5d, 0x71, i + 1, 0x28, 0x68, i, 0x68, i, 0x65])),
  );
  const NO_STATE = 'f: expected a state dict of tensors by name, received none; in Python, torch.save(model.state_dict(), path)';
  const files: readonly (readonly [string, Uint8Array, string])[] = [
    ['tuples a million deep', zipped(nested), NO_STATE],
    ['a memo bomb: 2²⁰⁰ lists of 200', zipped(bomb), NO_STATE],
    ['no tensors', legacy(pickle(dict('a', Buffer.from('K\x01')))), NO_STATE],
    ['a storage that is not there', zipped(good), 'f: w: expected a storage of the file, received "0"'],
    ['a storage that is too short', zipped(good, { 0: ones.subarray(4) }), 'f: w: expected a storage of 16 bytes, received 12'],
    [
      'a tensor that leaves its storage',
      zipped(pickle(dict('w', tensor('0', 4, [2, 2], [2, 1], 1))), { 0: ones }),
      'f: w: expected values within its storage of 4, received one at 4',
    ],
    [
      'a tensor of stride 0 and any size',
      zipped(pickle(dict('w', tensor('0', 4, [200, 200, 200], [0, 0, 0]))), { 0: ones }),
      'f: w: expected tensors of about the size of the file, received one of 32000000 bytes',
    ],
    [
      'a legacy storage that ends after the file',
      legacy(good, ['0'], [ones]).subarray(0, -1),
      'f: expected storage 0 of 4 values, received a file that ends before; the file was cut short: use a copy',
    ],
    [
      'an archive without its end',
      zipped(good, { 0: ones }).subarray(0, -1),
      'f: expected a zip archive, received one without its end; the file was cut short: use a copy',
    ],
    [
      'a name that leaves its folder',
      zip([{ name: '../data.pkl', data: good }]),
      'f: expected names that stay in their folder, received "../data.pkl"',
    ],
    [
      'an absolute name',
      zip([{ name: '/data.pkl', data: good }]),
      'f: expected names that stay in their folder, received "/data.pkl"',
    ],
    [
      'files that overlap',
      zip([
        { name: 'a/data.pkl', data: good },
        { name: 'a/data/0', data: ones, header: 0 },
      ]),
      'f: expected files that do not overlap, received "a/data/0"',
    ],
    [
      'a name twice',
      zip([0, 1].map(() => ({ name: 'a/data.pkl', data: good }))),
      'f: expected every name once, received "a/data.pkl"',
    ],
    [
      'a zip bomb',
      zip([{ name: 'a/data.pkl', data: new Uint8Array(2 ** 20), deflated: true, size: 2 ** 31 }]),
      'f: expected contents of at most 67108864 bytes, received 2147483648, a zip bomb',
    ],
    [
      'a zip bomb that declares little',
      zip([{ name: 'a/data.pkl', data: new Uint8Array(2 ** 20), deflated: true, size: 100 }]),
      'f: a/data.pkl: expected deflated contents of 100 bytes, received ERR_BUFFER_TOO_LARGE',
    ],
    [
      'encryption',
      zip([{ name: 'a/data.pkl', data: good, flags: 1 }]),
      'f: a/data.pkl: expected contents that are not encrypted, received encrypted ones',
    ],
    [
      'another method',
      zip([{ name: 'a/data.pkl', data: good, method: 14 }]),
      'f: a/data.pkl: method: expected stored or deflated, received 14',
    ],
    [
      'TorchScript',
      file('script.pt'),
      'f: expected a file of weights, received one of TorchScript; it is a program of TorchScript: in Python, save the state_dict() of the network',
    ],
  ];
  for (const [name, bytes, message] of files) {
    test(name, () => void assert.throws(() => torchBytes(bytes, 'f'), { name: 'InputError', message }));
  }

  test('contents that are not those of their checksum', () => {
    const bytes = zipped(good, { 0: ones });
    bytes.writeUInt8(0x3e, bytes.indexOf(ones) + 3);
    assert.throws(() => torchBytes(bytes, 'f'), {
      message: /^f: archive\/data\/0: expected contents of CRC-32 \d+, received \d+; the file is damaged: use a copy$/,
    });
  });

  test('a storage of another type', () => {
    const object = pickle(
      dict(
        'w',
        Buffer.concat([
          global('torch._utils', '_rebuild_tensor_v2'),
          Buffer.from('('),
          storage('0', 4, 'Size'),
          Buffer.from('K\x00))tR'),
        ]),
      ),
    );
    assert.throws(() => torchBytes(zipped(object, { 0: ones }), 'f'), {
      message: /^f: w: expected a storage of torch\.FloatStorage, .*, received "torch\.Size"$/,
    });
  });
});

describe('which state dict', () => {
  const state = (name: string): Buffer => dict(name, tensor('0', 4, [4], [1]));
  const both = (...names: readonly string[]): Uint8Array =>
    zipped(pickle('}', '(', ...names.flatMap((name) => [text(name), state(name)]), 'u'), { 0: ones });

  test('the first known name of several, the only one, or the one that is named', () => {
    assert.deepEqual(Object.keys(torchBytes(both('ema', 'model'), 'f').tensors), ['model']);
    assert.deepEqual(Object.keys(torchBytes(both('mine'), 'f').tensors), ['mine']);
    assert.deepEqual(Object.keys(torchBytes(both('ema', 'model'), 'f', 'ema').tensors), ['ema']);
    assert.throws(() => torchBytes(both('mine', 'yours'), 'f'), {
      message: 'f: expected one state dict, received mine, yours; name one of them as key',
    });
    assert.throws(() => torchBytes(both('mine'), 'f', 'ours'), { message: 'f: key: expected one of mine, received "ours"' });
  });
});
