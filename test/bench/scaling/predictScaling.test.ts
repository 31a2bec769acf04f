/** Predictions of small steps: every part is somewhere, and the engine is as it was. Speeds are not judged here. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PredictionRow, predictScaling } from 'iekd/dist/bench/scaling/predictScaling';
import { WHOLE_STEP } from 'iekd/dist/bench/scaling/stepPrediction';
import { onednn } from 'iekd/dist/engine/onednn';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';

const started = { engine: 'onednn', threads: 2 };
const SMALL = { depth: 8, batch: 6, steps: 1 };

describe('predictScaling', () => {
  it('a step is the sum of its kernels; real threads are beside it; nothing is left on the engine', async (t) => {
    const unavailable = await onednn.unavailable();
    if (unavailable) return t.skip(unavailable);
    await start({ engine: 'onednn', threads: 2 });
    const before = tf.memory().numTensors;
    const rows = await predictScaling(started, { ...SMALL, work: ['supervised'], threads: [1, 5] });
    assert.equal(tf.memory().numTensors, before);
    for (const threads of [1, 5]) {
      const [step, ...kernels] = rows.filter((row) => row.threads === threads) as [PredictionRow, ...PredictionRow[]];
      assert.deepEqual(
        [step.kernel, step.network, step.batch, kernels.at(-1)?.kernel],
        [WHOLE_STEP, 'resnet8', 6, 'outside kernels'],
      );
      for (const key of ['ms', 'serialMs', 'waitMs'] as const) {
        const sum = kernels.reduce((total, row) => total + row[key], 0);
        assert.ok(Math.abs(sum - step[key]) < 1e-9, `${key}: ${sum} and ${step[key]}`);
      }
      assert.equal(step.regions > 0, threads > 1);
      assert.ok(kernels.some(({ kernel }) => kernel === 'WinogradConvBatchNormGrad'));
      assert.ok(step.efficiency > 0 && (threads > 1 || step.efficiency === 1));
    }
    assert.ok((rows.find((row) => row.threads === 1)?.measuredMs ?? 0) > 0);
  });

  it('a network in the place of a work', async (t) => {
    const unavailable = await onednn.unavailable();
    if (unavailable) return t.skip(unavailable);
    await start({ engine: 'onednn', threads: 2 });
    const [step] = await predictScaling(started, { networks: ['shufflenetv2'], batch: 2, steps: 1, threads: [3] });
    assert.deepEqual([step?.network, step?.threads, step?.work], ['shufflenetv2', 3, 'supervised']);
  });

  it('refuses numbers out of range, and engines that do not time their pieces', async () => {
    const threads = 'predictScaling: threads: expected an integer in [1, 1024], received 0';
    await assert.rejects(predictScaling(started, { threads: [0] }), { name: 'InputError', message: threads });
    await start({ engine: 'cpu' });
    const engine = 'predictScaling: expected an engine that times its pieces, onednn, received "cpu"';
    await assert.rejects(predictScaling({ engine: 'cpu', threads: 1 }), { name: 'InputError', message: engine });
  });
});
