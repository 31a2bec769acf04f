/** How many programs a turn of the event loop may give to a software adapter. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { programCounter } from 'iekd/dist/engine/webgpu/programCounter';

it('counts within one turn of the event loop, and starts again with the next', async () => {
  const count = programCounter(3);
  for (const _ of ['one turn', 'another']) {
    for (let i = 0; i < 3; i++) count();
    const message =
      'webgpu: expected the event loop to turn within 3 programs on a software adapter, it did not; await something between steps';
    assert.throws(count, { message });
    await new Promise((resolve) => setImmediate(resolve));
  }
});
