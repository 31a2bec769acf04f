/** Every optimiser, step by step, against PyTorch's (test/golden/optimizers_reference.py): weight decay, its groups, late gradients. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { Variables } from 'iekd/dist/engine/variables';
import { createOptimizer, optimizerSpec } from 'iekd/dist/optim/optimizers/index';

type Values = Readonly<Record<string, readonly number[]>>;

interface Golden {
  readonly shapes: Values;
  readonly initial: Values;
  readonly gradients: readonly Values[];
  readonly rates: readonly number[];
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly decay?: 'weights';
  readonly clip?: number;
  /** Values of all parameters after each step. */
  readonly after: readonly Values[];
}

const FILE = join(__dirname, '..', '..', 'golden', 'optimizers.json');
const { shapes, initial, gradients, rates, cases } = JSON.parse(readFileSync(FILE, 'utf8')) as Golden;
/** Of values up to 3: some roundings of float32 a step. */
const TOLERANCE = 1e-6;

before(() => tf.setBackend('cpu'));

function parameters(): Variables {
  const variables = new Variables();
  for (const [name, shape] of Object.entries(shapes)) {
    variables.add(name, { shape, data: Float32Array.from(initial[name] ?? []) });
  }
  return variables;
}

const tensors = (values: Values): Map<string, tf.Tensor> =>
  new Map(Object.entries(values).map(([name, list]) => [name, tf.tensor([...list], [...(shapes[name] ?? [])])]));

describe('optimisers beside PyTorch', () => {
  for (const { name, options = {}, decay, after } of cases.filter(({ clip }) => clip === undefined)) {
    test(`${name} ${JSON.stringify(options)}${decay ? `, decay of ${decay}` : ''}`, () => {
      const count = tf.memory().numTensors;
      const variables = parameters();
      const decays = decay === 'weights' ? ({ variable }: { variable: tf.Variable }) => variable.rank > 1 : undefined;
      const optimizer = createOptimizer(variables, optimizerSpec('x', { name, ...options }), decays);
      for (const [step, want] of after.entries()) {
        const given = tensors(gradients[step] ?? {});
        optimizer.step(given, rates[step] ?? 0);
        tf.dispose([...given.values()]);
        for (const [parameter, values] of Object.entries(want))
          close(variables.get(parameter).dataSync(), values, `${step} ${parameter}`);
      }
      optimizer.dispose();
      variables.dispose();
      assert.equal(tf.memory().numTensors, count, 'tensors at the end');
    });
  }

  test('a state that is loaded goes on to the same bits', () => {
    const run = (breaks: boolean): number[] => {
      const variables = parameters();
      let optimizer = createOptimizer(variables, optimizerSpec('x', { name: 'adamw' }));
      for (const [step, values] of gradients.entries()) {
        if (breaks && step === 3) {
          const state = optimizer.state.snapshot();
          optimizer = createOptimizer(variables, optimizerSpec('x', { name: 'adamw' }));
          optimizer.state.load(state);
        }
        optimizer.step(tensors(values), rates[step] ?? 0);
      }
      return variables.entries().flatMap(({ variable }) => [...variable.dataSync()]);
    };
    assert.deepEqual(run(true), run(false));
  });

  test('a parameter under two names is refused', () => {
    const own = new Variables();
    own.add('a', { shape: [1], data: Float32Array.of(1) });
    const twice = new Variables().include('x/', own).include('y/', own);
    const message = 'adamw: expected every parameter under one name, not also x/a, received "y/a"';
    assert.throws(() => createOptimizer(twice, optimizerSpec('x', { name: 'adamw' })), { name: 'InputError', message });
  });
});

function close(found: ArrayLike<number>, want: readonly number[], what: string): void {
  assert.equal(found.length, want.length);
  for (const [i, value] of want.entries()) {
    assert.ok(
      Math.abs((found[i] ?? Number.NaN) - value) <= TOLERANCE * (1 + Math.abs(value)),
      `${what} ${i}: ${found[i]} for ${value}`,
    );
  }
}
