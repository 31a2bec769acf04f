/** What every method of the table keeps to, without one of them being named; exceptions stand in tables. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { Distillation } from 'iekd/dist/methods/distillation';
import { buildMethod, describeMethods } from 'iekd/dist/methods/index';
import type { MethodContext } from 'iekd/dist/methods/method';
import type { ForwardOptions, Network } from 'iekd/dist/models/types';
import type { Objective, TensorBatch } from 'iekd/dist/optim/objective';
import { studentObjective } from 'iekd/dist/training/studentObjective';
import { random } from 'iekd/dist/util/rng';
import { images, number, numbers, smallWorld, TRAINED_ON, type World, weightedSum as weighted } from '../fixtures/methodNetworks';

let world: World;
let oneClass: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
  oneClass = smallWorld({ classes: 1 });
});
after(() => {
  world.dispose();
  oneClass.dispose();
});

const clock = { step: 0, epoch: 0, epochs: 10 };
const batch = (labels = [0, 3, 9, 3]): TensorBatch => {
  return { images: images(labels.length), targets: [tf.tensor1d(labels, 'int32')], numbers: () => numbers(labels.length) };
};
/** The terms of all rounds of a step. */
const allTerms = ({ rounds = 1, terms }: Objective, on = batch()) =>
  Array.from({ length: rounds }, (_, round) => terms(on, clock, undefined, round)).flat();
const largest = (x: tf.Tensor): number => number(tf.max(tf.abs(x)));

