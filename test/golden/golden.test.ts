/**
 * The library against PyTorch's values (origin: README.md here), on every engine that can run but plain CPU, which would take
 * minutes; and the replay itself against files that are wrong in one place.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { GOLDEN_TOLERANCES, replayGolden } from 'iekd/dist/experiments/golden';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from 'iekd/dist/util/safetensors';
import { enginesUnderTest } from '../engine/engines';

const FILES = [
  { name: 'resnet8b-seed10', depth: 8, option: 'B', batch: 2, steps: 5 },
  { name: 'resnet8a-seed2', depth: 8, option: 'A', batch: 4, steps: 3 },
] as const;
/** Groups of a report and the number of tensors in each, for option B with 5 steps and option A with 3. */
const GROUPS = {
  forward: [5, 5],
  gradients: [29, 23],
  statistics: [77, 67],
  teacher: [2, 2],
  'factor encoder': [3, 3],
  'factor encoder gradients': [18, 18],
  losses: [4, 4],
  'loss gradients': [4, 4],
  'IE-FT trajectory': [5, 3],
  'IE-FT weights': [77, 67],
};
const read = (name: string): Buffer => readFileSync(join(__dirname, `${name}.safetensors`));

test('the bars are those of the project', () => {
  assert.deepEqual(GOLDEN_TOLERANCES, {
    pass: { relative: 1e-4, absolute: 1e-5 },
    training: { relative: 1e-3, absolute: 1e-4 },
  });
});

describe('within 1e-4 relative + 1e-5 absolute a pass, 1e-3 after training by IE-FT', async () => {
  for (const { engine, skip, start: begin } of await enginesUnderTest()) {
    describe(engine.name, { skip: skip ?? false }, () => {
      for (const [i, { name, ...facts }] of FILES.entries()) {
        test(`${name}, leaking nothing`, async () => {
          await begin();
          const tensors = tf.memory().numTensors;
          const report = replayGolden(read(name), { where: name });
          assert.equal(tf.memory().numTensors, tensors);
          const { depth, option, batch, steps, classes, input } = report.facts;
          assert.deepEqual({ depth, option, batch, steps, classes, input }, { ...facts, classes: 10, input: [32, 32, 3] });
          assert.deepEqual(
            report.groups.map((group) => [group.name, group.tensors]),
            Object.entries(GROUPS).map(([group, counts]) => [group, counts[i]]),
          );
          for (const { worst, tolerance, rounding, passed } of report.groups) {
            assert.ok(worst.error <= tolerance.relative && passed, JSON.stringify(worst));
            assert.deepEqual(rounding, []);
          }
          assert.equal(report.passed, true);
        });
      }
    });
  }
});

