/** A LayersModel in the methods: each trains it, it is stored, resumed to the same bits, in a configuration, and with layers of one's own. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { checkConfig } from 'iekd/dist/experiments/run/config';
import { ie } from 'iekd/dist/methods/ie';
import { buildMethod } from 'iekd/dist/methods/index';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { mutual } from 'iekd/dist/methods/mutual';
import { buildNetwork, onImages, planNetwork } from 'iekd/dist/models/index';
import { fromLayersModel } from 'iekd/dist/models/layersModel/fromLayersModel';
import type { Network } from 'iekd/dist/models/types';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { loadNetwork, saveWeights } from 'iekd/dist/weights/networkFile';
import { tinyData } from '../../fixtures/tinyNetworks';

before(async () => {
  await start({ threads: 1 });
});
const root = mkdtempSync(join(tmpdir(), 'iekd-layers-model-'));
after(() => rmSync(root, { recursive: true }));

type Symbolic = tf.SymbolicTensor;
const { layers } = tf;

/** 4×4 images of three classes: a convolution, a norm, a residual block, dropout. */
function model(filters = 4): tf.LayersModel {
  const input = tf.input({ shape: [4, 4, 1] });
  const normed = (x: Symbolic): Symbolic =>
    layers
      .batchNormalization()
      .apply(layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false }).apply(x)) as Symbolic;
  const first = layers.reLU().apply(normed(input)) as Symbolic;
  const sum = layers.reLU().apply(layers.add().apply([normed(first), first])) as Symbolic;
  const row = layers.dropout({ rate: 0.2 }).apply(layers.globalAveragePooling2d({}).apply(sum)) as Symbolic;
  return tf.model({ inputs: input, outputs: layers.dense({ units: 3, activation: 'softmax' }).apply(row) as Symbolic });
}

/** Of the description alone, drawn from a seed. */
function network(seed: number, filters = 4): Network {
  const given = fromLayersModel(model(filters));
  given.dispose();
  return buildNetwork(given.spec, random(seed));
}

const training = { epochs: 1, batch: 8, learningRate: 0.05 };

describe('every method trains it, as student and as teacher', () => {
  for (const spec of [
    { name: 'supervised' },
    { name: 'kd' },
    { name: 'ft', fit: { epochs: 1 } },
    { name: 'at' },
    { name: 'od' },
    { name: 'ie-ft', fit: { epochs: 1 } },
  ]) {
    test(spec.name, async () => {
      const [student, teacher] = [network(1), network(2)];
      const before = [student, teacher].map(({ variables }) => variablesHash(variables));
      const method = buildMethod(spec);
      const result = await train({ student, method, teachers: method.teachers > 0 ? [teacher] : [], data: tinyData(), training });
      const afterwards = [student, teacher].map(({ variables }) => variablesHash(variables));
      assert.notEqual(afterwards[0], before[0]);
      assert.equal(afterwards[1], before[1]);
      for (const one of [result, student, teacher]) one.dispose();
    });
  }

  test('mutual(ie(ft())), beside a network of the table', async () => {
    const [student, peer] = [network(1), buildNetwork({ name: 'resnet8', input: [4, 4, 1], classes: 3 }, random(2))];
    const method = mutual(ie(ft({ feature: { teacher: 'stage1', student: 'stage1' }, fit: { epochs: 1 } })));
    const result = await train({ student, peers: [peer], method, data: tinyData(), training });
    assert.ok(Number.isFinite(result.last?.evaluations[0]?.loss));
    for (const one of [result, student, peer]) one.dispose();
  });
});

test('a run that is broken off ends with the same bits, dropout among them', async () => {
  async function run(folder: string, settings: Partial<TrainOptions> = {}): Promise<string> {
    const [student, teacher] = [network(1), network(2, 6)];
    const result = await train({
      student,
      teachers: [teacher],
      method: ie(ft({ fit: { epochs: 1 } })),
      data: tinyData(),
      training: { ...training, epochs: 2 },
      checkpoint: { folder: join(root, folder) },
      ...settings,
    });
    const hash = variablesHash(student.variables);
    for (const one of [result, student, teacher]) one.dispose();
    return hash;
  }
  const whole = await run('whole');
  const stop = stopSignal();
  const listener: NonNullable<TrainOptions['listeners']>[number] = (event) => {
    if (event.kind === 'step' && event.step === 4) stop.request('asked to');
  };
  assert.notEqual(await run('stopped', { stop, listeners: [listener] }), whole);
  assert.equal(await run('stopped', { resume: true }), whole);
});

test('is stored with its topology and read back; the model it came from stays as it was', () => {
  const given = model();
  const own = fromLayersModel(given, { name: 'mine', normalisation: { mean: [0.5], std: [0.25] } });
  const path = join(root, 'mine.safetensors');
  saveWeights(path, own);
  const same = loadNetwork(path, own.spec);
  assert.deepEqual(same.variables.snapshot(), own.variables.snapshot());
  assert.deepEqual([same.name, same.spec], ['mine', own.spec]);
  const larger = onImages('test', same, [6, 5, 1]);
  assert.deepEqual(larger.features.at(-1), { ...same.features.at(-1), height: 6, width: 5 });
  for (const one of [own, same]) one.dispose();
  tf.tidy(() => assert.ok((given.predict(tf.zeros([1, 4, 4, 1])) as tf.Tensor).dataSync().every(Number.isFinite)));
  given.dispose();
});

test('stands in a configuration, as the topology that tfjs writes', () => {
  const topology = JSON.parse(JSON.stringify(model().toJSON(null, false))) as object;
  const student = { name: 'mine', topology };
  const config = checkConfig({
    dataset: { name: 'fashion-mnist' },
    student,
    method: { name: 'supervised' },
    training: { epochs: 1 },
  });
  assert.equal(planNetwork({ ...config.student, classes: 3 }).variables.length, 12);
});

test('a frozen batch norm keeps its statistics, and nothing of it is trained', () => {
  const given = model();
  for (const layer of given.layers) if (layer.getClassName() === 'BatchNormalization') layer.trainable = false;
  const own = fromLayersModel(given);
  const before = own.variables.snapshot();
  tf.tidy(() => void own.forward(tf.randomNormal([2, 4, 4, 1]), { training: true, random: random(0) }));
  assert.deepEqual(own.variables.snapshot(), before);
  assert.deepEqual(
    own.variables.parameters().map(({ name }) => name.replace(/_\d+\.\w+$/, '')),
    ['conv2d', 'conv2d', 'dense', 'dense'],
  );
  own.dispose();
  given.dispose();
});

test('a class of one’s own is taken once it is registered', () => {
  class Twice extends tf.layers.Layer {
    static className = 'TestTwice';
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.mul((Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor, 2);
    }
  }
  const own = (layer: tf.layers.Layer): tf.LayersModel =>
    tf.sequential({
      layers: [
        layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3 }),
        layer,
        layers.flatten(),
        layers.dense({ units: 3 }),
      ],
    });
  const given = own(new Twice({}));
  assert.throws(() => fromLayersModel(given), {
    name: 'InputError',
    message: /expected a layer among Conv2D, .* received "TestTwice"/,
  });
  tf.serialization.registerClass(Twice);
  const network = fromLayersModel(given);
  tf.tidy(() => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 1]);
    const [a, b] = [network.forward(x).logits.dataSync(), (given.predict(x) as tf.Tensor).dataSync()];
    assert.ok(a.every((v, i) => Math.abs(v - (b[i] as number)) < 1e-5));
  });
  network.dispose();
});
