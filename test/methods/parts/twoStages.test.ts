/** Two stages: the method's own loss first, then labels, a teacher's probabilities, or both; AB and FSP, which have them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { klDivergence } from 'iekd/dist/losses/kl';
import type { Distillation } from 'iekd/dist/methods/distillation';
import { ie } from 'iekd/dist/methods/ie';
import { match } from 'iekd/dist/methods/match';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { fitnet } from 'iekd/dist/methods/matchers/features/fitnet';
import { fsp } from 'iekd/dist/methods/matchers/relations/fsp';
import type { Method } from 'iekd/dist/methods/method';
import { weightAt } from 'iekd/dist/optim/weight';
import { random } from 'iekd/dist/util/rng';
import { CLOCK, number, smallWorld, type World, worldOf } from '../../fixtures/methodNetworks';
import { smallNetwork } from '../../fixtures/smallNetwork';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

/** Weights of a stage's terms by name. */
function weights(distillation: Distillation, stage: Pick<Distillation, 'terms'>): Record<string, number> {
  return tf.tidy(() =>
    Object.fromEntries(stage.terms(world.step(distillation)).map((term) => [term.name, weightAt(term.weight, CLOCK)])),
  );
}

describe('stages', () => {
  const rows: readonly (readonly [string, Method, first: object | undefined, epochs: number, second: object])[] = [
    ['ab', match(ab()), { ab: 0.003 }, 30, { task: 0, kd: 1, ab: 0 }],
    ['ab, then labels', match(ab({ second: { task: 1, soft: 0 } })), { ab: 0.003 }, 30, { task: 1, ab: 0 }],
    ['ie-ab', ie(ab()), { inheritance: 0.003, exploration: 1 }, 30, { task: 0, kd: 1, inheritance: 0, exploration: 0 }],
    ['ab in one stage', match(ab({ pretrain: 0 })), undefined, 0, { task: 1, ab: 0.003 }],
    ['fsp', match(fsp()), { fsp: 1 }, 30, { task: 1, fsp: 0 }],
    ['fsp, then both', match(fsp({ second: { soft: 9, temperature: 3 } })), { fsp: 1 }, 30, { task: 1, kd: 9, fsp: 0 }],
    [
      'ie-fsp, so many epochs',
      ie(fsp({ pretrain: 5 })),
      { inheritance: 1, exploration: 1 },
      5,
      { task: 1, inheritance: 0, exploration: 0 },
    ],
    ['fitnet in one stage', match(fitnet()), undefined, 0, { task: 1, fitnet: 100 }],
    ['fitnet in two', match(fitnet({ pretrain: 2 })), { fitnet: 100 }, 2, { task: 1, fitnet: 0 }],
  ];
  for (const [name, method, first, epochs, second] of rows) {
    test(name, () => {
      const distillation = world.bind(method);
      const [introduction, ...others] = distillation.pretrainStages ?? [];
      assert.equal(others.length, 0);
      assert.equal(introduction?.training.epochs ?? 0, epochs);
      assert.deepEqual(introduction && weights(distillation, introduction), first);
      assert.deepEqual(weights(distillation, distillation), second);
    });
  }

  test('the second one’s term is the divergence from the teacher’s probabilities at T', () => {
    const distillation = world.bind(match(ab()));
    tf.tidy(() => {
      const step = world.step(distillation);
      const soft = distillation.terms(step).find((term) => term.name === 'kd');
      const expected = klDivergence(step.student.logits, step.teachers[0]?.logits as tf.Tensor2D, 3);
      assert.equal(number(soft?.value as tf.Scalar), number(expected));
    });
  });

  test('the teacher is in training mode in the first alone, if anywhere', () => {
    const distillation = world.bind(match(ab({ teacherMode: 'training' })));
    assert.equal(distillation.pretrainStages?.[0]?.teacherMode, 'training');
    assert.equal(distillation.teacherMode, 'evaluation');
  });
});

