/** Gradients as tfjs's `variableGrads` gives them, to the bit, on every engine; nothing is left behind, and less is held on the way. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { differentiate } from 'iekd/dist/engine/backward';
import { cpu } from 'iekd/dist/engine/cpu';
import { tf } from 'iekd/dist/engine/tf';
import { enginesUnderTest } from './engines';

/** Each of two variables of shape [4, 4]; the second is not always reached. */
const losses: readonly { readonly name: string; readonly f: (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor }[] = [
  { name: 'a chain', f: (a, b) => tf.sum(tf.square(tf.matMul(a, b))) },
  { name: 'one variable used twice', f: (a) => tf.sum(tf.mul(a, tf.add(a, a))) },
  { name: 'a way that ends nowhere', f: (a, b) => tf.sum(tf.mul(tf.square(a), tf.sum(tf.exp(b)).mul(0).add(1))) },
  { name: 'a result that nobody needs', f: (a, b) => tf.tidy(() => [tf.mean(tf.tanh(a)), tf.exp(b)])[0] as tf.Tensor },
  { name: 'an op of several results', f: (a) => tf.sum(tf.square(tf.split(a, 2)[0] as tf.Tensor)) },
  {
    name: 'a rule that hands on what it is given, twice',
    f: (a, b) =>
      tf.sum(
        tf.square(
          tf.customGrad((x, y) => ({ value: tf.add(x as tf.Tensor, y as tf.Tensor), gradFunc: (dy: tf.Tensor) => [dy, dy] }))(
            a,
            b,
          ),
        ),
      ),
  },
  {
    name: 'the same for one input',
    f: (a) =>
      tf.sum(
        tf.square(
          tf.customGrad((x, y) => ({ value: tf.add(x as tf.Tensor, y as tf.Tensor), gradFunc: (dy: tf.Tensor) => [dy, dy] }))(
            a,
            a,
          ),
        ),
      ),
  },
];

const bits = (gradient: tf.Tensor | undefined): number[] | undefined => gradient && [...gradient.dataSync()];

describe('differentiate', async () => {
  for (const { engine, skip, start } of await enginesUnderTest()) {
    describe(engine.name, { skip: skip ?? false }, () => {
      let variables: [tf.Variable, tf.Variable];
      before(async () => {
        await start();
        const values = (seed: number): tf.Tensor =>
          tf.tensor2d(
            Array.from({ length: 16 }, (_, i) => Math.sin(seed + i)),
            [4, 4],
          );
        variables = tf.tidy(() => [tf.variable(values(1)), tf.variable(values(7))]);
      });
      for (const { name, f } of losses) {
        it(name, () => {
          const loss = (): tf.Scalar =>
            f(variables[0] as unknown as tf.Tensor2D, variables[1] as unknown as tf.Tensor2D) as tf.Scalar;
          const left = tf.memory().numTensors;
          tf.tidy(() => {
            const known = tf.variableGrads(loss, variables);
            const { value, gradients } = differentiate(loss, variables);
            assert.deepEqual([...value.dataSync()], [...known.value.dataSync()]);
            for (const variable of variables) assert.deepEqual(bits(gradients.get(variable)), bits(known.grads[variable.name]));
          });
          assert.equal(tf.memory().numTensors, left);
        });
      }
      it('an error of the loss, or a loss that is none, leaves nothing behind', () => {
        const left = tf.memory().numTensors;
        const [a] = variables;
        const failing = (): tf.Scalar => {
          tf.square(tf.exp(a));
          throw new Error('stop');
        };
        assert.throws(() => differentiate(failing, variables), { message: 'stop' });
        assert.throws(() => tf.tidy(() => void differentiate(() => tf.square(a) as unknown as tf.Scalar, variables)), {
          message: 'differentiate: expected a scalar, received [4,4]',
        });
        const nested = (): tf.Scalar => differentiate(() => tf.sum(a), variables).value;
        assert.throws(() => differentiate(nested, variables), {
          message: 'differentiate: expected to be called outside a differentiation, received a call within one',
        });
        assert.equal(tf.memory().numTensors, left);
      });
    });
  }
});

describe('memory of a backward pass', () => {
  it('holds what two ops need, however many there are', async () => {
    await cpu.start({ threads: 1 });
    const a = tf.variable(tf.ones([1000]));
    let most = 0;
    const watched = tf.customGrad((x) => ({
      value: tf.mul(x as tf.Tensor, 2),
      gradFunc: (dy: tf.Tensor) => {
        most = Math.max(most, tf.memory().numTensors);
        return tf.mul(dy, 2);
      },
    }));
    const gradients = tf.tidy(
      () => differentiate(() => tf.sum(Array.from({ length: 50 }).reduce<tf.Tensor>((x) => watched(x), a)), [a]).gradients.size,
    );
    a.dispose();
    assert.equal(gradients, 1);
    assert.ok(most - tf.memory().numTensors < 10, `${most} tensors`);
  });
});
