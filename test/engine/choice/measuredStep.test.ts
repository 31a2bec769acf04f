/** The measured step is training: on every engine the same losses, which fall, and no tensor is left. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { measuredStep } from 'iekd/dist/engine/choice/measuredStep';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';

/** Of the first three steps, by the engine portable; ln 10 = 2.30 is that of no knowledge. */
const STEPS = 3;

async function lossesOn(engine: 'onednn' | 'portable'): Promise<number[]> {
  await start({ engine });
  const before = tf.memory().numTensors;
  const work = measuredStep();
  const losses = [];
  for (let i = 0; i < STEPS; i++) losses.push(await work.step());
  const during = tf.memory().numTensors;
  await work.step();
  assert.equal(tf.memory().numTensors, during);
  work.dispose();
  assert.equal(tf.memory().numTensors, before);
  return losses;
}

describe('measuredStep', () => {
  test('losses fall, and agree between engines to 1e-3', async (t) => {
    const plain = await lossesOn('portable');
    assert.ok(
      plain.every((loss, i) => Math.abs(loss - Math.LN10) < 1 && loss < (plain[i - 1] ?? 4)),
      `${plain}`,
    );
    const native = await lossesOn('onednn').catch(() => undefined);
    if (!native) return t.skip('no onednn here');
    for (const [i, loss] of native.entries()) assert.ok(Math.abs(loss - Number(plain[i])) < 1e-3, `${native} and ${plain}`);
  });
});