describe('a file that is wrong in one place', () => {
  const name = 'resnet8a-seed2';
  let tensors: Record<string, StoredTensor>;
  let metadata: Record<string, string>;
  before(async () => {
    await start();
    ({ tensors, metadata } = decodeSafetensors(read(name), name));
  });

  /** Replays the file with some tensors replaced; undefined removes one. */
  function replayWith(change: Record<string, StoredTensor | undefined>): ReturnType<typeof replayGolden> {
    const entries = Object.entries({ ...tensors, ...change }).filter(
      (row): row is [string, StoredTensor] => row[1] !== undefined,
    );
    return replayGolden(encodeSafetensors(Object.fromEntries(entries), metadata), { where: 'changed' });
  }

  function moved(tensor: string, at: number, move: (value: number, largest: number) => number): Record<string, StoredTensor> {
    const { shape, data } = tensors[tensor] as StoredTensor;
    const largest = Array.from<number>(data).reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    const copy = data.slice();
    copy[at] = move(copy[at] as number, largest);
    return { [tensor]: { shape, data: copy } };
  }

  const wrong: readonly (readonly [
    tensor: string,
    at: number,
    move: (v: number, largest: number) => number,
    group: string,
    where: string,
  ])[] = [
    ['train.logits', 7, () => Number.NaN, 'forward', 'train.logits[0,7]'],
    ['train.grad.0.fc.bias', 7, (v, m) => v + 2e-3 * m, 'gradients', 'train.grad.0.fc.bias[7]'],
    ['after.net.bn.running_mean', 5, (v, m) => v + 0.01 * m, 'statistics', 'after.net.bn.running_mean[5]'],
    ['enc_t.loss', 0, (v) => 1.001 * v, 'factor encoder', 'enc_t.loss[]'],
    ['enc_t.grad.0.decode.8.bias', 3, () => 0, 'factor encoder gradients', 'enc_t.grad.0.decode.8.bias[3]'],
    ['loss.mutual', 0, (v) => 1.001 * v, 'losses', 'loss.mutual[]'],
    ['loss.ft.grad', 7, () => 0, 'loss gradients', 'loss.ft.grad[0,0,0,7]'],
    ['ie.trajectory', 6, (v) => -v, 'IE-FT trajectory', 'ie.trajectory[1][2]'],
    ['ie.after.enc_exp.encode.8.bias', 7, (v, m) => v + 0.01 * m, 'IE-FT weights', 'ie.after.enc_exp.encode.8.bias[7]'],
  ];
  test('fails in every group that has one wrong value, even a small one among small ones, and says where', () => {
    const { groups, passed } = replayWith(Object.assign({}, ...wrong.map(([tensor, at, move]) => moved(tensor, at, move))));
    assert.equal(passed, false);
    assert.deepEqual(
      groups.filter((group) => !group.passed).map(({ name: group, worst }) => [group, `${worst.tensor}[${worst.index}]`]),
      wrong.map(([, , , group, where]) => [group, where]),
    );
  });

  const one = { shape: [1], data: Float32Array.of(1) };
  const refused: readonly (readonly [string, () => Record<string, StoredTensor | undefined>, string])[] = [
    ['without a loss', () => ({ 'loss.ft': undefined }), 'changed: expected a tensor "loss.ft", received none of that name'],
    ['without inputs', () => ({ x: undefined }), 'changed: expected a tensor "x", received none of that name'],
    [
      'without one gradient',
      () => ({ 'train.grad.0.bn.weight': undefined }),
      'golden: train.grad.0: expected the same names in the file and in the library, received "bn.weight"',
    ],
    [
      'without an initial weight',
      () => ({ 'init.teacher.fc.weight': undefined }),
      'golden: init.teacher: expected a tensor "fc.weight", received none of that name',
    ],
    [
      'without the teacher',
      () =>
        Object.fromEntries(
          Object.keys(tensors)
            .filter((key) => key.startsWith('init.teacher.'))
            .map((key) => [key, undefined]),
        ),
      'buildNetwork: resnet2: expected a depth of 6n + 2, at least 8, received 2',
    ],
    [
      'with a tensor that nobody compares',
      () => ({ 'train.new': one }),
      'changed: expected only tensors that the replay knows, received ["train.new"]',
    ],
    [
      'with labels for one step only',
      () => ({ y: { shape: [4], data: new Int32Array(4) } }),
      'changed: y: expected labels of shape [3,4], received [4]',
    ],
    [
      'with images that are no steps of batches',
      () => ({ x: { shape: [4, 3, 32, 32], data: new Float32Array(4 * 3 * 32 * 32) } }),
      'changed: x: expected [steps, batch, channels, height, width], received [4,3,32,32]',
    ],
    [
      'with a trajectory of other steps',
      () => ({ 'ie.trajectory': { shape: [1, 4], data: new Float32Array(4) } }),
      'golden: ie.trajectory: expected shape [3,4], received [1,4]',
    ],
  ];
  for (const [what, change, message] of refused) {
    test(`is refused ${what}, leaking nothing`, () => {
      const count = tf.memory().numTensors;
      assert.throws(() => replayWith(change()), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, count);
    });
  }

  test('is refused when it is no safetensors file, or with unknown options', () => {
    assert.throws(() => replayGolden(new Uint8Array(4), { where: 'f' }), {
      message: 'f: expected a safetensors file of at least 8 bytes, received 4 bytes',
    });
    assert.throws(() => replayGolden(new Uint8Array(4), { tolerance: 1 } as object), {
      message: 'replayGolden: expected options among where, tolerances, received "tolerance"',
    });
  });
});
