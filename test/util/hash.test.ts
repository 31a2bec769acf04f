/** Hashes against published values, and canonical JSON. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson, configHash, sha256 } from 'iekd/dist/util/hash';

/** FIPS 180-2, appendix B.1. */
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('sha256', () => {
  test('of "abc", whole and in parts', () => {
    assert.equal(sha256('abc'), ABC);
    assert.equal(sha256('a', Uint8Array.of(98, 99)), ABC);
  });
});

describe('canonicalJson', () => {
  const rows: readonly (readonly [unknown, string])[] = [
    [{ b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [[3, undefined, 'x'], '[3,null,"x"]'],
    ['é"', '"é\\""'],
    [true, 'true'],
    [0.1, '0.1'],
  ];
  for (const [value, text] of rows) {
    test(text, () => {
      assert.equal(canonicalJson(value), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    });
  }
  for (const x of [Number.NaN, Infinity]) {
    test(`refuses ${x}`, () => {
      const message = `canonicalJson: expected finite numbers, received ${x}`;
      assert.throws(() => canonicalJson({ a: [x] }), { name: 'InputError', message });
    });
  }
});

describe('configHash', () => {
  test('depends on values, not on the order of keys', () => {
    assert.equal(configHash({ a: 1, b: [2, 3] }), configHash({ b: [2, 3], a: 1 }));
    assert.notEqual(configHash({ a: 1, b: [2, 3] }), configHash({ a: 1, b: [3, 2] }));
    assert.equal(configHash('abc'), sha256('"abc"').slice(0, 12));
  });
});