/** The state of a method that splits a student. */
interface Split {
  readonly channels: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

type Networks = Pick<MethodContext, 'student' | 'teachers' | 'peers'>;

/** The stages that train the student, in order. */
function studentStages(distillation: Distillation, { student, teachers, peers = [] }: Networks): Objective[] {
  const { features, variables, pretrainStages = [] } = distillation;
  const first = pretrainStages.map(({ terms, teacherMode = 'evaluation' }) =>
    studentObjective([student], teachers, { features, variables, terms, teacherMode }),
  );
  return [...first, studentObjective([student, ...peers], teachers, distillation)];
}

/** Gradients of a stage's loss on a batch, by the names of its variables; to be called inside a tidy. */
function gradients(objective: Objective, on: TensorBatch): Map<string, tf.Tensor> {
  const list = objective.variables.parameters();
  const { grads } = tf.variableGrads(
    () => weighted(allTerms(objective, on)),
    list.map((p) => p.variable),
  );
  return new Map(list.flatMap(({ name, variable }) => (grads[variable.name] ? [[name, grads[variable.name] as tf.Tensor]] : [])));
}

for (const { name, teachers: count, peers, options, summary } of describeMethods()) {
  describe(name, () => {
    const contextOf = (teachers: readonly Network[]): MethodContext => {
      const student = world.studentOf(buildMethod({ name }));
      return { student, teachers, peers: world.peersOf(peers), images: TRAINED_ON, random: random(0) };
    };
    const networks = (): Networks => contextOf(world.teachersOf(count));

    test('has a summary, and options with defaults that build the same method and pass through JSON', () => {
      assert.ok(summary.length > 5);
      assert.ok(count >= 0 && count <= 2);
      assert.equal(buildMethod({ name }).name, name);
      assert.deepEqual(buildMethod({ name, ...JSON.parse(JSON.stringify(options)) }).options, options);
    });

    test('has terms that are finite scalars with names, the task first, and a gradient for every variable in some stage', () => {
      const distillation = world.bind(buildMethod({ name }));
      const stages = studentStages(distillation, networks());
      const seen = new Set<string>();
      tf.tidy(() => {
        assert.equal(allTerms(stages.at(-1) as Objective)[0]?.name, 'task');
        for (const stage of stages) {
          const terms = allTerms(stage);
          assert.equal(new Set(terms.map((t) => t.name)).size, terms.length);
          for (const { value, reduction } of terms) assert.ok(Number.isFinite(number(value)) && reduction);
          for (const [variable, gradient] of gradients(stage, batch())) {
            const size = largest(gradient);
            assert.ok(Number.isFinite(size), variable);
            if (size > 0) seen.add(variable);
          }
        }
        assert.deepEqual(
          stages[0]?.variables.parameters().flatMap((p) => (seen.has(p.name) ? [] : [p.name])),
          [],
        );
      });
    });

    test('runs its teachers in evaluation mode, leaves them and their sides as they were, and leaks nothing', () => {
      const calls: (ForwardOptions | undefined)[] = [];
      const spied = world.teachersOf(count).map((teacher): Network => {
        const forward: Network['forward'] = (x, given) => {
          calls.push(given);
          return teacher.forward(x, given);
        };
        return { ...teacher, forward };
      });
      const context = contextOf(spied);
      const distillation = buildMethod({ name }).build(context);
      const frozen = [...spied.map((t) => t.variables), ...distillation.teacherStages.map((fit) => fit.objective.variables)];
      const initial = frozen.map((variables) => variables.snapshot());
      const tensors = tf.memory().numTensors;
      tf.tidy(() => {
        for (const stage of studentStages(distillation, context)) {
          const list = frozen.flatMap((variables) => variables.parameters().map((p) => p.variable));
          const student = context.student.variables.parameters().map((p) => p.variable);
          const { grads } = tf.variableGrads(() => weighted(allTerms(stage)), [...list, ...student]);
          for (const variable of list) assert.equal(grads[variable.name], undefined);
        }
      });
      assert.equal(tf.memory().numTensors, tensors);
      assert.deepEqual(
        frozen.map((variables) => variables.snapshot()),
        initial,
      );
      assert.ok(calls.length >= count);
      for (const call of calls) assert.ok(!call?.training);
      distillation.dispose();
    });

    test('fits its teacher side on maps that are constants to it, all of its variables and no others', () => {
      const distillation = world.bind(buildMethod({ name }));
      for (const { objective, training } of distillation.teacherStages) {
        assert.ok(Object.keys(training).length > 0);
        const initial = world.teacher.variables.snapshot();
        const tensors = tf.memory().numTensors;
        tf.tidy(() => {
          const own = objective.variables.parameters();
          const other = world.teacher.variables.parameters();
          const list = [...own, ...other].map((p) => p.variable);
          const { grads } = tf.variableGrads(() => weighted(allTerms(objective)), list);
          for (const { name: variable, variable: v } of own) assert.ok(largest(grads[v.name] as tf.Tensor) > 0, variable);
          for (const { variable } of other) assert.equal(grads[variable.name], undefined);
        });
        assert.equal(tf.memory().numTensors, tensors);
        assert.deepEqual(world.teacher.variables.snapshot(), initial);
      }
    });

    test('restores its own state, refuses another, and is the same again from the same seed', () => {
      const [a, b] = [world.bind(buildMethod({ name }), 7), world.bind(buildMethod({ name }), 7)];
      assert.deepEqual(a.state(), b.state());
      assert.deepEqual(a.variables.snapshot(), b.variables.snapshot());
      a.restore(JSON.parse(JSON.stringify(b.state())));
      assert.deepEqual(a.state(), b.state());
      assert.throws(() => a.restore({ unheard: 1 }), { name: 'InputError' });
    });

    test('disposes of all it made', () => {
      const context = contextOf(world.teachersOf(count));
      const tensors = tf.memory().numTensors;
      buildMethod({ name }).build(context).dispose();
      assert.equal(tf.memory().numTensors, tensors);
    });

    test('takes a batch of one image: loss and gradients are finite', () => {
      const distillation = world.bind(buildMethod({ name }));
      tf.tidy(() => {
        for (const stage of studentStages(distillation, networks())) {
          for (const [variable, gradient] of gradients(stage, batch([7])))
            assert.ok(Number.isFinite(largest(gradient)), variable);
        }
      });
    });

    test('refuses one class', () => {
      oneClass.studentOf(buildMethod({ name }));
      const tensors = tf.memory().numTensors;
      const message = `${name}: expected a student of at least two classes, received small with 1`;
      assert.throws(() => oneClass.bind(buildMethod({ name })), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, tensors);
    });
  });

  if (!('ratio' in options)) continue;
  const terms = (distillation: Distillation, step = world.step(distillation)) => {
    return distillation.terms(step).filter((term) => /^(inheritance|exploration)/.test(term.name));
  };
  const partOf = (term: string): string => term.replace(/[.]\d+$/, '');

  describe(`${name}, split`, () => {
    test("draws each part by its own loss alone: by the part's channels, and by the part's own variables", () => {
      const distillation = world.bind(buildMethod({ name, split: 'random' }));
      const { channels } = (peers ? distillation.state().student : distillation.state()) as Split;
      tf.tidy(() => {
        const step = world.step(distillation);
        const count = terms(distillation, step).length;
        for (let i = 0; i < count; i++) {
          const part = partOf(terms(distillation, step)[i]?.name ?? '');
          const term = (): tf.Scalar => terms(distillation, step)[i]?.value as tf.Scalar;
          for (const map of distillation.features.student) {
            const gradient = tf.grad((x) => {
              const features = { ...step.student.features, [map]: x as tf.Tensor4D };
              return terms(distillation, { ...step, student: { ...step.student, features } })[i]?.value as tf.Scalar;
            })(step.student.features[map] as tf.Tensor4D);
            const reached = [...tf.max(tf.abs(gradient), [0, 1, 2]).dataSync()].flatMap((v, k) => (v > 0 ? [k] : []));
            assert.ok(reached.length > 0, map);
            assert.deepEqual(
              reached.filter((k) => !channels[map]?.[part]?.includes(k)),
              [],
              map,
            );
          }
          const own = distillation.variables.parameters();
          if (own.length === 0) continue;
          const { grads } = tf.variableGrads(
            term,
            own.map((p) => p.variable),
          );
          for (const { name: variable, variable: v } of own) {
            assert.ok(!grads[v.name] || variable.includes(`${part}.`), variable);
          }
        }
      });
    });

    for (const [ratio, part] of [
      [0, 'exploration'],
      [1, 'inheritance'],
    ] as const) {
      test(`has the ${part} alone at a ratio of ${ratio}`, () => {
        const distillation = world.bind(buildMethod({ name, ratio }));
        tf.tidy(() => {
          const parts = terms(distillation);
          assert.deepEqual([...new Set(parts.map((term) => partOf(term.name)))], [part]);
          for (const { value } of parts) assert.ok(Number.isFinite(number(value)));
        });
      });
    }
  });
}
