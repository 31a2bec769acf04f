/** Methods together: whose terms they are, under which names and weights, what is stored, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { buildMethod, type MethodSpec } from 'iekd/dist/methods/index';
import { kdMethod } from 'iekd/dist/methods/kd';
import { bornAgain } from 'iekd/dist/methods/logit/bornAgain';
import { dkd } from 'iekd/dist/methods/logit/dkd';
import { logitStandard } from 'iekd/dist/methods/logit/logitStandard';
import { match } from 'iekd/dist/methods/match';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { feed } from 'iekd/dist/methods/matchers/features/feed';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { od } from 'iekd/dist/methods/matchers/features/od';
import type { Method } from 'iekd/dist/methods/method';
import { mutual } from 'iekd/dist/methods/mutual';
import { sum } from 'iekd/dist/methods/sum';
import { supervised } from 'iekd/dist/methods/supervised';
import { weightAt } from 'iekd/dist/optim/weight';
import { detection } from 'iekd/dist/tasks/detection/detection';
import { random } from 'iekd/dist/util/rng';
import { number, smallWorld, type World, worldOf } from '../fixtures/methodNetworks';
import { smallNetwork } from '../fixtures/smallNetwork';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

type Seen = readonly (readonly [name: string, value: number, weight: number])[];

function seen(method: Method, epoch = 0): Seen {
  const distillation = world.bind(method);
  const rows: [string, number, number][] = [];
  tf.tidy(() => {
    const step = world.step(distillation);
    for (const { name, value, weight } of distillation.terms(step)) {
      rows.push([name, number(value), weightAt(weight, { ...step.clock, epoch })]);
    }
  });
  return rows;
}
const named = (method: Method, epoch?: number) => seen(method, epoch).map(([name, , weight]) => [name, weight]);

describe('terms', () => {
  test('are those of each method, the task’s those of the first, once', () => {
    const [task, kd] = seen(kdMethod());
    const [, inheritance, exploration] = seen(ie(ft()));
    assert.deepEqual(seen(sum(kdMethod(), ie(ft()))), [task, kd, inheritance, exploration]);
    const [whole] = seen(supervised());
    assert.deepEqual(seen(sum(ie(ft()), kdMethod())), [whole, inheritance, exploration, kd]);
    assert.deepEqual(seen(sum(kdMethod())), [task, kd]);
  });

  test('weights multiply a method’s own terms, over epochs too; the sign of what is pushed away stays', () => {
    const falling = { kind: 'linear', base: 1 } as const;
    const method = sum(supervised(), { method: ie(at()), weight: falling }, { method: kdMethod(), weight: 2 });
    const at0 = [
      ['task', 1],
      ['inheritance', 50],
      ['exploration', -50],
      ['kd', 2 * 0.9 * 16],
    ];
    assert.deepEqual(named(method), at0);
    assert.deepEqual(named(method, 5), [at0[0], ['inheritance', 25], ['exploration', -25], at0[3]]);
    assert.deepEqual(named(method, 10).slice(1, 3), [
      ['inheritance', 0],
      ['exploration', 0],
    ]);
  });

  test('of one name get the number of their method', () => {
    const method = sum(ie(at()), ie(ft()), kdMethod());
    assert.deepEqual(
      named(method).map(([name]) => name),
      ['task', 'inheritance.1', 'exploration.1', 'inheritance.2', 'exploration.2', 'kd'],
    );
    const distillation = world.bind(method);
    tf.tidy(() => {
      const branches = distillation.compare(world.step(distillation), true).map(({ branch }) => branch);
      assert.deepEqual(branches, ['inheritance.1', 'exploration.1', 'inheritance.2', 'exploration.2']);
    });
  });

  test('a method of fewer teachers has the first of them', () => {
    const method = sum(match(feed()), kdMethod());
    assert.equal(method.teachers, 2);
    const { student } = world;
    const [first, second] = world.teachersOf(2);
    const kd = (teacher: typeof first): number => {
      const other = worldOf(student, teacher ? [teacher] : []);
      const bound = other.bind(kdMethod());
      return tf.tidy(() => [number(bound.terms(other.step(bound))[1]?.value as tf.Scalar)])[0] as number;
    };
    const own = seen(method).find(([name]) => name === 'kd')?.[1] as number;
    assert.equal(own, kd(first));
    assert.notEqual(own, kd(second));
  });
});

test('maps are asked for once, stages have names of their own, a first stage trains by the terms of its method', () => {
  const { features, teacherStages, pretrainStages } = world.bind(
    sum(match(ft()), ie(ft()), kdMethod(), match(ab({ pretrain: 2 }))),
  );
  assert.deepEqual(features, {
    teacher: ['stage3', 'stage1.pre', 'stage2.pre', 'stage3.pre'],
    student: ['stage3', 'stage1.pre', 'stage2.pre', 'stage3.pre'],
  });
  assert.deepEqual(
    teacherStages.map(({ name }) => name),
    ['factor encoder.1', 'factor encoder.2'],
  );
  assert.deepEqual(
    pretrainStages?.map(({ name, training }) => [name, training.epochs]),
    [['pretrain', 2]],
  );
});

test('what each method has decided is stored by its place and restored', () => {
  const make = (seed: number) => world.bind(sum(kdMethod(), ie(ft(), { split: 'random' })), seed);
  const [a, b] = [make(1), make(2)];
  const state = JSON.parse(JSON.stringify(a.state()));
  assert.deepEqual(state.methods[0], {});
  assert.notDeepEqual(b.state(), state);
  b.restore(state);
  assert.deepEqual(b.state(), state);
});

test('a description, and what is written down of a method in code, build the same', () => {
  const specs: readonly MethodSpec[] = [
    {
      name: 'sum',
      of: [{ name: 'dkd' }, { method: { name: 'ie-ft', explore: { how: 'shared' } }, weight: { kind: 'cosine', base: 1 } }],
    },
    {
      name: 'sum',
      of: [
        { name: 'sum', of: [{ name: 'kd' }, { name: 'at' }] },
        { name: 'logit-standard', over: { name: 'nkd' } },
      ],
    },
  ];
  for (const spec of specs) {
    const { options } = buildMethod(spec);
    assert.deepEqual(buildMethod({ name: 'sum', ...JSON.parse(JSON.stringify(options)) }).options, options);
  }
  const inCode = sum(dkd(), { method: ie(ft(), { explore: { how: 'shared' } }), weight: { kind: 'cosine', base: 1 } });
  assert.deepEqual(buildMethod(specs[0] as MethodSpec).options, inCode.options);
});

describe('refuses', () => {
  const spec = (last: number): string =>
    `{"channels":[4,6,${last}],"classes":10,"input":[8,8,3],"name":"small","prefix":"stage","strides":[1,2,2]}`;
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    ['nothing', () => sum(), 'sum: expected at least one method, received 0'],
    [
      'a matcher',
      () => sum(ft() as never),
      'sum: method 1: expected a method, received the matcher ft; match(ft()) and ie(ft()) make one of it',
    ],
    [
      'an unknown entry',
      () => sum({ method: kdMethod(), times: 2 } as never),
      'sum: method 1: expected options among method, weight, received "times"',
    ],
    [
      'a weight below 0',
      () => sum({ method: kdMethod(), weight: -1 }),
      'sum: method 1: weight: expected a number from 0, received -1',
    ],
    ['peers', () => sum(mutual(), kdMethod()), 'sum: expected methods without peers, received dml'],
    ['a list that is none', () => buildMethod({ name: 'sum', of: 'kd' }), 'sum: of: expected a list of methods, received "kd"'],
    [
      'teachers in two modes',
      () => world.bind(sum(kdMethod(), match(od({ teacherMode: 'training' })))),
      'sum: expected methods that run the teacher in one mode, received evaluation and training',
    ],
    [
      'networks that learn from each other',
      () =>
        mutual(sum(match(at()))).build({ student: world.student, teachers: [], peers: world.peersOf(true), random: random(0) }),
      'sum: expected frozen teachers, received networks that learn from each other',
    ],
    [
      'a state of other methods',
      () => world.bind(sum(kdMethod(), ie(ft()))).restore({ methods: [] }),
      'sum: state: methods: expected a state of each of 2 methods, received 0',
    ],
    [
      'z-scores before maps',
      () => logitStandard(match(ft())),
      "logit-standard: expected a method of a teacher's logits, received ft; kd and dkd are",
    ],
    [
      'z-scores before maps and logits',
      () => world.bind(logitStandard(sum(kdMethod(), match(ft())))),
      'logit-standard: expected a method of logits alone, received sum, which compares stage3',
    ],
    [
      'a teacher of another kind where generations are born again',
      () => {
        const other = smallNetwork(random(1), { channels: [4, 6, 7] });
        try {
          bornAgain().build({ student: world.student, teachers: [other], random: random(0) });
        } finally {
          other.dispose();
        }
      },
      `born-again: expected a teacher of the student's own kind, ${spec(5)}, received ${spec(7)}; kd takes any teacher`,
    ],
    [
      'a task that tells no classes apart',
      () =>
        dkd().build({
          student: world.student,
          teachers: world.teachersOf(1),
          random: random(0),
          task: { ...detection(), check: () => undefined },
        }),
      'dkd: expected a task that tells classes apart, received detection, which does not',
    ],
  ];
  for (const [name, act, message] of rows) {
    test(`${name}, leaking nothing`, () => {
      const tensors = tf.memory().numTensors;
      assert.throws(act, { name: 'InputError', message });
      if (!name.startsWith('a state')) assert.equal(tf.memory().numTensors, tensors);
    });
  }
});
