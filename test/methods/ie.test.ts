/** IE over any matcher: what is split, pulled, pushed, stored and refused; values against the parts it is made of. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { normalisedL1 } from 'iekd/dist/losses/normalisedDistance';
import type { Distillation } from 'iekd/dist/methods/distillation';
import { type IeOptions, ie } from 'iekd/dist/methods/ie';
import { match } from 'iekd/dist/methods/match';
import type { Distance, Matcher } from 'iekd/dist/methods/matcher';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { featureNamed } from 'iekd/dist/models/forwardChecks';
import { weightAt } from 'iekd/dist/optim/weight';
import { random } from 'iekd/dist/util/rng';
import { createWorld, number, type World } from '../fixtures/methodNetworks';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = createWorld();
});
after(() => world.dispose());

type Seen = Record<string, { value: number; weight: number }>;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

function terms(distillation: Distillation, epoch = 0): Seen {
  return tf.tidy(() => {
    const step = world.step(distillation, { step: 0, epoch, epochs: 10 });
    const rows = distillation
      .terms(step)
      .map(({ name, value, weight }) => [name, { value: number(value), weight: weightAt(weight, step.clock) }] as const);
    return Object.fromEntries(rows);
  }) as Seen;
}

/** A matcher without encoders: the target is the teacher's map, the factor the mean over the part's channels. */
function meanMatcher(change: Partial<Distance> = {}, features: readonly string[] = ['stage3']): Matcher {
  const mean = (maps: readonly tf.Tensor4D[]) => maps.map((map) => tf.mean(map, 3));
  return {
    name: 'mean',
    options: {},
    features: { teacher: features, student: features },
    weights: { match: 3 },
    teacherSide: (infos) => ({ shapes: infos.map((f) => [f.height, f.width]), variables: new Variables(), target: mean }),
    studentSide: () => ({ variables: new Variables(), factor: mean }),
    distance: {
      of: (factor, target) =>
        factor.map((f, i) => normalisedL1(f, target[i] as tf.Tensor)).reduce((a, b) => tf.add<tf.Scalar>(a, b)),
      reduction: 'sum',
      sizeExponent: -0.5,
      repulsion: 'negate',
      expected: () => ({ bound: 1, unrelated: 0.5 }),
      ...change,
    },
  };
}

