/** The multibox loss by the kernels of onednn and by rows in JavaScript, on the same engine: the same choice among equal losses, NaN likewise. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MiningOptions } from 'iekd/dist/detection/hardNegatives';
import { multiboxLossOfKernels } from 'iekd/dist/detection/multiboxKernels';
import { multiboxLossOfRows } from 'iekd/dist/detection/multiboxRows';
import { CapturedFunction } from 'iekd/dist/engine/capture/capturedFunction';
import { onednn } from 'iekd/dist/engine/onednn';
import { tf } from 'iekd/dist/engine/tf';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from './close';

const [IMAGES, PRIORS, CLASSES] = [3, 50, 3];
type Loss = typeof multiboxLossOfRows;

interface Drawn {
  readonly logits: Float32Array;
  readonly offsets: Float32Array;
  readonly wanted: Float32Array;
  readonly labels: Int32Array;
}

/** Logits of few values: many losses are equal to the last bit. */
function drawn(seed = 3): Drawn {
  const stream = random(seed).stream('ties');
  const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * stream.normal());
  return {
    logits: Float32Array.from({ length: IMAGES * PRIORS * CLASSES }, () => stream.below(3)),
    offsets: normals(IMAGES * PRIORS * 4),
    wanted: normals(IMAGES * PRIORS * 4),
    labels: Int32Array.from({ length: IMAGES * PRIORS }, () => Math.max(0, stream.below(12) - 9)),
  };
}

const tensors = ({ logits, offsets, labels, wanted }: Drawn): tf.Tensor[] => [
  tf.tensor3d(logits, [IMAGES, PRIORS, CLASSES]),
  tf.tensor3d(offsets, [IMAGES, PRIORS, 4]),
  tf.tensor2d(labels, [IMAGES, PRIORS], 'int32'),
  tf.tensor3d(wanted, [IMAGES, PRIORS, 4]),
];

/** Both losses, then both gradients. */
function measured(loss: Loss, given: Drawn, options: MiningOptions = {}): number[][] {
  return tf.tidy(() => {
    const [l, o, labels, offsets] = tensors(given) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D, tf.Tensor3D];
    const [target, x] = [{ labels, offsets }, [l, o]];
    const parts: number[] = [];
    const gradients = tf.grads((...[l, o]: tf.Tensor[]) => {
      const both = loss({ logits: l as tf.Tensor3D, offsets: o as tf.Tensor3D }, target, options);
      parts.push(both.confidence.arraySync(), both.localisation.arraySync());
      return tf.add(both.confidence, both.localisation);
    })(x);
    return [parts, ...gradients.map((gradient) => [...gradient.dataSync()])];
  });
}

describe('the multibox loss of kernels', async () => {
  const unavailable = await onednn.unavailable();
  const skip = { skip: unavailable ?? false };

  for (const options of [{}, { ratio: 0.7 }, { ratio: 2.3 }, { minNegatives: 11, ratio: 0.1 }])
    it(`is that of rows, ${JSON.stringify(options)}`, skip, async () => {
      for (const threads of [1, 2]) {
        await onednn.start({ threads });
        const expected = measured(multiboxLossOfRows, drawn(), options);
        for (const [i, values] of measured(multiboxLossOfKernels, drawn(), options).entries())
          assertClose(values, expected[i] ?? [], 1e-6);
      }
    });

  it('is captured, with the labels of each call', skip, async () => {
    await onednn.start({ threads: 2 });
    const captured = new CapturedFunction();
    for (let seed = 0; seed < 6; seed++) {
      const inputs = tensors(drawn(seed));
      const { outputs, release } = captured.call(inputs, ([l, o, labels, offsets]) => {
        const output = { logits: l as tf.Tensor3D, offsets: o as tf.Tensor3D };
        const target = { labels: labels as tf.Tensor2D, offsets: offsets as tf.Tensor3D };
        const { confidence, localisation } = multiboxLossOfKernels(output, target, {});
        return [confidence, localisation];
      });
      const [expected] = measured(multiboxLossOfRows, drawn(seed));
      assertClose(
        outputs.map((one) => one.dataSync()[0] as number),
        expected ?? [],
        1e-6,
      );
      release();
      tf.dispose(inputs);
    }
    assert.deepEqual([captured.captured, captured.reason], [true, undefined]);
    captured.dispose();
  });

  const spoilt: readonly (readonly [name: string, (given: Drawn) => unknown, part: 0 | 1])[] = [
    ['a logit', ({ logits }) => logits.fill(Number.NaN, 4, 5), 0],
    ['an offset', ({ offsets }) => offsets.fill(Number.POSITIVE_INFINITY, 4, 5), 1],
    ['a label of no class', ({ labels }) => labels.fill(CLASSES, 7, 8), 0],
    ['a label below 0', ({ labels }) => labels.fill(-1, 7, 8), 0],
  ];
  for (const [name, spoil, part] of spoilt)
    it(`is NaN for ${name} that is none`, skip, async () => {
      await onednn.start({ threads: 2 });
      const given = drawn();
      spoil(given);
      const [losses] = measured(multiboxLossOfKernels, given);
      assert.ok(Number.isNaN(losses?.[part]) && Number.isFinite(losses?.[1 - part]));
    });
});
