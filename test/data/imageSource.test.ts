/** Batches of a source: the bits of a set in memory whatever the order of its answers, one read ahead, errors and ends handed on. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { batches } from 'iekd/dist/data/batches';
import { imageAt, imageSet, select } from 'iekd/dist/data/images/imageSet';
import { readImages } from 'iekd/dist/data/images/imageSource';
import type { Batch, ImageSet, ImageSource, Labels } from 'iekd/dist/data/types';
import { random } from 'iekd/dist/util/rng';
import { noiseSet } from '../fixtures/dataFiles';

const SHAPE = { height: 8, width: 8, channels: 3 };
const SET = noiseSet(
  Array.from({ length: 30 }, (_, i) => i % 10),
  SHAPE,
);
const RGB = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] };
const TRAINING = { batch: 8, normalisation: RGB, random: random(1), augmentation: { pad: 2, flip: true }, epoch: 3 };

/** A source that counts its reads and answers when `wait` says so. */
function counted(wait: (call: number) => Promise<void> | undefined) {
  const reads = { begun: 0, done: 0 };
  const read = async (indices: Uint32Array): Promise<Uint8Array> => {
    const call = reads.begun++;
    try {
      await wait(call);
      return select(SET, indices).images;
    } finally {
      reads.done++;
    }
  };
  const source: ImageSource = { ...SHAPE, count: SET.count, labels: SET.labels, read };
  return { source, reads };
}

async function all(source: ImageSource, options: Parameters<typeof batches>[1] = TRAINING): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches(source, options)) list.push(batch);
  return list;
}

describe('batches of a source', () => {
  const expected = [...batches(SET, TRAINING)];

  test('are the bits of those of the set in memory, from any step', async () => {
    for (let from = 0; from <= expected.length; from++) {
      assert.deepEqual(await all(counted(() => undefined).source, { ...TRAINING, from }), expected.slice(from));
    }
    const direct: ImageSource = { ...SHAPE, count: 30, labels: SET.labels, read: (indices) => select(SET, indices).images };
    assert.deepEqual(await all(direct), expected, 'a source that answers at once');
  });

  test('are so when two epochs at once get their answers in any order', async () => {
    const { permutation } = random(5).stream('delays');
    const delays = permutation(8);
    const { source, reads } = counted((call) => delay(3 * (delays[call] as number)));
    const [one, other] = await Promise.all([all(source), all(source, { ...TRAINING, epoch: 4 })]);
    assert.deepEqual(one, expected);
    assert.deepEqual(other, [...batches(SET, { ...TRAINING, epoch: 4 })]);
    assert.deepEqual(reads, { begun: 8, done: 8 });
  });

  test('are read one ahead, and no further', async () => {
    const { source, reads } = counted(() => undefined);
    const seen: number[] = [];
    for await (const _ of batches(source, TRAINING)) {
      await delay(1);
      seen.push(reads.begun);
    }
    assert.deepEqual(seen, [2, 3, 4, 4]);
  });

  test('a read that fails ends the epoch at its own batch', async () => {
    for (const bad of [0, 1, 3]) {
      const { source } = counted((call) => (call === bad ? Promise.reject(new Error(`no ${bad}`)) : undefined));
      const list: Batch[] = [];
      await assert.rejects(
        async () => {
          for await (const batch of batches(source, TRAINING)) {
            await delay(1); // the read ahead fails meanwhile: no unhandled rejection
            list.push(batch);
          }
        },
        { message: `no ${bad}` },
      );
      assert.deepEqual(list, expected.slice(0, bad));
    }
    const thrower: ImageSource = { ...SHAPE, count: 30, labels: SET.labels, read: () => assert.fail('at once') };
    await assert.rejects(all(thrower), /at once/);
  });

  test('a consumer that stops, or throws, leaves no read behind, not even one that fails', async () => {
    for (const end of ['break', 'throw']) {
      const { source, reads } = counted((call) => (call === 1 ? delay(5).then(() => assert.fail('late')) : undefined));
      const stopped = async (): Promise<void> => {
        for await (const _ of batches(source, TRAINING)) {
          assert.equal(reads.done, 1);
          if (end === 'break') return;
          throw new Error('enough');
        }
      };
      if (end === 'break') await stopped();
      else await assert.rejects(stopped, { message: 'enough' });
      assert.deepEqual(reads, { begun: 2, done: 2 }, end);
    }
  });

  test('with another number of bytes are refused', () => {
    const short: ImageSource = { ...SHAPE, count: 30, labels: SET.labels, read: () => new Uint8Array(5) };
    return assert.rejects(all(short), {
      name: 'InputError',
      message: 'ImageSource.read: expected 1536 bytes for 8 images of 8×8×3, received 5 bytes',
    });
  });

  test('of none there are none', async () => {
    const { source, reads } = counted(() => undefined);
    assert.deepEqual(await all({ ...source, count: 0, labels: new Uint8Array(0) }), []);
    assert.equal(reads.begun, 0);
  });
});

test('images taken into memory are the same of a set and of a source', async () => {
  const indices = Uint32Array.of(7, 3, 3);
  const [set, read] = [await readImages(SET, indices), await readImages(counted(() => undefined).source, indices)];
  assert.deepEqual(set, select(SET, indices));
  assert.deepEqual([read.images, [...read.labels]], [set.images, [...set.labels]]);
});

test('labels above 255 survive selection and batches', () => {
  const values = [0, 255, 256, 999];
  for (const labels of [Uint16Array.from(values), Int32Array.from(values)] satisfies Labels[]) {
    const set: ImageSet = imageSet('wide', new Uint8Array(4), labels, { height: 1, width: 1, channels: 1 });
    assert.deepEqual(select(set, [3, 2]).labels, labels.subarray(2).slice().reverse());
    const [batch] = batches(set, { batch: 4, normalisation: { mean: [0], std: [1] } });
    assert.deepEqual([...(batch?.labels ?? [])], values);
    assert.equal(imageAt(set, 3).length, 1);
  }
});
