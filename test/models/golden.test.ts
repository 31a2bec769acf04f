/**
 * Networks against independent definitions in PyTorch, float64 (test/golden/networks_reference.py): sizes of all; logits, gradients,
 * moved statistics and maps of some, on every engine that can run but plain CPU. Errors are relative to the largest logit, or to the
 * root mean square of a tensor (of a gradient: at least a tenth of that of all gradients, as some are 0 but for rounding): 1e-4.
 * For gradients 5e-3: one ReLU of 100,000 whose input is within rounding of 0 moves some by 1e-3.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import { buildNetwork, describeModels, planNetwork } from 'iekd/dist/models/index';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { permuteAxes, toTorch } from 'iekd/dist/weights/torchState';
import { enginesUnderTest } from '../engine/engines';
import { hashedState, type Summary, summary, uniform } from '../fixtures/hashedNumbers';

interface Case {
  readonly spec: NetworkSpec & { readonly input: readonly [number, number, number]; readonly classes: number };
  /** The mode in which logits and gradients are taken. */
  readonly training: boolean;
  readonly seed: number;
  readonly logits: readonly number[];
  readonly gradients: Readonly<Record<string, Summary>>;
  /** Root mean square of all. */
  readonly gradientSize: number;
  /** Mean and root mean square of all running means and variances after that pass; empty without batch norms. */
  readonly statistics: readonly number[];
  /** Logits and maps of evaluation mode after that pass. */
  readonly evaluated: readonly number[];
  readonly maps: readonly Summary[];
}

interface Size {
  readonly spec: NetworkSpec;
  readonly parameters: readonly [ten: number, hundred: number];
  readonly multiplyAdds: number;
}

const FILE = join(__dirname, '..', 'golden', 'networks.json');
const { cases, sizes } = JSON.parse(readFileSync(FILE, 'utf8')) as { cases: Case[]; sizes: Size[] };
const BATCH = 4;
const [FORWARD, BACKWARD] = [1e-4, 5e-3];
const label = (spec: NetworkSpec): string => Object.entries(spec).flat().join(' ');
const volume = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

describe('parameters of 10 and 100 classes, and multiply-adds of a 32×32×3 image', () => {
  for (const { spec, parameters, multiplyAdds } of sizes) {
    test(label(spec), () => {
      const [ten, hundred] = [planNetwork({ ...spec, classes: 10 }), planNetwork({ ...spec, classes: 100 })];
      assert.deepEqual([parametersOf(ten.variables), parametersOf(hundred.variables)], parameters);
      assert.equal(ten.multiplyAdds, multiplyAdds);
    });
  }

  test('are what the list of models says, of every classifier in it', () => {
    for (const { name, parameters10, parameters100, multiplyAdds, task } of describeModels()) {
      if (task !== 'classification') continue;
      const row = sizes.find(({ spec }) => Object.keys(spec).length === 1 && spec.name === name);
      assert.deepEqual([name, parameters10, parameters100, multiplyAdds], [name, ...(row?.parameters ?? []), row?.multiplyAdds]);
    }
  });
});

function imagesOf({ spec: { input }, seed }: Case): tf.Tensor4D {
  const [height, width, channels] = input;
  const shape = [BATCH, channels, height, width];
  const data = new Float32Array(uniform(`images ${seed}`, volume(shape)).map((u) => 4 * u - 2));
  return tf.tensor4d(permuteAxes({ shape, data }, [0, 2, 3, 1]).data, [BATCH, height, width, channels]);
}

function close(what: string, actual: readonly number[], expected: readonly number[], bar: number, scale: number): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, value] of actual.entries()) {
    const error = Math.abs(value - (expected[i] as number)) / scale;
    assert.ok(error <= bar, `${what}[${i}]: expected ${expected[i]}, received ${value}, off by ${error} of ${scale}`);
  }
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
const valuesOf = (t: tf.Tensor | undefined): Float32Array => (t as tf.Tensor).dataSync<'float32'>();

/** The pass that is differentiated, by the weighted sum of its logits. */
function checkGradients(network: Network, x: tf.Tensor4D, { spec, training, logits, gradients, gradientSize }: Case): void {
  const weights = new Float32Array(uniform('probe', BATCH * spec.classes).map((u) => 2 * u - 1));
  const parameters = network.variables.parameters();
  const { grads } = tf.variableGrads(
    () => {
      const result = network.forward(x, { training });
      close('logits', [...valuesOf(result.logits)], logits, FORWARD, largest(logits));
      return tf.sum(tf.mul(result.logits, tf.tensor2d(weights, [BATCH, spec.classes])));
    },
    parameters.map((p) => p.variable),
  );
  assert.ok(Object.keys(gradients).length >= 7);
  for (const [name, expected] of Object.entries(gradients)) {
    const gradient = grads[network.variables.get(name).name] as tf.Tensor;
    const { data = [] } = toTorch({ [name]: { shape: gradient.shape, data: valuesOf(gradient) } })[name] ?? {};
    close(`gradient of ${name}`, summary([data]), expected, BACKWARD, Math.max(expected[1], 0.1 * gradientSize));
  }
  const [, rms] = summary(Object.values(grads).map(valuesOf));
  close('root mean square of all gradients', [rms], [gradientSize], BACKWARD, gradientSize);
}

function checkEvaluation(network: Network, x: tf.Tensor4D, { evaluated, maps }: Case): void {
  const names = network.features.map(({ name }) => name);
  const { logits, features } = network.forward(x, { features: names });
  close('evaluated', [...valuesOf(logits)], evaluated, FORWARD, largest(evaluated));
  assert.equal(names.length, maps.length);
  for (const [i, name] of names.entries()) {
    const [map, expected] = [features[name] as tf.Tensor, maps[i] as Summary];
    const { data } = permuteAxes({ shape: map.shape, data: valuesOf(map) }, [0, 3, 1, 2]);
    close(name, summary([data]), expected, FORWARD, expected[1]);
  }
}

function check(network: Network, row: Case): void {
  tf.tidy(() => {
    const x = imagesOf(row);
    checkGradients(network, x, row);
    const moved = network.variables.entries().filter((v) => !v.trainable);
    const statistics = moved.length > 0 ? summary(moved.map(({ variable }) => valuesOf(variable))).slice(0, 2) : [];
    close('statistics', statistics, row.statistics, FORWARD, largest(row.statistics));
    checkEvaluation(network, x, row);
  });
}

describe('values and gradients', async () => {
  const engines = await enginesUnderTest();
  for (const row of cases) {
    describe(label(row.spec), () => {
      let state: Record<string, TensorData> | undefined;
      for (const { engine, skip, start: begin } of engines) {
        test(engine.name, { skip: skip ?? false }, async () => {
          await begin();
          state ??= hashedState(row.spec);
          const before = tf.memory().numTensors;
          const network = buildNetwork(row.spec, random(0));
          try {
            network.variables.load(state);
            check(network, row);
          } finally {
            network.dispose();
          }
          assert.equal(tf.memory().numTensors, before, 'tensors leaked');
        });
      }
    });
  }
});
