/** Training from pictures on disk: of 300 classes, and stopped and resumed to the bits of an unbroken run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { resumeRun, runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { sha256 } from 'iekd/dist/util/hash';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { classFolder, picture, put, temporaryFolder } from '../../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('training');
after(remove);
process.env.IEKD_CACHE = join(root, 'cache');

test('300 classes, grey: the network has a logit a class, and its loss begins at log 300', async () => {
  for (let label = 0; label < 300; label++) put(join(root, 'many', `${label}`, 'a.png'), await picture(label, '', [8, 8]));
  const dataset = {
    name: `folder:${join(root, 'many')}`,
    pixels: 8,
    channels: 1,
    testShare: 0,
    normalisation: { mean: [0.5], std: [0.25] },
  } as const;
  const config = {
    dataset,
    student: { name: 'resnet8' },
    method: { name: 'supervised' },
    training: { epochs: 1, batch: 150, learningRate: 0 },
  };
  const run = await runExperiment(config, { folder: join(root, 'run300') });
  assert.equal(run.student.classes, 300);
  const loss = run.training.last?.loss ?? 0;
  assert.ok(Math.abs(loss - Math.log(300)) < 1.5, String(loss));
  run.dispose();
});

test('a run that was stopped after every step and resumed ends with the bits of an unbroken one', async () => {
  await classFolder(join(root, 'few'), ['a', 'b', 'c'], 5);
  const dataset = {
    name: `folder:${join(root, 'few')}`,
    pixels: 12,
    shrink: 1,
    augmentation: { colours: { hue: 0.1, contrast: 0.5 } },
  } as const;
  const config = {
    dataset,
    student: { name: 'resnet8' },
    method: { name: 'supervised' },
    training: { epochs: 2, batch: 5, learningRate: 0.05 },
  };
  const weights = (folder: string): string => sha256(readFileSync(join(root, folder, 'student-last.safetensors')));
  const whole = await runExperiment(config, { folder: join(root, 'whole'), workers: 0 });
  whole.dispose();
  let run = await runExperiment(config, { folder: join(root, 'parts'), ...stopping() });
  for (let sittings = 1; !run.training.complete; sittings++) {
    assert.ok(sittings < 10);
    run.dispose();
    run = await resumeRun(join(root, 'parts'), { ...stopping(), workers: sittings % 3 });
  }
  run.dispose();
  assert.equal(weights('parts'), weights('whole'));
});

/** Stops after a step. */
function stopping() {
  const stop = stopSignal();
  return { stop, listeners: [({ kind }: TrainingEvent) => kind === 'step' && stop.request('the test')] };
}
