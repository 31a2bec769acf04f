/** A run that was changed by hand in a notebook and stopped, on the command line: going on and measuring say so. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { iekd } from '../command';

const root = mkdtempSync(join(tmpdir(), 'iekd-by-hand-'));
const folder = join(root, 'moved');
after(() => rmSync(root, { recursive: true }));

const CONFIG = {
  student: { name: 'resnet8' },
  method: { name: 'supervised' },
  dataset: { name: 'fashion-mnist', train: 16, validation: 0, test: 8 },
  training: { epochs: 2, batch: 8, learningRate: 0.1 },
};
const CHANGE = { stage: 'student', step: 2, setting: 'learningRate', value: 0.02 };

describe('a run that was changed by hand', () => {
  before(async () => {
    await tf.setBackend('cpu');
    const rate = { value: 0.1 };
    const stop = stopSignal();
    const listen = (event: TrainingEvent): void => {
      if (event.kind !== 'step') return;
      rate.value = 0.02;
      if (event.step === 2) stop.request('in a test');
    };
    const run = await runExperiment(CONFIG, { folder, stop, adjust: { learningRate: rate }, listeners: [listen] });
    run.dispose();
  });

  test('says so when it goes on, and in its result', () => {
    const { code, stdout, stderr } = iekd(['resume', folder, '--engine', 'portable', '--json']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).adjusted, [CHANGE]);
    assert.match(stderr, /^Changed by hand: learningRate is 0\.02 from step 2 on\.$/m);
    assert.match(stderr, /^with 1 change by hand it is no result of its configuration$/m);
  });

  test('says so when its weights are measured', () => {
    const { code, stderr } = iekd(['evaluate', folder, '--engine', 'portable']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /student-last\.safetensors: of a run with 1 change by hand$/m);
  });
});
