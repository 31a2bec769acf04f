/** Factor transfer and plain matching: sizes, options, fitting, values against the parts they are made of. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { match } from 'iekd/dist/methods/match';
import { type FtOptions, ft } from 'iekd/dist/methods/matchers/features/ft';
import { supervised } from 'iekd/dist/methods/supervised';
import { sgd } from 'iekd/dist/optim/optimizers/sgd';
import { trainStep } from 'iekd/dist/optim/step';
import { createWorld, images, number, type World } from '../../fixtures/methodNetworks';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = createWorld();
});
after(() => world.dispose());

describe('match(ft())', () => {
  test('is named ft, weighs the distance by 500, reads the last map of each', () => {
    const method = match(ft());
    assert.equal(method.name, 'ft');
    assert.deepEqual(method.options, {
      rate: 0.5,
      feature: 'last',
      distance: 'l1',
      coder: 'batchNorm',
      fit: { epochs: 30, learningRate: 0.1 },
      weight: 500,
    });
    const distillation = world.bind(method);
    assert.deepEqual(distillation.features, { teacher: ['stage3'], student: ['stage3'] });
    assert.deepEqual(distillation.state(), {});
    tf.tidy(() => {
      const [task, distance] = distillation.terms(world.step(distillation));
      assert.deepEqual([task?.name, task?.weight, distance?.name, distance?.weight], ['task', 1, 'ft', 500]);
      assert.equal(distance?.reduction, 'mean over elements of L2-normalised factors');
    });
  });

  const distances: readonly (readonly [string, bound: number, within: number])[] = [
    ['l1', 2 / Math.sqrt(128), 0.3],
    ['l2', 2 / Math.sqrt(128), 0.3],
    ['cosine', 2, 0.5],
  ];
  for (const [distance, bound, within] of distances) {
    test(`${distance}: at initialisation near its value for unrelated factors, and below its bound`, () => {
      const distillation = world.bind(match(ft({ distance })));
      const expected = distillation.expected ?? assert.fail();
      const unrelated = expected.unrelated ?? assert.fail();
      assert.ok(Math.abs(expected.bound - bound) < 1e-12);
      tf.tidy(() => {
        const value = number(distillation.terms(world.step(distillation))[1]?.value as tf.Scalar);
        assert.ok(value < bound && Math.abs(value / unrelated - 1) < within, `${value} for ${unrelated}`);
      });
    });
  }

  test('encoders are 64 → 32 → 64 for the teacher, 64 → 32 for the student; the rate changes both', () => {
    for (const [rate, to] of [
      [0.5, 32],
      [0.25, 16],
      [1, 64],
      [0.001, 1],
    ] as const) {
      const distillation = world.bind(match(ft({ rate })));
      const teacher = distillation.teacherStages[0]?.objective.variables;
      assert.deepEqual(teacher?.get('encode.4.weight').shape, [3, 3, 64, to]);
      assert.deepEqual(teacher?.get('decode.4.weight').shape, [3, 3, to, 64]);
      assert.deepEqual(distillation.variables.get('student.encode.4.weight').shape, [3, 3, 64, to]);
      assert.ok(distillation.variables.entries().every((v) => !v.name.includes('decode')));
    }
  });

  test('biased: fitted, encoded and decoded by FT’s own kind of coder, without a statistic on either side', () => {
    const distillation = world.bind(match(ft({ coder: 'biased' })));
    const teacher = distillation.teacherStages[0]?.objective.variables ?? assert.fail();
    assert.deepEqual(distillation.teacherStages[0]?.training, { epochs: 6, learningRate: 0.1, nesterov: false });
    assert.deepEqual(teacher.get('decode.1.weight').shape, [3, 3, 64, 32]);
    assert.deepEqual(distillation.variables.get('student.encode.1.bias').shape, [32]);
    for (const variables of [teacher, distillation.variables]) assert.ok(variables.entries().every((v) => v.trainable));
    tf.tidy(() => {
      const batch = { images: images(), targets: [tf.tensor1d([0, 0, 0, 0], 'int32')] };
      const [term] = distillation.teacherStages[0]?.objective.terms(batch, { step: 0, epoch: 0, epochs: 1 }) ?? [];
      assert.ok(Number.isFinite(number(term?.value as tf.Scalar)));
    });
  });

  test('its fitting lowers the reconstruction error, by training the encoder of the target', () => {
    const distillation = world.bind(match(ft({ fit: { epochs: 2 } })));
    const [fit] = distillation.teacherStages;
    assert.deepEqual([fit?.name, fit?.training], ['factor encoder', { epochs: 2, learningRate: 0.1 }]);
    const objective = fit?.objective ?? assert.fail();
    const optimizer = sgd(objective.variables);
    const target = (): number[] => tf.tidy(() => [...targetOf(distillation)]);
    const first = target();
    const losses = Array.from({ length: 6 }, (_, step) => {
      const batch = { images: images(), targets: [tf.tensor1d([0, 0, 0, 0], 'int32')] };
      const clock = { step, epoch: 0, epochs: 1 };
      const [term] = trainStep({ stage: 'fit', objective, optimizer, batch, clock, learningRate: 0.1 });
      tf.dispose(batch);
      assert.equal(term?.name, 'reconstruction');
      return term?.value ?? Number.NaN;
    });
    optimizer.dispose();
    assert.ok((losses[5] as number) < 0.8 * (losses[0] as number), `${losses}`);
    assert.notDeepEqual(target(), first);
  });
});

/** The distance's value stands for the target: it changes when the target does. */
function targetOf(distillation: ReturnType<World['bind']>): Float32Array {
  return distillation.terms(world.step(distillation))[1]?.value.dataSync() as Float32Array;
}

