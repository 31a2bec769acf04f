/**
 * Three training steps of a small detector against a twin in PyTorch with torchvision's matching and loss, float64
 * (test/golden/detection_reference.py): losses to 1e-5, gradients and weights to 1e-4, relative to the root mean square of a tensor,
 * of a gradient to at least a tenth of that of all. The twin's own float32 is within 1.3e-6.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Batch } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { detection } from 'iekd/dist/tasks/detection/detection';
import { disposeBatch, tensorBatch } from 'iekd/dist/tasks/tensorBatch';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { random } from 'iekd/dist/util/rng';
import { permuteAxes, toTorch } from 'iekd/dist/weights/torchState';
import { enginesUnderTest } from '../../engine/engines';
import { hashedBoxes, hashedNumbers, hashedState, type Summary, summary } from '../../fixtures/hashedNumbers';

interface Golden {
  readonly spec: NetworkSpec & { readonly input: readonly [number, number, number] };
  readonly seed: number;
  /** Priors with an object, by image. */
  readonly matched: readonly number[];
  /** Confidence and localisation before each step. */
  readonly trajectory: readonly (readonly number[])[];
  readonly gradients: Readonly<Record<string, Summary>>;
  readonly after: Readonly<Record<string, Summary>>;
}

const FILE = join(__dirname, '..', '..', 'golden', 'detection.json');
const { network: golden } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly network: Golden };
const [LOSS, TENSOR] = [1e-5, 1e-4];
const RATE = 0.01;
const OBJECTS = 3;
const task = detection();

/** Images of the twin in our layout, with their objects. */
function batchOf({ spec: { input }, seed, matched }: Golden): Batch {
  const [height, width, channels] = input;
  const shape = [matched.length, channels, height, width];
  const values = Float32Array.from(hashedNumbers(`images ${seed}`, matched.length * channels * height * width, -2, 2));
  const objects = matched.map((_, i) => ({
    boxes: hashedBoxes(`network ${i}`, OBJECTS, { side: [0.12, 0.3] }),
    classes: Int32Array.from(hashedNumbers(`network ${i} classes`, OBJECTS), (value) => Math.floor(3 * value)),
  }));
  const images = permuteAxes({ shape, data: values }, [0, 2, 3, 1]).data as Float32Array;
  return { size: matched.length, images, shape: [matched.length, height, width, channels], labels: new Int32Array(0), objects };
}

function assertSummaries(
  what: string,
  tensors: Readonly<Record<string, tf.Tensor>>,
  expected: Readonly<Record<string, Summary>>,
  least: number,
): void {
  for (const [name, row] of Object.entries(expected)) {
    const tensor = tensors[name] ?? assert.fail(`${what}: ${name} is missing`);
    const { data = [] } = toTorch({ [name]: { shape: tensor.shape, data: tensor.dataSync<'float32'>() } })[name] ?? {};
    for (const [i, value] of summary([data]).entries()) {
      const error = Math.abs(value - (row[i] as number)) / Math.max(row[1], least);
      assert.ok(error < TENSOR, `${what} ${name}[${i}]: expected ${row[i]}, received ${value}, off by ${error}`);
    }
  }
}

const parametersOf = (network: Network): Record<string, tf.Tensor> =>
  Object.fromEntries(network.variables.parameters().map(({ name, variable }) => [name, variable]));

describe('three steps of ssd-resnet8', async () => {
  for (const { engine, skip, start } of await enginesUnderTest()) {
    test(engine.name, { skip: skip ?? false }, async () => {
      await start();
      const before = tf.memory().numTensors;
      const network = buildNetwork(golden.spec, random(0));
      network.variables.load(hashedState(golden.spec));
      const distillation = supervised().build({ student: network, teachers: [], random: random(0), task });
      const objective = studentObjective([network], [], distillation);
      const seen: Record<string, tf.Tensor> = {};
      const optimizer = sgd(objective.variables);
      const batch = tensorBatch(task, batchOf(golden));
      const labels = (batch.targets[0] as tf.Tensor2D).arraySync();
      assert.deepEqual(
        labels.map((row) => row.filter((label) => label > 0).length),
        golden.matched,
      );
      for (const [step, expected] of golden.trajectory.entries()) {
        const noting = {
          ...optimizer,
          step: (gradients: Parameters<typeof optimizer.step>[0], rate: number): void => {
            if (step === 0) for (const [name, gradient] of gradients) seen[name] = tf.keep(gradient.clone());
            optimizer.step(gradients, rate);
          },
        };
        const clock = { step, epoch: 0, epochs: 1 };
        const terms = trainStep({ stage: 'here', objective, optimizer: noting, batch, clock, learningRate: RATE });
        assert.deepEqual(
          terms.map(({ name }) => name),
          ['confidence', 'localisation'],
        );
        for (const [i, { value, name }] of terms.entries()) {
          const error = Math.abs(value / (expected[i] as number) - 1);
          assert.ok(error < LOSS, `step ${step}: ${name}: expected ${expected[i]}, received ${value}`);
        }
      }
      assert.deepEqual(Object.keys(seen).map(withoutPrefix).sort(), Object.keys(golden.gradients).sort());
      const size = Math.max(...Object.values(golden.gradients).map(([, rms]) => rms));
      const gradients = Object.fromEntries(Object.entries(seen).map(([name, tensor]) => [withoutPrefix(name), tensor]));
      assertSummaries('gradient of', gradients, golden.gradients, 0.1 * size);
      assertSummaries('weight', parametersOf(network), golden.after, 0);
      tf.dispose(seen);
      disposeBatch(batch);
      for (const part of [optimizer, distillation, network]) part.dispose();
      assert.equal(tf.memory().numTensors, before, 'tensors leaked');
    });
  }
});

/** Of an objective's variables: `student/conv.weight`. */
const withoutPrefix = (name: string): string => name.slice(name.indexOf('/') + 1);