describe('connectors', () => {
  const wide = (): World => worldOf(smallNetwork(random(1)), [smallNetwork(random(2), { name: 'wide', channels: [4, 8, 9] })]);
  const convolutions = (distillation: Distillation): Record<string, unknown> => {
    const list = distillation.variables.entries().filter((v) => v.name.endsWith('conv.weight'));
    return Object.fromEntries(list.map(({ name, variable }) => [name.replace('.conv.weight', ''), variable.shape.slice(2)]));
  };
  const rows: readonly (readonly [string, Method, object])[] = [
    ['ab: everywhere', match(ab()), { 'student.0': [4, 4], 'student.1': [6, 8], 'student.2': [5, 9] }],
    ['ab: where widths differ', match(ab({ connector: 'differing' })), { 'student.1': [6, 8], 'student.2': [5, 9] }],
    ['fsp: where widths differ', match(fsp()), { 'student.1': [6, 8], 'student.2': [5, 9] }],
    ['fsp: everywhere', match(fsp({ connector: 'always' })), { 'student.0': [4, 4], 'student.1': [6, 8], 'student.2': [5, 9] }],
    [
      'ie-fsp: each half of 2, 3 and 3 or 2 channels',
      ie(fsp()),
      {
        'inheritance.0': [2, 4],
        'inheritance.1': [3, 8],
        'inheritance.2': [3, 9],
        'exploration.0': [2, 4],
        'exploration.1': [3, 8],
        'exploration.2': [2, 9],
      },
    ],
  ];
  for (const [name, method, expected] of rows) {
    test(name, () => {
      const pair = wide();
      assert.deepEqual(convolutions(pair.bind(method)), expected);
      pair.dispose();
    });
  }

  test('fsp between networks of one width has none, and is the distance of their own Gram matrices', () => {
    const distillation = world.bind(match(fsp()));
    assert.deepEqual(distillation.variables.entries(), []);
    tf.tidy(() => {
      const step = world.step(distillation);
      const [part] = distillation.compare(step, false);
      assert.deepEqual(
        part?.factor.map((t) => t.shape),
        [
          [4, 4, 6],
          [4, 6, 5],
        ],
      );
    });
  });

  const never = (method: Method, name: string, map: string) =>
    [
      method,
      `${name}: expected a student map with the 8 channels of its target, received ${map}; a 1×1 convolution 6 → 8 would fit: connector "differing"`,
    ] as const;
  for (const [method, message] of [
    never(match(fsp({ connector: 'never' })), 'fsp', 'stage2 of 4×4×6'),
    never(match(ab({ connector: 'never' })), 'ab', 'stage2.pre of 4×4×6'),
  ]) {
    test(`refuses ${method.name} without them where widths differ, leaking nothing`, () => {
      const pair = wide();
      const tensors = tf.memory().numTensors;
      assert.throws(() => pair.bind(method), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, tensors);
      pair.dispose();
    });
  }
});

describe('refuses', () => {
  const unknown = (options: object): object => options;
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    ['a margin of 0', () => ab({ margin: 0 }), 'ab: margin: expected a number above 0, received 0'],
    [
      'an unknown option of ab',
      () => ab(unknown({ m: 1 })),
      'ab: expected options among features, margin, connector, teacherMode, pretrain, second, received "m"',
    ],
    [
      'an unknown option of fsp',
      () => fsp(unknown({ m: 1 })),
      'fsp: expected options among features, pooling, connector, pretrain, second, received "m"',
    ],
    ['an unknown pooling', () => fsp(unknown({ pooling: 'sum' })), 'fsp: pooling: expected one of max, average, received "sum"'],
    [
      'an unknown connector',
      () => fsp(unknown({ connector: 'auto' })),
      'fsp: connector: expected one of always, differing, never, received "auto"',
    ],
    [
      'an unknown mode',
      () => ab(unknown({ teacherMode: 'train' })),
      'ab: teacherMode: expected one of evaluation, training, received "train"',
    ],
    ['half an epoch', () => ab({ pretrain: 0.5 }), `ab: pretrain: expected an integer from 0, received 0.5`],
    [
      'an unknown entry of the second stage',
      () => ab({ second: unknown({ t: 3 }) }),
      'ab: second: expected options among task, soft, temperature, received "t"',
    ],
    [
      'a temperature of 0',
      () => ab({ second: { temperature: 0 } }),
      'ab: second: temperature: expected a number above 0, received 0',
    ],
    ['a negative weight', () => fsp({ second: { soft: -1 } }), 'fsp: second: soft: expected a number from 0, received -1'],
    [
      'a second stage without a loss',
      () => fitnet({ second: { task: 0 } }),
      'fitnet: second: expected a weight above 0, received {"task":0,"soft":0,"temperature":4}',
    ],
    [
      'a second stage that is none',
      () => fitnet({ second: 'kd' as unknown as object }),
      'fitnet: second: expected task, soft, temperature, received "kd"',
    ],
    [
      'a section of one map',
      () => world.bind(match(fsp({ features: ['stage2'] }))),
      'fsp: expected at least two maps, received stage2 of 4×4×6',
    ],
  ];
  for (const [name, act, message] of rows) {
    test(name, () => assert.throws(act, { name: 'InputError', message }));
  }

  test('sections whose sizes do not divide', () => {
    const input = [5, 5, 3] as const;
    const pair = worldOf(smallNetwork(random(1), { input }), [smallNetwork(random(2), { input })]);
    const message =
      "fsp: expected maps of which one has a size that divides the next one's, received stage1 of 5×5×4 and stage2 of 3×3×6";
    assert.throws(() => pair.bind(match(fsp())), { name: 'InputError', message });
    pair.dispose();
  });
});
