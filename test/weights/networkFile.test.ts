/** Files of weights: whole, changed in one value, of other programs, and with descriptions that lie. Each error text is asserted. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import { writeReport } from 'iekd/dist/experiments/run/reportFile';
import type { RunReport } from 'iekd/dist/experiments/run/runReport';
import { readRunWeights } from 'iekd/dist/experiments/run/runWeights';
import { buildNetwork } from 'iekd/dist/models/index';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { decodeHashed, encodeHashed } from 'iekd/dist/weights/contentHash';
import { loadNetwork, readWeights, saveWeights } from 'iekd/dist/weights/networkFile';
import { encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { madeUpRecord, TEACHER } from '../fixtures/madeUpRecords';

const folder = mkdtempSync(join(tmpdir(), 'iekd-weights-'));
after(() => rmSync(folder, { recursive: true }));
before(() => start({ engine: 'portable' }));
const at = (name: string): string => join(folder, name);

const ONE = { a: { shape: [2], data: Float32Array.of(1, -2) } };
const NETWORK = { format: 'iekd-network', network: '{"classes":10,"input":[32,32,3],"name":"resnet8","shortcut":"B"}' };
const DAMAGED = 'the file is damaged, or another program has changed it: use a copy, or write it again';

describe('the hash of a file', () => {
  test('is that of the file without it, and is checked', () => {
    const { bytes, sha256: hash } = encodeHashed(ONE, NETWORK);
    const plain = encodeSafetensors(ONE, NETWORK);
    assert.equal(hash, sha256(plain));
    assert.deepEqual(decodeHashed(bytes, 'f'), { tensors: ONE, metadata: NETWORK, sha256: hash, checked: true });
    assert.deepEqual(decodeHashed(plain, 'f'), { tensors: ONE, metadata: NETWORK, sha256: hash, checked: false });
  });
  test('covers every value, name and entry', () => {
    const { bytes, sha256: hash } = encodeHashed(ONE, NETWORK);
    const changed = (from: string, to: string): Uint8Array =>
      Buffer.from(Buffer.from(bytes).toString('latin1').replace(from, to), 'latin1');
    const flipped = Buffer.from(bytes);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 0x80;
    for (const other of [flipped, changed('"a"', '"b"'), changed('resnet8', 'resnet9'), changed(hash.slice(0, 2), 'zz')]) {
      assert.throws(
        () => decodeHashed(other, 'f'),
        (error: Error) => {
          assert.match(error.message, /^f: expected contents with the SHA-256 [0-9a-z]{64}, received [0-9a-f]{64}; /);
          assert.ok(error.message.endsWith(DAMAGED));
          return true;
        },
      );
    }
  });
});

describe('networks', () => {
  const path = at('network.safetensors');
  test('are written with their hash and read back; one flipped sign is refused', () => {
    const network = buildNetwork({ name: 'resnet8' }, random(0));
    const hash = saveWeights(path, network, { origin: 'untrained' });
    const { tensors, notes, sha256: read, checked } = readWeights(path);
    assert.deepEqual([notes, read, checked], [{ origin: 'untrained' }, hash, true]);
    assert.deepEqual(tensors, network.variables.snapshot());
    network.dispose();
    const loaded = loadNetwork(path);
    assert.equal(loaded.name, 'resnet8');
    loaded.dispose();
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0x80;
    writeFileSync(path, bytes);
    const start = `${path}: expected contents with the SHA-256 ${hash}, received `;
    assert.throws(
      () => loadNetwork(path),
      (error: Error) => error.name === 'InputError' && error.message.startsWith(start),
    );
  });

  for (const [value, shown] of [
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ] as const) {
    test(`with ${shown} are refused, with the tensor's name`, () => {
      writeFileSync(path, encodeHashed({ 'fc.bias': { shape: [3], data: Float32Array.of(1, value, 2) } }, NETWORK).bytes);
      const message = `${path}: fc.bias: expected finite values, received ${shown} at position 1; its training diverged, or the file is damaged`;
      assert.throws(() => readWeights(path), { name: 'InputError', message });
    });
  }

  const lies: readonly (readonly [string, object, Readonly<Record<string, TensorData>>, string])[] = [
    ['other tensors', { name: 'resnet8' }, ONE, 'expected only tensors that a resnet8 has, received "a"'],
    ['no tensors', { name: 'resnet8' }, {}, 'expected a tensor "conv.weight", received none of that name'],
    [
      'a million classes',
      { name: 'wrn-16-2', classes: 1e6 },
      { 'fc.weight': { shape: [1, 1], data: new Float32Array(1) } },
      'expected a tensor "conv1.weight", received none of that name',
    ],
  ];
  for (const [name, spec, tensors, message] of lies) {
    test(`with ${name} are refused before anything is built`, () => {
      writeFileSync(path, encodeHashed(tensors, { ...NETWORK, network: JSON.stringify(spec) }).bytes);
      const [count, began] = [tf.memory().numTensors, performance.now()];
      assert.throws(() => loadNetwork(path), { name: 'InputError', message: `${path}: ${message}` });
      assert.equal(tf.memory().numTensors, count);
      assert.ok(performance.now() - began < 1000);
    });
  }
  for (const [name, number] of [
    ['resnet6000002', 6_000_002],
    ['wrn-600004-2', 600_004],
    ['wrn-16-99999999', 99_999_999],
  ] as const) {
    test(`of the name ${name} are refused`, () => {
      writeFileSync(path, encodeHashed(ONE, { ...NETWORK, network: JSON.stringify({ name }) }).bytes);
      const message = `buildNetwork: ${name}: a number in the name: expected an integer in [0, 2000], received ${number}`;
      assert.throws(() => loadNetwork(path), { name: 'InputError', message });
    });
  }
});

describe('the published weights', () => {
  const published = resolve(
    __dirname,
    '..',
    '..',
    'data',
    'results',
    'weights',
    'cifar10-resnet20-ft-0f26d5845a5d-s0.safetensors',
  );
  test('of before files had a hash are read, and are known by their own SHA-256', () => {
    const { sha256: hash, checked, spec } = readWeights(published);
    assert.deepEqual([hash, checked, spec.name], [sha256(readFileSync(published)), false, 'resnet20']);
  });
  test('beside a result that notes another SHA-256 are refused', () => {
    const own = at('run');
    mkdirSync(own);
    const path = join(own, 'student-last.safetensors');
    copyFileSync(published, path);
    assert.equal(readRunWeights(path).spec.name, 'resnet20');
    const { sha256: hash } = readWeights(path);
    const report = (student: string): RunReport => madeUpRecord(TEACHER, { weights: { student } }) as unknown as RunReport;
    assert.equal(readRunWeights(path).checked, false);
    writeReport(own, report(hash));
    assert.deepEqual([readRunWeights(path).sha256, readRunWeights(path).checked], [hash, true]);
    const other = '0'.repeat(64);
    writeReport(own, report(other));
    const hint = 'they were changed or damaged since: use a copy, or train the run again';
    const message = `${path}: expected the weights of its run, SHA-256 ${other} in result.json, received ${hash}; ${hint}`;
    assert.throws(() => readRunWeights(path), { name: 'InputError', message });
  });
});

describe('what is no file of weights says what it is', () => {
  const OURS = 'name a .safetensors file of a run (student-last.safetensors), or one that saveWeights has written';
  const PICKLE = 'of Python’s pickles only files of torch.save are read: in Python, torch.save(model.state_dict(), path)';
  const CUT = 'writing or copying it was cut short: use a copy, or write it again';
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
  const rows: readonly (readonly [string, Buffer, string, string])[] = [
    ['x.pkl', latin('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00'), 'a pickle of Python', PICKLE],
    ['x.npz', latin('PK\x03\x04\x14\x00\x00\x00weights.npy'), 'arrays of NumPy (.npz)', OURS],
    ['x.zip', latin('PK\x03\x04\x14\x00\x00\x00student.txt'), 'a zip archive', 'unpack it first'],
    ['x.npy', latin("\x93NUMPY\x01\x00v\x00{'descr'"), 'an array of NumPy (.npy)', OURS],
    ['x.gz', gzipSync('weights'), 'a file compressed by gzip', 'unpack it first'],
    [
      'x.html',
      latin('\n<!DOCTYPE html>\n<html>'),
      'a page of HTML',
      'it is no network but a page about it: fetch the file itself',
    ],
    [
      'x.safetensors',
      latin('version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 12345\n'),
      'a pointer of Git LFS',
      'fetch the file that it stands for: git lfs pull',
    ],
    ['empty.safetensors', latin(''), 'an empty file', CUT],
    ['zeros.safetensors', Buffer.alloc(64), 'nothing but zero bytes', CUT],
    ['random.safetensors', latin('\x1c\x03\x05\xe7\x09\x78\x03\xc8\x04\x05\x06'), 'something else', OURS],
    ['three.safetensors', latin('abc'), 'text', OURS],
    ['config.json', latin('{\n  "dataset": {}\n}\n'), 'JSON', OURS],
    ['README.md', latin('# A student\n'), 'text', OURS],
  ];
  for (const [name, bytes, kind, hint] of rows) {
    test(`${name}: ${kind}`, () => {
      writeFileSync(at(name), bytes);
      const message = `${at(name)}: expected a file of weights (safetensors), received ${kind}; ${hint}`;
      assert.throws(() => readWeights(at(name)), { name: 'InputError', message });
    });
  }
  test('a folder', () => {
    assert.throws(() => readWeights(folder), {
      name: 'InputError',
      message: `${folder}: expected a file of weights, received a folder; name a file`,
    });
  });
  const UNKNOWN = 'expected weights of a network that is known by its tensors, received 1 tensors, as a';
  const NAME_IT = 'say which network it is: --model resnet56 --model-set shortcut=A';
  const raw = (header: string): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header)]);
  };
  const WEIGHTS = 'expected a file of weights of iekd, received';
  const headers: readonly (readonly [string, Uint8Array, string])[] = [
    ['a format', encodeSafetensors(ONE, { format: 'pt' }), `${UNKNOWN}; ${NAME_IT}`],
    ['no metadata', encodeSafetensors(ONE), `${UNKNOWN}; ${NAME_IT}`],
    [
      'the format of a checkpoint',
      encodeSafetensors(ONE, { format: 'iekd-checkpoint' }),
      `${WEIGHTS} a checkpoint; name the weights of its run, which are beside it once it is complete: student-last.safetensors`,
    ],
    ['a number as metadata', raw('{"__metadata__":3}'), `__metadata__: expected an object of strings, received 3; ${DAMAGED}`],
    [
      'a number in it',
      raw('{"__metadata__":{"format":3}}'),
      `__metadata__: expected a string at "format", received 3; ${DAMAGED}`,
    ],
    [
      'no network',
      encodeSafetensors(ONE, { format: 'iekd-network' }),
      `network: expected a description of the network, received none; ${DAMAGED}`,
    ],
    [
      'half a network',
      encodeSafetensors(ONE, { format: 'iekd-network', network: '{' }),
      `network: line 1, column 2: expected JSON, here a key in double quotes, received the end of the text; ${DAMAGED}`,
    ],
    [
      'a network without a name',
      encodeSafetensors(ONE, { format: 'iekd-network', network: '{"x":1}' }),
      `network: expected a description with a name, received {"x":1}; ${DAMAGED}`,
    ],
  ];
  for (const [name, bytes, message] of headers) {
    test(`safetensors with ${name}`, () => {
      writeFileSync(at('other'), bytes);
      assert.throws(() => readWeights(at('other')), { name: 'InputError', message: `${at('other')}: ${message}` });
    });
  }
});
