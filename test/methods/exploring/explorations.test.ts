/** The forms of exploring against PyTorch's in float64 (`test/golden/exploration_reference.py`), to 1e-6 of the largest value or of 1. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TensorData } from 'iekd/dist/engine/variables';
import type { Distillation } from 'iekd/dist/methods/distillation';
import type { ExploreOptions } from 'iekd/dist/methods/exploring/exploreOption';
import { ie } from 'iekd/dist/methods/ie';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import type { Network } from 'iekd/dist/models/types';
import type { LossTerm } from 'iekd/dist/optim/objective';
import { weightAt } from 'iekd/dist/optim/weight';
import { random } from 'iekd/dist/util/rng';
import { CLOCK, number } from '../../fixtures/methodNetworks';
import { smallNetwork } from '../../fixtures/smallNetwork';

interface Values {
  readonly shape: number[];
  readonly data: number[];
}
interface Row {
  readonly name: string;
  readonly explore: ExploreOptions;
  readonly weighted: number;
  readonly grads: Readonly<Record<'map' | 'inheritance' | 'exploration', number[]>>;
}
interface Golden {
  readonly student: Values;
  readonly teacher: Values;
  readonly coders: Readonly<Record<'teacher' | 'inheritance' | 'exploration', Readonly<Record<string, Values>>>>;
  readonly rows: readonly Row[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'exploration.json'), 'utf8')) as Golden;

let networks: readonly [Network, Network];
const bound: Distillation[] = [];
before(async () => {
  await tf.setBackend('cpu');
  const small = (seed: number): Network => smallNetwork(random(seed), { channels: [4, 4] });
  networks = [small(1), small(2)];
});
after(() => {
  for (const one of [...networks, ...bound]) one.dispose();
});

function bind(explore: ExploreOptions): Distillation {
  const [student, teacher] = networks;
  const one = ie(ft(), { inherit: 0, explore }).build({ student, teachers: [teacher], random: random(3) });
  bound.push(one);
  const values = (coder: Readonly<Record<string, Values>>, prefix: string): Record<string, TensorData> =>
    Object.fromEntries(
      Object.entries(coder).map(([name, { shape, data }]) => [prefix + name, { shape, data: Float32Array.from(data) }]),
    );
  const { inheritance, exploration, teacher: target } = golden.coders;
  const own = one.variables.entries().some(({ name }) => name.startsWith('exploration.'));
  one.variables.load({ ...values(inheritance, 'inheritance.'), ...(own ? values(exploration, 'exploration.') : {}) });
  const side = one.teacherSide?.variables ?? assert.fail();
  side.load({ ...side.snapshot(), ...values(target, '') });
  return one;
}

/** The exploration's term, of a student's map. */
function term(distillation: Distillation, map: tf.Tensor): LossTerm {
  const { teacher } = golden;
  const result = { logits: tf.zeros<tf.Rank.R2>([5, 10]) };
  const terms = distillation.terms({
    student: { ...result, features: { stage2: map as tf.Tensor4D } },
    teachers: [{ ...result, features: { stage2: tf.tensor4d(teacher.data, teacher.shape as [number, number, number, number]) } }],
    targets: [tf.zeros([5], 'int32')],
    clock: CLOCK,
  });
  return terms.find(({ name }) => name === 'exploration') ?? assert.fail();
}

function close(what: string, received: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs)) || 1;
  assert.equal(received.length, expected.length);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((received[i] as number) - value) < 1e-6 * scale, `${what} ${i}: ${received[i]} for ${value}`);
  }
}

describe('values and gradients as PyTorch has them', () => {
  test('every form has a row', () => {
    assert.deepEqual(
      [...new Set(golden.rows.map(({ explore }) => explore.how))],
      ['negate', 'reversed', 'shared', 'cka', 'cka-halves'],
    );
  });

  for (const { name, explore, weighted, grads } of golden.rows) {
    test(name, () => {
      const distillation = bind(explore);
      const statistics = distillation.variables.snapshot();
      const tensors = tf.memory().numTensors;
      tf.tidy(() => {
        const map = tf.variable(tf.tensor(golden.student.data, golden.student.shape));
        const variables = distillation.variables.entries();
        const filters = (['inheritance', 'exploration'] as const).map((half) => {
          return [half, variables.find((one) => one.name === `${half}.encode.1.weight`)?.variable] as const;
        });
        const weightedTerm = (): tf.Scalar => {
          const { value, weight } = term(distillation, map);
          return tf.mul(value, weightAt(weight, CLOCK));
        };
        const found = tf.variableGrads(weightedTerm, [map, ...filters.flatMap(([, variable]) => variable ?? [])]);
        close('value', [number(found.value)], [weighted]);
        for (const [half, variable] of [['map', map] as const, ...filters]) {
          const gradient = variable && found.grads[variable.name];
          if (gradient) close(half, gradient.dataSync(), grads[half]);
          else
            assert.ok(
              grads[half].every((value) => value === 0),
              `${half} has no gradient`,
            );
        }
        map.dispose();
      });
      assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
      const moved = (half: string): boolean =>
        Object.entries(distillation.variables.snapshot()).some(
          ([key, { data }]) => key.startsWith(half) && data.some((value, i) => value !== statistics[key]?.data[i]),
        );
      assert.equal(moved('exploration.'), explore.how === 'negate' || explore.how === 'reversed', 'its own encoder’s statistics');
    });
  }

  test('through a shared encoder the statistics of the half that inherits move once', () => {
    const mean = (how: 'shared' | 'cka'): Float32Array => {
      const distillation = bind({ how });
      tf.tidy(() => void term(distillation, tf.tensor(golden.student.data, golden.student.shape)));
      return distillation.variables.snapshot()['inheritance.encode.2.running_mean']?.data ?? assert.fail();
    };
    assert.deepEqual(mean('shared'), mean('cka'));
  });
});
