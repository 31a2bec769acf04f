/**
 * A training step of the larger detectors on every engine: the losses before it and after it are those of the other engines, to 1e-4
 * and 1e-2 (batch norms over one image's last maps of one cell multiply rounding). SSD300-VGG16 takes half a minute a step on
 * `portable`; its layers have tests of their own.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models/index';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { detection } from 'iekd/dist/tasks/detection/detection';
import type { DetectionOptions } from 'iekd/dist/tasks/detection/detectionOptions';
import { disposeBatch, tensorBatch } from 'iekd/dist/tasks/tensorBatch';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { random } from 'iekd/dist/util/rng';
import { enginesUnderTest } from '../../engine/engines';

const CASES: readonly (readonly [name: string, DetectionOptions])[] = [
  ['ssdlite-mobilenetv2', { priors: 'ssdlite' }],
  ['ssd300-resnet18', { priors: 'ssd300' }],
];

/** Confidence and localisation before a step, and before the next. */
function losses(name: string, options: DetectionOptions): number[][] {
  const task = detection(options);
  const network = buildNetwork({ name, classes: 3 }, random(0));
  const distillation = supervised().build({ student: network, teachers: [], random: random(0), task });
  const objective = studentObjective([network], [], distillation);
  const optimizer = sgd(objective.variables);
  const [height, width] = network.input;
  const stream = random(1).stream('pixels');
  const batch = tensorBatch(task, {
    ...{ size: 1, shape: [1, height, width, 3], labels: new Int32Array(1) },
    images: Float32Array.from({ length: height * width * 3 }, () => stream.normal()),
    objects: [{ boxes: Float64Array.of(0.1, 0.1, 0.5, 0.5, 0.4, 0.4, 0.9, 0.8), classes: Int32Array.of(0, 2) }],
  });
  const steps = [0, 1].map((step) => {
    const clock = { step, epoch: 0, epochs: 1 };
    return trainStep({ stage: 'here', objective, optimizer, batch, clock, learningRate: 0.001 }).map(({ value }) => value);
  });
  disposeBatch(batch);
  for (const part of [optimizer, distillation, network]) part.dispose();
  return steps;
}

describe('a training step', async () => {
  const engines = await enginesUnderTest();
  for (const [name, options] of CASES) {
    let first: number[][] | undefined;
    for (const { engine, skip, start } of engines) {
      test(`${name}: ${engine.name}`, { skip: skip ?? false }, async () => {
        await start();
        const before = tf.memory().numTensors;
        const found = losses(name, options);
        assert.equal(tf.memory().numTensors, before, 'tensors leaked');
        first ??= found;
        const [earlier = [], later = []] = found.map((row, step) =>
          row.map((value, i) => Math.abs(value / (first?.[step]?.[i] as number) - 1)),
        );
        assert.ok(Math.max(...earlier) < 1e-4 && Math.max(...later) < 1e-2, JSON.stringify([found, first]));
        assert.ok((found[1]?.[0] as number) < (found[0]?.[0] as number), 'the step leads down');
      });
    }
  }
});