describe('terms', () => {
  test('ie-ft: task, + 50 inheritance, − 50 exploration, near the distance of unrelated factors', () => {
    const distillation = world.bind(ie(ft()));
    const { task, inheritance, exploration } = terms(distillation);
    assert.equal(task?.weight, 1);
    assert.equal(inheritance?.weight, 50);
    assert.equal(exploration?.weight, -50);
    const { bound, unrelated = assert.fail() } = distillation.expected ?? assert.fail();
    assert.ok(Math.abs(bound - 2 / Math.sqrt(2 * 2 * 32)) < 1e-12);
    for (const term of [inheritance, exploration])
      assert.ok(Math.abs((term?.value ?? 0) / unrelated - 1) < 0.3, `${term?.value}`);
    assert.notEqual(inheritance?.value, exploration?.value);
  });

  test('are the distances of the two parts of the map, each by its own channels', () => {
    const distillation = world.bind(ie(meanMatcher(), { ratio: 0.25, inherit: 2, explore: 3 }));
    tf.tidy(() => {
      const step = world.step(distillation);
      const [, inheritance, exploration] = distillation.terms(step);
      const own = step.student.features.stage3 as tf.Tensor4D;
      const target = tf.mean(step.teachers[0]?.features.stage3 as tf.Tensor4D, 3);
      const expected = (from: number, size: number): number =>
        number(normalisedL1(tf.mean(tf.slice(own, [0, 0, 0, from], [4, 2, 2, size]), 3), target));
      assert.ok(Math.abs(number(inheritance?.value as tf.Scalar) - expected(0, 16)) < 1e-6);
      assert.ok(Math.abs(number(exploration?.value as tf.Scalar) - expected(16, 48)) < 1e-6);
      assert.deepEqual([inheritance?.weight, exploration?.weight], [2, -3]);
    });
  });

  test('each part draws its own channels: the gradient of one term stays in one half of the map', () => {
    const distillation = world.bind(ie(ft(), { split: 'random' }));
    const channels = (distillation.state().channels as Record<string, { inheritance: number[]; exploration: number[] }>).stage3;
    tf.tidy(() => {
      const step = world.step(distillation);
      const map = step.student.features.stage3 as tf.Tensor4D;
      for (const part of ['inheritance', 'exploration'] as const) {
        const gradient = tf.grad((x) => {
          const student = { ...step.student, features: { stage3: x as tf.Tensor4D } };
          return distillation.terms({ ...step, student }).find((t) => t.name === part)?.value as tf.Scalar;
        })(map);
        const byChannel = tf.max(tf.abs(gradient), [0, 1, 2]).dataSync();
        const reached = [...byChannel.keys()].filter((i) => (byChannel[i] as number) > 0);
        assert.deepEqual(reached, channels?.[part]);
      }
    });
  });

  const repels: Distance['repulsion'] = () => tf.scalar(7);
  const cases: readonly (readonly [string, Matcher, IeOptions, Record<string, number>])[] = [
    ['ratio 1: no exploration', meanMatcher(), { ratio: 1 }, { task: 1, inheritance: 50 }],
    ['ratio 0: no inheritance', meanMatcher(), { ratio: 0 }, { task: 1, exploration: -50 }],
    [
      'a repulsion of its own is minimised',
      meanMatcher({ repulsion: repels }),
      {},
      { task: 1, inheritance: 50, exploration: 50 },
    ],
    ['weight 0 measures and leaves alone', meanMatcher(), { explore: 0 }, { task: 1, inheritance: 50, exploration: 0 }],
  ];
  for (const [name, matcher, options, weights] of cases) {
    test(name, () => {
      const seen = terms(world.bind(ie(matcher, options)));
      assert.deepEqual(Object.fromEntries(Object.entries(seen).map(([term, { weight }]) => [term, weight])), weights);
      if (matcher.distance.repulsion === repels) assert.equal(seen.exploration?.value, 7);
    });
  }

  test('weights follow their schedules', () => {
    const explore = { kind: 'multiStep', base: 40, at: [4], factor: 0.5 } as const;
    const inherit = { kind: 'cosine', base: 10, warmUp: { epochs: 2 } } as const;
    const distillation = world.bind(ie(meanMatcher(), { explore, inherit }));
    assert.deepEqual(
      [0, 3, 4].map((epoch) => terms(distillation, epoch).exploration?.weight),
      [-40, -40, -20],
    );
    assert.deepEqual(
      [0, 1, 2, 10].map((epoch) => terms(distillation, epoch).inheritance?.weight),
      [0, 5, 10, 0],
    );
  });

  test('a matcher of several maps has each of them split by itself', () => {
    const distillation = world.bind(ie(meanMatcher({}, ['stage2', 'stage3']), { split: 'random' }));
    const { channels } = distillation.state() as { channels: Record<string, { inheritance: number[] }> };
    assert.deepEqual([channels.stage2?.inheritance.length, channels.stage3?.inheritance.length], [16, 32]);
    assert.deepEqual(Object.keys(terms(distillation)), ['task', 'inheritance', 'exploration']);
  });
});

describe('student sides', () => {
  test('each sees its part: 32 → 32 at one half, 16 → 32 and 48 → 32 at a quarter', () => {
    const sizes = (ratio: number): unknown[] =>
      ['inheritance', 'exploration'].map((part) => {
        return world.bind(ie(ft(), { ratio })).variables.get(`${part}.encode.4.weight`).shape;
      });
    assert.deepEqual(sizes(0.5), [
      [3, 3, 32, 32],
      [3, 3, 32, 32],
    ]);
    assert.deepEqual(sizes(0.25), [
      [3, 3, 16, 32],
      [3, 3, 48, 32],
    ]);
  });

  test('start from different values', () => {
    const { variables } = world.bind(ie(ft()));
    const values = (part: string) => variables.get(`${part}.encode.1.weight`).dataSync();
    assert.notDeepEqual(values('inheritance'), values('exploration'));
  });
});

