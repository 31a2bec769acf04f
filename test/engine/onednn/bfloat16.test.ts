/**
 * Maps in bfloat16 (8 bits of mantissa): as far from float32 as that rounding explains, measured as the root of the mean squared
 * error over that of the result. A rounded value is off by 0.17 %; a convolution in strips (F(4, 3)) by 0.6 %, its gradients in tiles
 * (F(4×4, 3×3)) by 1.7 %; by products of AMX tiles both are off by what rounding explains. The bounds leave a third for other draws.
 * Where a rectifier follows, values near its kink change sides: those gradients are only held to a tenth, and small maps, of which one
 * value is more than that, to nothing but their forward pass.
 */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { batchNormTrain } from 'iekd/dist/engine/fused/batchNorm';
import { convBatchNormTrain } from 'iekd/dist/engine/fused/convBatchNorm';
import { globalAveragePool } from 'iekd/dist/engine/fused/globalAveragePool';
import { leakyRelu } from 'iekd/dist/engine/fused/leakyRelu';
import { selectChannels } from 'iekd/dist/engine/fused/selectChannels';
import { sgdStep } from 'iekd/dist/engine/fused/sgdStep';
import { onednn } from 'iekd/dist/engine/onednn';
import { HalfMap } from 'iekd/dist/engine/onednn/bfloat16Tensor';
import type { OneDnnBackend } from 'iekd/dist/engine/onednn/onednnBackend';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import type { KernelCase } from '../cases/types';
import { compare, evaluate, type Result } from '../compare';
import { kernelCases } from '../kernelCases';

/** Kernels that keep maps in bfloat16; those of other cases must agree as in float32. */
const ON_MAPS = /^(Iekd)?(Conv|DilatedConv|BatchNorm|GlobalAveragePool)/;
/** More values than this, and a rectifier's gradient says something about precision. */
const ENOUGH = 500;

const squares = (values: readonly number[]): number => values.reduce((sum, v) => sum + v * v, 0);

function deviation(a: Result, b: Result): number {
  const off = squares(a.values.map((v, i) => v - (b.values[i] as number)));
  return off === 0 ? 0 : Math.sqrt(off / squares(b.values));
}

/** How far a result may be off. */
function bound({ name }: KernelCase, { label, values }: Result): number {
  if (label.startsWith('output')) return 0.012;
  if (!name.includes('slope') || name.includes('slope 1')) return 0.03;
  return values.length > ENOUGH ? 0.1 : Number.POSITIVE_INFINITY;
}

function complaints(kernelCase: KernelCase, actual: readonly Result[], expected: readonly Result[]): string[] {
  if (!kernelCase.kernels.some((kernel) => ON_MAPS.test(kernel))) {
    const worst = compare(kernelCase, actual, expected);
    return worst ? [`${kernelCase.name}: ${worst}`] : [];
  }
  return expected.flatMap((wanted, i) => {
    const [seen, most] = [deviation(actual[i] as Result, wanted), bound(kernelCase, wanted)];
    return seen <= most ? [] : [`${kernelCase.name}: ${wanted.label} is off by ${seen}, at most ${most}`];
  });
}

describe('maps in bfloat16', async () => {
  const skip = (await onednn.unavailable({ precision: 'bfloat16' })) ?? false;

  after(() => start({ engine: 'onednn', precision: 'float32' }));

  for (const [group, cases] of Object.entries(kernelCases)) {
    it(`${group}: as close to plain CPU as the rounding explains`, { skip }, async () => {
      const { backend } = await start({ engine: 'onednn', precision: 'bfloat16' });
      const wrong: string[] = [];
      for (const one of cases) wrong.push(...complaints(one, await evaluate(one, backend), await evaluate(one, 'cpu')));
      assert.deepEqual(wrong, []);
      assert.equal(tf.memory().numTensors, 0);
    });
  }

  it('are rounded, and float32 comes back bit for bit', { skip }, async () => {
    const one = (kernelCases.convolution ?? []).find(({ name }) => name.includes('2x8x8x16 * 3x3x16x16')) ?? assert.fail();
    const run = async (precision: 'float32' | 'bfloat16') => {
      const { backend } = await start({ engine: 'onednn', precision });
      return evaluate(one, backend);
    };
    const [exact, rounded, again] = [await run('float32'), await run('bfloat16'), await run('float32')];
    assert.ok(deviation(rounded[0] as Result, exact[0] as Result) > 1e-3);
    assert.deepEqual(again, exact);
  });

  it('go through a block as such, and are widened for who asks', { skip }, async () => {
    await start({ engine: 'onednn', precision: 'bfloat16' });
    const backend = tf.backend() as OneDnnBackend;
    const isHalf = (t: tf.Tensor): boolean => backend.data.get(t.dataId) instanceof HalfMap;
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R4>([2, 8, 8, 16], 0, 1, 'float32', 3);
      const [filter, one, zero] = [
        tf.randomNormal<tf.Rank.R4>([3, 3, 16, 16], 0, 1, 'float32', 4),
        tf.ones([16]),
        tf.zeros([16]),
      ];
      const norm = { gamma: one as tf.Tensor1D, beta: zero as tf.Tensor1D };
      const { y } = convBatchNormTrain(x, filter, norm, { slope: 0 });
      const maps = [y, leakyRelu(y, 0.1), selectChannels(y, [3, 1]), tf.add(y, y), batchNormTrain(y, norm.gamma, norm.beta).y];
      assert.deepEqual(maps.map(isHalf), [true, true, true, true, true]);
      const floats = [x, globalAveragePool(y), tf.add(y, x), tf.square(y)];
      assert.deepEqual(floats.map(isHalf), [false, false, false, false]);
      assert.deepEqual(
        tf.add(y, y).dataSync(),
        y.dataSync().map((v) => 2 * v),
        'a doubled value of 8 bits has 8 bits',
      );
      assert.ok(y.dataSync().every((v) => Number.isFinite(v) && v >= 0));
    });
    assert.equal(tf.memory().numTensors, 0);
  });

  it('of a variable that a step writes become float32, and what was narrowed of it is forgotten', { skip }, async () => {
    await start({ engine: 'onednn', precision: 'bfloat16' });
    const filter = tf.ones<tf.Rank.R4>([3, 3, 16, 16]);
    const x = tf.variable(tf.ones<tf.Rank.R4>([1, 8, 8, 16]));
    const velocity = tf.variable(tf.zeros([1, 8, 8, 16]));
    const sum = (): number => tf.tidy(() => tf.sum(tf.conv2d(x, filter, 1, 'valid')).dataSync()[0] as number);
    const before = sum();
    const updates = [{ parameter: x, velocity, gradient: tf.ones([1, 8, 8, 16]) }];
    sgdStep(updates, { learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false });
    assert.deepEqual([before, sum()], [9 * 16 * 36 * 16, 0]);
    tf.dispose([filter, x, velocity, updates[0]?.gradient as tf.Tensor]);
  });

  it('are said in the report, and kept by a start that asks for nothing', { skip }, async () => {
    const report = await start({ engine: 'onednn', precision: 'bfloat16' });
    assert.equal(report.precision, 'bfloat16');
    assert.match(report.sentence, /threads?, maps in bfloat16 on /);
    assert.equal((await start()).precision, 'bfloat16');
  });
});
