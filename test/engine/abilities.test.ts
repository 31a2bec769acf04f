/** What engines declare, and that shared code reads it of the engine whose backend is the current one. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { currentAbilities, useBackend } from 'iekd/dist/engine/abilities';
import { cpu } from 'iekd/dist/engine/cpu';
import { onednn } from 'iekd/dist/engine/onednn';
import { portable } from 'iekd/dist/engine/portable';
import { tensorflow } from 'iekd/dist/engine/tensorflow/tensorflowEngine';
import { tf } from 'iekd/dist/engine/tf';
import type { FusedShape } from 'iekd/dist/engine/types';
import { webgpu } from 'iekd/dist/engine/webgpu';

describe('onednn fuses', () => {
  const shapes: readonly (readonly [FusedShape['filter'], stride: number, fuses: boolean])[] = [
    [[3, 3, 16, 16], 1, true],
    [[3, 3, 32, 64], 1, true],
    [[3, 3, 3, 16], 1, false],
    [[3, 3, 16, 24], 1, false],
    [[1, 1, 16, 16], 1, false],
    [[3, 1, 16, 16], 1, false],
    [[3, 3, 16, 16], 2, false],
  ];
  for (const [filter, stride, fuses] of shapes) {
    test(`${filter.join('×')}, stride ${stride}: ${fuses}`, () =>
      assert.equal(onednn.abilities.fuses({ filter, stride }), fuses));
  }
});

test('other engines fuse nothing', () => {
  for (const { abilities } of [cpu, portable, tensorflow, webgpu]) {
    assert.equal(abilities.fuses({ filter: [3, 3, 16, 16], stride: 1 }), false);
  }
});

test('each engine says whether its kernels can be timed, and its precisions', () => {
  const rows = [tensorflow, webgpu, onednn, portable, cpu].map(({ name, abilities }) => {
    return [name, abilities.timesKernels, abilities.precisions.join()];
  });
  assert.deepEqual(rows, [
    ['tensorflow', false, 'float32'],
    ['webgpu', false, 'float32'],
    ['onednn', true, 'float32,bfloat16'],
    ['portable', true, 'float32'],
    ['cpu', true, 'float32'],
  ]);
});

test('the abilities are those of the current backend; of one that no engine started, none', async () => {
  after(() => tf.setBackend('cpu'));
  for (const name of ['abilities-a', 'abilities-b']) tf.registerBackend(name, () => tf.findBackend('cpu'), 0);
  await useBackend('abilities-a', onednn.abilities);
  assert.equal(currentAbilities(), onednn.abilities);
  await tf.setBackend('abilities-b');
  const { fuses, ...others } = currentAbilities();
  assert.deepEqual(others, { timesKernels: false, precisions: ['float32'] });
  assert.equal(fuses({ filter: [3, 3, 16, 16], stride: 1 }), false);
});