describe('state', () => {
  test('a random split is drawn from the seed, stored, and restored: the terms are then the same', () => {
    const [a, b] = [world.bind(ie(meanMatcher(), { split: 'random' }), 1), world.bind(ie(meanMatcher(), { split: 'random' }), 2)];
    assert.notDeepEqual(a.state(), b.state());
    const before = terms(b).inheritance?.value;
    b.restore(a.state());
    assert.deepEqual(b.state(), a.state());
    assert.notEqual(terms(b).inheritance?.value, before);
    assert.equal(terms(b).inheritance?.value, terms(a).inheritance?.value);
  });

  const natural = { inheritance: range(0, 32), exploration: range(32, 64) };
  test('natural: the first channels inherit', () => {
    assert.deepEqual(world.bind(ie(ft())).state(), { channels: { stage3: natural } });
  });

  const bad: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['another key', { split: 1 }, 'ie-ft: state: expected options among channels, received "split"'],
    [
      'another map',
      { channels: { stage2: natural } },
      'ie-ft: state: channels: expected options among stage3, received "stage2"',
    ],
    [
      'no split',
      { channels: {} },
      'ie-ft: state: stage3: expected a split of 64 channels into 32 that inherit and 32 that explore, received undefined',
    ],
    [
      'a split of another ratio',
      { channels: { stage3: { inheritance: [0], exploration: [1] } } },
      'ie-ft: state: stage3: expected a split of 64 channels into 32 that inherit and 32 that explore, received {"inheritance":[0],"exploration":[1]}',
    ],
  ];
  for (const [name, state, message] of bad) {
    test(`refuses ${name}, and keeps its own`, () => {
      const distillation = world.bind(ie(ft()));
      assert.throws(() => distillation.restore(state), { name: 'InputError', message });
      assert.deepEqual(distillation.state(), { channels: { stage3: natural } });
    });
  }
});

describe('refuses', () => {
  const { repulsion: _, ...withoutRepulsion } = meanMatcher().distance;
  const { expected: __, ...withoutBound } = meanMatcher().distance;
  const hint = 'the loss could fall without end; declare a bounded function as its repulsion';
  const unknown = (options: object): IeOptions => options as IeOptions;
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'an unbounded distance without a repulsion',
      () => ie({ ...meanMatcher(), distance: withoutRepulsion }),
      `ie-mean: expected a matcher that can push away within a bound, received mean, whose distance is unbounded and which declares no repulsion; ${hint}`,
    ],
    [
      'a negated distance without a stated bound',
      () => ie({ ...meanMatcher(), distance: withoutBound }),
      `ie-mean: expected a matcher that can push away within a bound, received mean, which negates a distance without stating its bound; ${hint}`,
    ],
    [
      'a negated distance whose bound is infinite',
      () => world.bind(ie(meanMatcher({ expected: () => ({ bound: Number.POSITIVE_INFINITY, unrelated: 1 }) }))),
      `ie-mean: expected a matcher that can push away within a bound, received mean, which negates a distance without a finite bound; ${hint}`,
    ],
    [
      'an unknown option',
      () => ie(ft(), unknown({ weight: 3 })),
      'ie-ft: expected options among ratio, split, inherit, explore, received "weight"',
    ],
    ['a ratio beyond 1', () => ie(ft(), { ratio: 2 }), 'ie-ft: ratio: expected a number in [0, 1], received 2'],
    [
      'an unknown split',
      () => ie(ft(), unknown({ split: 'relation' })),
      'ie-ft: split: expected one of natural, random, received "relation"',
    ],
    ['a negative weight', () => ie(ft(), { explore: -50 }), 'ie-ft: explore: expected a number from 0, received -50'],
    [
      'a feature the networks lack',
      () => world.bind(ie(ft({ feature: 'stage4' }))),
      'ie-ft: features of resnet8: expected one of stage1.pre, stage1, stage2.pre, stage2, stage3.pre, stage3, received "stage4"',
    ],
    [
      'no teacher',
      () => ie(ft()).build({ student: world.student, teachers: [], random: random(0) }),
      'ft: expected one teacher, received 0',
    ],
    [
      'two teachers',
      () => match(ft()).build({ student: world.student, teachers: [world.teacher, world.teacher], random: random(0) }),
      'ft: expected one teacher, received 2',
    ],
  ];
  for (const [name, act, message] of rows) {
    test(`${name}, leaking nothing`, () => {
      const tensors = tf.memory().numTensors;
      assert.throws(act, { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, tensors);
    });
  }

  test('maps of different sizes, naming both and what would fit, for ie and plain matching', () => {
    const larger = createWorld([16, 16, 3]);
    const tensors = tf.memory().numTensors;
    const info = featureNamed('x', larger.student.features, 'stage3');
    assert.equal(info.height, 4);
    const message = (name: string): string =>
      `${name}: expected a map of resnet8 of the size of the teacher's stage3 of 2×2×64, received stage3 of 4×4×64; the teacher has stage2 of 4×4: name them as { teacher, student }, or ask for 'common'`;
    assert.throws(() => larger.bind(ie(ft())), { name: 'InputError', message: message('ie-ft') });
    assert.throws(() => larger.bind(match(ft())), { name: 'InputError', message: message('ft') });
    assert.equal(tf.memory().numTensors, tensors);
    larger.dispose();
  });
});