describe('supervised', () => {
  test('is the cross-entropy and nothing else', () => {
    const distillation = world.bind(supervised());
    tf.tidy(() => {
      const terms = distillation.terms(world.step(distillation));
      assert.deepEqual(
        terms.map(({ name, weight }) => [name, weight]),
        [['task', 1]],
      );
    });
    assert.deepEqual(distillation.variables.entries(), []);
  });
});

describe('refuses', () => {
  const unknown = (options: object): FtOptions => options as FtOptions;
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'an unknown option',
      () => ft(unknown({ beta: 500 })),
      'ft: expected options among rate, feature, distance, coder, fit, received "beta"',
    ],
    ['a rate of 0', () => ft({ rate: 0 }), 'ft: rate: expected a share above 0, at most 1, received 0'],
    ['a rate that is no number', () => ft({ rate: Number.NaN }), 'ft: rate: expected a share above 0, at most 1, received NaN'],
    [
      'an unknown distance',
      () => ft({ distance: 'l3' }),
      'ft: distance: expected one of l1, l2, cosine, cka, cka-rbf, received "l3"',
    ],
    ['an unknown coder', () => ft(unknown({ coder: 'x' })), 'ft: coder: expected one of batchNorm, biased, received "x"'],
    ['a fit that is no options', () => ft(unknown({ fit: 3 })), 'ft: fit: expected training options, received 3'],
    [
      'an unknown option of match',
      () => match(ft(), { ratio: 1 } as object),
      'ft: expected options among weight, received "ratio"',
    ],
    [
      'a rate that changes after the last epoch',
      () => ft({ fit: { epochs: 2, learningRate: { kind: 'multiStep', base: 0.1, at: [3], factor: 0.1 } } }),
      'ft: fit: learningRate: at: expected milestones before the end of 2 epochs, received [3]',
    ],
    ['a negative weight', () => match(ft(), { weight: -1 }), 'ft: weight: expected a number from 0, received -1'],
    ['an option of supervised', () => supervised({ x: 1 }), 'supervised: expected options among , received "x"'],
    [
      'a state of match',
      () => world.bind(match(ft())).restore({ channels: [] }),
      'ft: state: expected none, received {"channels":[]}',
    ],
  ];
  for (const [name, act, message] of rows) {
    test(name, () => assert.throws(act, { name: 'InputError', message }));
  }
});
