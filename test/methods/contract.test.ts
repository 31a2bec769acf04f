/** What every method of the table keeps to, without one of them being named. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { buildMethod, describeMethods, MATCHERS } from 'iekd/dist/methods/index';
import type { Distillation } from 'iekd/dist/methods/types';
import { studentObjective } from 'iekd/dist/training/stages';
import type { Objective } from 'iekd/dist/training/types';
import { random } from 'iekd/dist/util/rng';
import { createWorld, images, number, type World } from './networks';

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = createWorld();
});
after(() => world.dispose());

const clock = { step: 0, epoch: 0, epochs: 10 };
const batch = () => ({ images: images(), labels: tf.tensor1d([0, 3, 9, 3], 'int32') });
/** The terms of all rounds of a step. */
const allTerms = ({ rounds = 1, terms }: Objective) =>
  Array.from({ length: rounds }, (_, round) => terms(batch(), clock, round)).flat();
const weighted = (terms: ReturnType<Distillation['terms']>): tf.Scalar =>
  terms.map(({ value, weight }) => tf.mul<tf.Scalar>(value, weight)).reduce((a, b) => tf.add<tf.Scalar>(a, b));

for (const { name, teachers, peers, options, summary } of describeMethods()) {
  describe(name, () => {
    const objectiveOf = (distillation: Distillation): Objective =>
      studentObjective(world.student, world.teachersOf(teachers), distillation, world.peersOf(peers));

    test('has a summary, and options with defaults that build the same method and pass through JSON', () => {
      assert.ok(summary.length > 5);
      assert.ok(teachers >= 0 && teachers <= 2);
      assert.equal(buildMethod({ name }).name, name);
      assert.deepEqual(buildMethod({ name, ...JSON.parse(JSON.stringify(options)) }).options, options);
    });

    test('has terms that are finite scalars with names, the task first, and a gradient for every variable of its own', () => {
      const distillation = world.bind(buildMethod({ name }));
      const objective = objectiveOf(distillation);
      tf.tidy(() => {
        const terms = allTerms(objective);
        assert.equal(terms[0]?.name, 'task');
        assert.equal(new Set(terms.map((t) => t.name)).size, terms.length);
        for (const { value, reduction } of terms) assert.ok(Number.isFinite(number(value)) && reduction);
        const list = objective.variables.parameters();
        const { grads } = tf.variableGrads(
          () => weighted(allTerms(objective)),
          list.map((p) => p.variable),
        );
        for (const { name: variable, variable: v } of list) {
          const size = number(tf.sum(tf.abs(grads[v.name] as tf.Tensor)));
          assert.ok(Number.isFinite(size) && size > 0, `${variable}: ${size}`);
        }
      });
    });

    test('leaves the teacher and its side as they were, leaks nothing, and takes no gradient through them', () => {
      const distillation = world.bind(buildMethod({ name }));
      const objective = objectiveOf(distillation);
      const frozen = [world.teacher.variables, ...distillation.fits.map((fit) => fit.objective.variables)];
      const initial = frozen.map((variables) => variables.snapshot());
      const tensors = tf.memory().numTensors;
      tf.tidy(() => {
        const list = frozen.flatMap((variables) => variables.parameters().map((p) => p.variable));
        const student = world.student.variables.parameters().map((p) => p.variable);
        const { grads } = tf.variableGrads(() => weighted(allTerms(objective)), [...list, ...student]);
        for (const variable of list) assert.equal(grads[variable.name], undefined);
      });
      assert.equal(tf.memory().numTensors, tensors);
      assert.deepEqual(
        frozen.map((variables) => variables.snapshot()),
        initial,
      );
    });

    test('fits its teacher side on maps that are constants to it, all of its variables and no others', () => {
      const distillation = world.bind(buildMethod({ name }));
      for (const { objective, training } of distillation.fits) {
        assert.ok(Object.keys(training).length > 0);
        const initial = world.teacher.variables.snapshot();
        const tensors = tf.memory().numTensors;
        tf.tidy(() => {
          const own = objective.variables.parameters();
          const other = world.teacher.variables.parameters();
          const list = [...own, ...other].map((p) => p.variable);
          const { grads } = tf.variableGrads(() => weighted(allTerms(objective)), list);
          for (const { name: variable, variable: v } of own) {
            assert.ok(number(tf.sum(tf.abs(grads[v.name] as tf.Tensor))) > 0, variable);
          }
          for (const { variable } of other) assert.equal(grads[variable.name], undefined);
        });
        assert.equal(tf.memory().numTensors, tensors);
        assert.deepEqual(world.teacher.variables.snapshot(), initial);
      }
    });

    test('restores its own state, refuses another, and is the same again from the same seed', () => {
      const [a, b] = [world.bind(buildMethod({ name }), 7), world.bind(buildMethod({ name }), 7)];
      assert.deepEqual(a.state, b.state);
      assert.deepEqual(a.variables.snapshot(), b.variables.snapshot());
      a.restore(JSON.parse(JSON.stringify(b.state)));
      assert.deepEqual(a.state, b.state);
      assert.throws(() => a.restore({ unheard: 1 }), { name: 'InputError' });
    });

    test('disposes of all it made', () => {
      const tensors = tf.memory().numTensors;
      const made = buildMethod({ name }).build({
        student: world.student,
        teachers: world.teachersOf(teachers),
        peers: world.peersOf(peers),
        random: random(0),
      });
      made.dispose();
      assert.equal(tf.memory().numTensors, tensors);
    });
  });
}

for (const [name, { create }] of Object.entries(MATCHERS)) {
  describe(`matcher ${name}`, () => {
    test('states its weight, reduction and reads, and a distance that is 0 for its own target, below its bound for another', () => {
      const matcher = create({});
      assert.ok(matcher.weight > 0 && matcher.reduction.length > 0);
      assert.equal(matcher.reads.teacher.length, matcher.reads.student.length);
      const { teacher } = world;
      const infos = matcher.reads.teacher.map((feature) => teacher.features.find((f) => f.name === feature) ?? assert.fail());
      const side = matcher.teacherSide(infos, teacher, random(0));
      tf.tidy(() => {
        const target = (x: tf.Tensor4D) => {
          const { features } = teacher.forward(x, { features: matcher.reads.teacher });
          return side.target(matcher.reads.teacher.map((feature) => features[feature] as tf.Tensor4D));
        };
        const [one, other] = [target(images()), target(tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 9))];
        assert.deepEqual(
          one.map((t) => t.shape.slice(1)),
          side.shapes,
        );
        const distance = number(matcher.distance(one, other));
        const bound = matcher.expected?.(side.shapes).bound ?? Number.POSITIVE_INFINITY;
        assert.ok(number(matcher.distance(one, one)) <= 1e-6 * distance);
        assert.ok(distance > 0 && distance <= bound, `${distance}`);
      });
      side.variables.dispose();
    });
  });
}
