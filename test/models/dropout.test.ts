/** Dropout: what is dropped, by which numbers, and that a run which drops goes on bit for bit. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { supervised } from 'iekd/dist/methods/supervised';
import { buildNetwork } from 'iekd/dist/models/index';
import { dropout } from 'iekd/dist/models/layers/functional';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { variablesHash } from 'iekd/dist/training/checkpoint/runDescription';
import { train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData } from '../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

const variables = new Variables();
const x = (size = 20): tf.Tensor4D => tf.ones([5, size, size, 5]);
const valuesOf = (t: tf.Tensor): number[] => [...t.dataSync()];

describe('dropout', () => {
  const context = { variables, training: true, random: random(1) };

  test('keeps a share of 1 − rate (to four standard deviations) and divides it by that; its gradient is the same mask', () => {
    tf.tidy(() => {
      const y = valuesOf(dropout(x(), 'a', 0.3, context));
      const kept = y.filter((v) => v !== 0);
      assert.ok(kept.every((v) => v === Math.fround(1 / 0.7)));
      assert.ok(Math.abs(kept.length / y.length - 0.7) < 4 * Math.sqrt((0.3 * 0.7) / y.length), `${kept.length}`);
      assert.deepEqual(valuesOf(tf.grad((t) => dropout(t as tf.Tensor4D, 'a', 0.3, context))(x())), y);
    });
  });

  test('draws by the name of the layer, which other layers do not move', () => {
    tf.tidy(() => {
      const [a, b] = ['a', 'b'].map((name) => valuesOf(dropout(x(4), name, 0.5, context)));
      assert.notDeepEqual(a, b);
      assert.deepEqual(valuesOf(dropout(x(4), 'a', 0.5, context)), a);
      const other = { ...context, random: random(1).child('step/1') };
      assert.notDeepEqual(valuesOf(dropout(x(4), 'a', 0.5, other)), a);
    });
  });

  test('is nothing in evaluation mode, and at rate 0, where it needs no random numbers', () => {
    tf.tidy(() => {
      const map = x(2);
      assert.equal(dropout(map, 'a', 0.5, { variables, training: false }), map);
      assert.equal(dropout(map, 'a', 0, { variables, training: true }), map);
    });
  });
});

describe('networks with dropout', () => {
  const rows: readonly NetworkSpec[] = [
    { name: 'wrn-10-1', input: [4, 4, 1], dropout: 0.3 },
    { name: 'vgg8', input: [4, 4, 1], pools: 2, hidden: 16, dropout: 0.5 },
    { name: 'mobilenetv2', input: [8, 8, 1], width: 0.1, dropout: 0.2 },
  ];
  const images = ({ input }: Network): tf.Tensor4D => tf.randomNormal([2, ...input], 0, 1, 'float32', 1);

  for (const spec of rows) {
    test(`${spec.name}: the same numbers drop the same values, others others; evaluation drops none`, () => {
      const network = buildNetwork(spec, random(7));
      tf.tidy(() => {
        const inMode = (training: boolean, seed: number): number[] =>
          valuesOf(network.forward(images(network), { training, random: random(seed) }).logits);
        assert.deepEqual(inMode(false, 1), inMode(false, 2));
        assert.deepEqual(inMode(true, 1), inMode(true, 1));
        assert.notDeepEqual(inMode(true, 1), inMode(true, 2));
      });
      network.dispose();
    });
  }

  test('need random numbers in training mode, where it is above 0', () => {
    for (const rate of [0.3, 0]) {
      const network = buildNetwork({ ...rows[0], name: 'wrn-10-1', dropout: rate }, random(7));
      tf.tidy(() => {
        const forward = () => network.forward(images(network), { training: true });
        const message =
          'forward: block1.layer.0: expected the option random, since dropout draws in training mode, received undefined';
        if (rate > 0) assert.throws(forward, { name: 'InputError', message });
        else forward();
      });
      network.dispose();
    }
  });
});

describe('a run with dropout', () => {
  const root = mkdtempSync(join(tmpdir(), 'iekd-dropout-'));
  after(() => rmSync(root, { recursive: true }));

  /** Two epochs of three steps. @returns the weights' hash */
  async function run(folder: string, dropout: number, settings: Partial<TrainOptions> = {}): Promise<string> {
    const student = buildNetwork({ name: 'wrn-10-1', input: [4, 4, 1], classes: 3, dropout }, random(1));
    const result = await train({
      student,
      method: supervised(),
      data: tinyData(),
      training: { epochs: 2, batch: 8, learningRate: 0.05 },
      checkpoint: { folder: join(root, folder) },
      ...settings,
    });
    const hash = variablesHash(student.variables);
    result.dispose();
    student.dispose();
    return hash;
  }

  test('draws other numbers in every step', async () => {
    const student = buildNetwork({ name: 'wrn-10-1', input: [4, 4, 1], classes: 3 }, random(1));
    const drawn: (number | undefined)[] = [];
    const forward: Network['forward'] = (images, options) => {
      if (options?.training) drawn.push(options.random?.stream('dropout/any').uint32());
      return student.forward(images, options);
    };
    const training = { epochs: 2, batch: 8, learningRate: 0.05 };
    const result = await train({ student: { ...student, forward }, method: supervised(), data: tinyData(), training });
    assert.equal(drawn.length, 6);
    assert.equal(new Set(drawn).size, 6);
    assert.ok(!drawn.includes(undefined));
    result.dispose();
    student.dispose();
  });

  test('is a function of its seed, and ends the same when it is broken off', async () => {
    const whole = await run('whole', 0.3);
    assert.equal(await run('again', 0.3), whole);
    assert.notEqual(await run('none', 0), whole);
    for (const at of [1, 4]) {
      const stop = stopSignal();
      const folder = `stopped-${at}`;
      const listener: NonNullable<TrainOptions['listeners']>[number] = (event) => {
        if (event.kind === 'step' && event.step === at) stop.request('asked to');
      };
      assert.notEqual(await run(folder, 0.3, { stop, listeners: [listener] }), whole);
      assert.equal(await run(folder, 0.3, { resume: true }), whole, `stopped after step ${at}`);
    }
  });
});
