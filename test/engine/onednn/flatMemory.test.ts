/**
 * Memory goes back at once, also where the event loop never turns: a loop without `await` holds what one step needs, though no two of
 * its steps have maps of the same sizes. (Left to the garbage collector, these would be 700 MB.)
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onednn } from 'iekd/dist/engine/onednn';
import { loadAddon } from 'iekd/dist/engine/onednn/loader';
import type { OneDnnBackend } from 'iekd/dist/engine/onednn/onednnBackend';
import { tf } from 'iekd/dist/engine/tf';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { random } from 'iekd/dist/util/rng';

const loaded = loadAddon();
const skip = 'unavailable' in loaded ? loaded.unavailable : false;
const MB = 2 ** 20;
const residentMb = (): number => process.memoryUsage().rss / MB;

test('a released buffer has length 0 and its memory is back before anything else happens', { skip }, () => {
  if ('unavailable' in loaded) return;
  const { addon } = loaded;
  const before = residentMb();
  const buffer = addon.allocate(256 * MB);
  const view = new Float32Array(buffer).fill(1);
  assert.ok(residentMb() - before > 200);
  addon.release(buffer);
  assert.ok(residentMb() - before < 60);
  assert.deepEqual([buffer.byteLength, view.length, view[0]], [0, 0, undefined]);
  addon.release(buffer);
  const strange = new ArrayBuffer(8);
  addon.release(strange);
  assert.equal(strange.byteLength, 8);
  assert.throws(() => addon.release(view as unknown as ArrayBuffer), {
    message: 'onednn release: expected an ArrayBuffer as argument 0',
  });
});

test('two hundred steps of changing sizes, without a turn of the event loop', { skip }, async () => {
  await onednn.start({ threads: 2 });
  const student = buildNetwork({ name: 'resnet8', input: [16, 16, 3] }, random(0));
  const distillation = supervised().build({ student, peers: [], teachers: [], random: random(1) });
  const objective = studentObjective([student], [], distillation);
  const optimizer = sgd(objective.variables);
  const step = (size: number): void => {
    const batch = { images: tf.ones([size, 16, 16, 3]) as tf.Tensor4D, targets: [tf.zeros([size], 'int32')] };
    trainStep({ stage: 'flat', objective, optimizer, batch, clock: { step: 0, epoch: 0, epochs: 1 }, learningRate: 0 });
    tf.dispose([batch.images, ...batch.targets]);
  };
  for (let i = 0; i < 20; i++) step(64);
  const before = residentMb();
  for (let i = 0; i < 200; i++) step(24 + (i % 40));
  const grown = residentMb() - before;
  for (const part of [optimizer, distillation, student]) part.dispose();
  assert.ok(grown < 80, `${grown} MB`);
  const { usedBytes, heldBytes, peakBytes } = (tf.backend() as OneDnnBackend).pool.report();
  assert.ok(usedBytes < MB && heldBytes < 1.125 * peakBytes + 32 * MB, `${usedBytes} ${heldBytes} ${peakBytes}`);
});
