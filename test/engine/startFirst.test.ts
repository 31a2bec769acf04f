/** The engine comes first: networks that were made before would stay in plain JavaScript. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildNetwork, random, start, tf } from 'iekd';

test('a network before any engine, and tensors before it', async () => {
  assert.throws(() => buildNetwork({ name: 'resnet8' }, random(0)), {
    name: 'InputError',
    message: 'buildNetwork: resnet8: expected a started engine, received none; call await start() first',
  });
  const early = tf.zeros([2]); // tfjs takes plain JavaScript by itself
  await assert.rejects(start({ engine: 'portable' }), {
    name: 'InputError',
    message: 'start: expected a start before anything else, received 1 tensor; build networks after await start()',
  });
  assert.deepEqual(Array.from(early.dataSync()), [0, 0]);
  early.dispose();
  assert.equal((await start({ engine: 'portable' })).name, 'portable');
  buildNetwork({ name: 'resnet8' }, random(0)).dispose();
});
