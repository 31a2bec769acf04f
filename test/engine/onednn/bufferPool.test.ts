import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferPool, type PoolOptions } from 'iekd/dist/engine/onednn/bufferPool';

const KB = 1024;

/** A pool over plain buffers, with what it asked for and what it gave back, in bytes. */
function make(options: PoolOptions = {}) {
  const made: number[] = [];
  const released: number[] = [];
  const source = {
    allocate: (bytes: number) => {
      made.push(bytes);
      return new ArrayBuffer(bytes);
    },
    release: (region: ArrayBuffer) => void released.push(region.byteLength),
  };
  return { pool: new BufferPool(source, { regionBytes: 64 * KB, ...options }), made, released };
}

test('arrays of any size, floats or halves, share a region; what is given back is handed out again', () => {
  const { pool, made } = make();
  const [a, b] = [pool.floats(2048), pool.halves(2048)];
  assert.equal(a.buffer, b.buffer);
  assert.deepEqual([a.byteOffset, b.byteOffset, a.length, b.length], [0, 8 * KB, 2048, 2048]);
  pool.give(a);
  const again = pool.halves(4096);
  assert.deepEqual([again.buffer === a.buffer, again.byteOffset], [true, 0]);
  assert.deepEqual(made, [64 * KB]);
  assert.deepEqual(pool.report(), { usedBytes: 12 * KB, heldBytes: 64 * KB, peakBytes: 12 * KB, hits: 2, misses: 1 });
});

test('the smallest free piece that is large enough is taken, and neighbours grow together', () => {
  const { pool, made } = make();
  const [a, b, c, d] = [2048, 4096, 1024, 2048].map((length) => pool.floats(length)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  pool.give(b);
  pool.give(d);
  assert.equal(pool.floats(2048).byteOffset, b.byteOffset); // 16 KB of b, or 36 KB at the end
  pool.give(a);
  pool.give(c);
  assert.equal(pool.floats(9 * KB).byteOffset, 16 * KB); // the rest of b, c, d and the end: 48 KB in one piece
  assert.deepEqual(made, [64 * KB]);
});

test('a larger array has a region of its own', () => {
  const { pool, made } = make();
  assert.equal(pool.floats(32 * KB).byteOffset, 0);
  assert.deepEqual(made, [128 * KB]);
});

test('with regions of 0 bytes each array has one of its own, of exactly its size', () => {
  const { pool, made } = make({ regionBytes: 0 });
  const [a] = [pool.floats(2048), pool.floats(2049)];
  pool.give(a as Float32Array);
  pool.floats(1500);
  assert.equal(pool.floats(2048).buffer, a?.buffer);
  assert.deepEqual(made, [8192, 8196, 6000]);
});

test('short arrays, strangers, parts and what was given back before are never taken', () => {
  const { pool } = make();
  const [short, long] = [pool.floats(1023), pool.floats(2048)];
  for (const values of [short, new Float32Array(4096), long.subarray(0, 1024), long.subarray(1024), long, long])
    pool.give(values);
  assert.deepEqual([pool.owns(short), pool.report().usedBytes], [false, 0]);
});

test('a view of pooled memory is recognised as such', () => {
  const { pool } = make();
  assert.equal(pool.owns(pool.floats(4096).subarray(10, 20)), true);
});

test('what steps need at their peak is kept; what is beyond that goes back at once when they need less', () => {
  const { pool, made, released } = make();
  const step = (count: number): void => {
    const taken = Array.from({ length: count }, () => pool.floats(16 * KB));
    for (const values of taken) pool.give(values);
  };
  for (let i = 0; i < 100; i++) step(4);
  assert.deepEqual([made.length, released.length, pool.report().heldBytes], [4, 0, 256 * KB]);
  for (let i = 0; i < 20_000; i++) step(1);
  assert.deepEqual([made.length, released.length, pool.report().heldBytes], [4, 2, 128 * KB]);
});

test('more than there is is refused in a sentence, and what is free goes before', () => {
  const MB = 2 ** 20;
  const { pool, made, released } = make({ mostBytes: 20 * MB });
  const [a, b] = [pool.floats(2 * MB), pool.floats(2 * MB)];
  pool.give(a);
  const c = pool.floats(3 * MB);
  assert.deepEqual([made, released], [[8 * MB, 8 * MB, 12 * MB], [8 * MB]]);
  assert.throws(() => pool.floats(2 * MB), {
    name: 'InputError',
    message: 'memory: expected maps of at most 20 MB, all the memory that there is, received 28 MB; a smaller batch needs less',
  });
  for (const values of [b, c]) pool.give(values);
  assert.equal(pool.report().usedBytes, 0);
});
