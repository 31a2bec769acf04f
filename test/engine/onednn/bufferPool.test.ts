import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferPool } from 'iekd/dist/engine/onednn/bufferPool';

const make = (mostBytes?: number) => {
  const made: number[] = [];
  const pool = new BufferPool((length) => {
    made.push(length);
    return new Float32Array(length);
  }, mostBytes);
  return { pool, made };
};

test('an array that was given back is handed out again, by exact length', () => {
  const { pool, made } = make();
  const a = pool.take(2048);
  pool.give(a);
  assert.notEqual(pool.take(2049), a);
  assert.equal(pool.take(2048), a);
  assert.notEqual(pool.take(2048), a);
  assert.deepEqual(made, [2048, 2049, 2048]);
  assert.deepEqual(pool.report(), { freeBytes: 0, hits: 1, misses: 3 });
});

test('short arrays and strangers are never kept', () => {
  const { pool, made } = make();
  const short = pool.take(1023);
  pool.give(short);
  pool.give(new Float32Array(4096));
  assert.equal(pool.owns(short), false);
  assert.deepEqual(made, []);
  assert.equal(pool.report().freeBytes, 0);
});

test('a view of a pooled array is recognised as pooled memory', () => {
  const { pool } = make();
  assert.equal(pool.owns(pool.take(4096).subarray(10, 20)), true);
});

test('what would exceed the bound is left to the garbage collector', () => {
  const { pool } = make(10_000);
  const [a, b] = [pool.take(2048), pool.take(2048)];
  pool.give(a);
  pool.give(b);
  assert.equal(pool.report().freeBytes, 8192);
});
