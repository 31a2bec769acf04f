/**
 * Attention maps of halves that fade, as those that are pushed away do: a map of one size has one gradient, and that of a fainter
 * one grows as 1 / ‖x‖ without a floor. A ResNet-20 by IE-AT without one was thrown off by a gradient of 1444 in its third epoch.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { attentionMap, meanSquare } from 'iekd/dist/losses/attention';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { random } from 'iekd/dist/util/rng';

const SHAPE: [number, number, number, number] = [2, 4, 4, 3];
const POSITIONS = 16;

function noise(name: string): tf.Tensor4D {
  const stream = random(1).stream(name);
  return tf.tensor4d(
    Float32Array.from({ length: 96 }, () => stream.normal()),
    SHAPE,
  );
}

/** Length of the gradient of the distance to another map, of a map that is `scale` times as strong. */
function steepness(scale: number, floor?: number): number {
  return tf.tidy(() => {
    const [x, y] = [tf.mul(noise('x'), scale), noise('y')];
    const gradient = tf.grad((map) => meanSquare(attentionMap(map as tf.Tensor4D, floor), attentionMap(y)))(x);
    return tf.norm(gradient).dataSync()[0] as number;
  });
}

describe('attentionMap', () => {
  before(() => tf.setBackend('cpu'));

  const lengths = [
    { name: 'of a usual map is of length 1', scale: 1, length: 1 },
    { name: 'of a map at a tenth, still above the floor, too', scale: 0.12, length: 1 },
    {
      name: 'of a faint one falls with its squares',
      scale: 0.01,
      length: (scale: number, q: number) => (scale ** 2 * q) / (0.01 * 4),
    },
    { name: 'of nothing is nothing', scale: 0, length: 0 },
  ];
  for (const { name, scale, length } of lengths) {
    it(name, () => {
      const [map, q] = tf.tidy(() => {
        const squares = tf.reshape(tf.mean(tf.square(noise('x')), 3), [2, POSITIONS]);
        const maps = tf.reshape(attentionMap(tf.mul(noise('x'), scale)), [2, POSITIONS]);
        return [maps, squares].map((t) => Math.hypot(...(tf.slice(t, 0, 1).dataSync() as Float32Array)));
      }) as [number, number];
      const expected = typeof length === 'number' ? length : length(scale, q);
      assert.ok(Math.abs(map - expected) <= 1e-5, `${map}, expected ${expected}`);
    });
  }

  it('has a gradient that grows as a map fades down to the floor, and falls below it', () => {
    const [usual, faint, fainter] = [1, 0.01, 0.0001].map((scale) => steepness(scale)) as [number, number, number];
    assert.ok(faint < 30 * usual && fainter < faint / 50, `${usual}, ${faint}, ${fainter}`);
    const without = [1, 0.01, 0.0001].map((scale) => steepness(scale, 1e-12)) as [number, number, number];
    for (const [i, times] of [1, 100, 10000].entries()) {
      const ratio = (without[i] as number) / (usual * times);
      assert.ok(Math.abs(ratio - 1) < 0.01, `${ratio}`);
    }
  });

  it('is what at compares, with its floor', () => {
    const side = at({ floor: 1 }).studentSide([], {} as never, random(0), {} as never);
    tf.tidy(() => {
      const [own] = side.factor([noise('x')], true) as [tf.Tensor];
      assert.deepEqual([...own.dataSync()], [...attentionMap(noise('x'), 1).dataSync()]);
    });
    assert.throws(() => at({ floor: 0 }), { message: 'at: floor: expected a number in [1e-12, 1], received 0' });
  });
});
