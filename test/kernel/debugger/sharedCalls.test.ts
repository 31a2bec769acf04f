import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sharedCalls } from 'iekd/dist/kernel/debugger/sharedCalls';

it('calls that come while one is under way share the next, also after one that failed', async () => {
  let count = 0;
  const ends: (() => void)[] = [];
  const call = sharedCalls(async () => {
    const own = ++count;
    await new Promise<void>((end) => ends.push(end));
    if (own === 1) throw new Error('the first');
    return own;
  });
  const first = assert.rejects(call(), { message: 'the first' });
  const [second, third] = [call(), call()];
  assert.equal(count, 1);
  ends[0]?.();
  await first;
  await new Promise((done) => setImmediate(done));
  const fourth = call();
  assert.equal(count, 2);
  ends[1]?.();
  assert.deepEqual(await Promise.all([second, third]), [2, 2]);
  await new Promise((done) => setImmediate(done));
  ends[2]?.();
  assert.equal(await fourth, 3);
  const fifth = call();
  await new Promise((done) => setImmediate(done));
  ends[3]?.();
  assert.equal(await fifth, 4);
});
