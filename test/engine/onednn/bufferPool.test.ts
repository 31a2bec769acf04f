import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferPool } from 'iekd/dist/engine/onednn/bufferPool';

const make = (mostBytes?: number) => {
  const made: number[] = [];
  const pool = new BufferPool((bytes) => {
    made.push(bytes);
    return new ArrayBuffer(bytes);
  }, mostBytes);
  return { pool, made };
};

test('memory that was given back is handed out again, by exact size, for floats or halves', () => {
  const { pool, made } = make();
  const a = pool.floats(2048);
  pool.give(a);
  assert.notEqual(pool.floats(2049).buffer, a.buffer);
  const halves = pool.halves(4096);
  assert.equal(halves.buffer, a.buffer);
  assert.deepEqual([halves.length, pool.floats(2048).length], [4096, 2048]);
  assert.deepEqual(made, [8192, 8196, 8192]);
  assert.deepEqual(pool.report(), { freeBytes: 0, hits: 1, misses: 3 });
});

test('short arrays and strangers are never kept', () => {
  const { pool, made } = make();
  const short = pool.floats(1023);
  pool.give(short);
  pool.give(new Float32Array(4096));
  assert.equal(pool.owns(short), false);
  assert.deepEqual(made, []);
  assert.equal(pool.report().freeBytes, 0);
});

test('a view of pooled memory is recognised as such', () => {
  const { pool } = make();
  assert.equal(pool.owns(pool.floats(4096).subarray(10, 20)), true);
});

test('what would exceed the bound is left to the garbage collector', () => {
  const { pool } = make(10_000);
  const [a, b] = [pool.floats(2048), pool.floats(2048)];
  pool.give(a);
  pool.give(b);
  assert.equal(pool.report().freeBytes, 8192);
});
