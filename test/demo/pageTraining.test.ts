/** The training of a page, on the engine that runs here: it learns, by labels or by a teacher, repeats itself, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildNetwork, type ImageSet, imageSet, random, start, tf } from 'iekd';
import { type PageTrainingOptions, pageTraining } from 'iekd/dist/demo/page/pageTraining';

before(() => start({ threads: 1 }));

const SIZE = 8;
const NORMALISATION = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const spec = { name: 'resnet8', classes: 2, input: [SIZE, SIZE, 3] } as const;

/** Dark images of class 0, bright ones of class 1. */
function set(count = 40): ImageSet {
  const images = Uint8Array.from({ length: count * SIZE * SIZE * 3 }, (_, i) => {
    const image = Math.floor(i / (SIZE * SIZE * 3));
    return (image % 2 === 0 ? 40 : 160) + (i % 37);
  });
  return imageSet(
    'made',
    images,
    Uint8Array.from({ length: count }, (_, i) => i % 2),
    { height: SIZE, width: SIZE, channels: 3 },
  );
}

async function losses(steps: number, more: Partial<PageTrainingOptions> = {}): Promise<number[]> {
  const training = pageTraining(set(), { spec, normalisation: NORMALISATION, batch: 16, ...more });
  const found: number[] = [];
  for (let i = 0; i < steps; i++) found.push((await training.step()).loss);
  training.dispose();
  return found;
}

describe('pageTraining', () => {
  test('learns, counts steps and epochs, and tells how many it has right', async () => {
    const [tensors, training] = [tf.memory().numTensors, pageTraining(set(), { spec, normalisation: NORMALISATION, batch: 16 })];
    const steps = [];
    for (let i = 0; i < 12; i++) steps.push(await training.step());
    assert.deepEqual(
      steps.slice(0, 4).map(({ step, epoch }) => [step, epoch]),
      [
        [1, 0],
        [2, 0],
        [3, 1],
        [4, 1],
      ],
    );
    assert.ok((steps[11]?.loss as number) < (steps[0]?.loss as number) / 2, `${steps.map(({ loss }) => loss)}`);
    assert.equal(await training.accuracy(40), 1);
    training.dispose();
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('a seed gives the same steps; a teacher gives others', async () => {
    const teacher = buildNetwork({ ...spec, name: 'resnet14' }, random(3));
    const [first, second, taught] = [await losses(3), await losses(3), await losses(3, { teacher })];
    teacher.dispose();
    assert.deepEqual(first, second);
    assert.notDeepEqual(first, taught);
    assert.ok(taught.every(Number.isFinite));
  });

  test('a loss that is not finite stops it, and a set that is too small is refused', async () => {
    const message = /^training: expected a finite loss, received NaN at step \d$/;
    await assert.rejects(losses(30, { learningRate: 1e30 }), { message });
    await assert.rejects(losses(1, { batch: 64 }), { message: 'training: expected at least 64 images, received 40' });
  });
});
