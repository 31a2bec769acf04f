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
import { GOLDEN_TOLERANCES, replayGolden } from 'iekd/dist/golden/goldenReplay';
import { asFloat32, type StoredTensor } from 'iekd/dist/weights/dtypes';
import { decodeSafetensors, encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { enginesUnderTest } from '../engine/engines';

/** Groups of a report, in its order, and the number of tensors in each for option B with 5 steps and option A with 3. */
const BASE = {
  forward: [5, 5],
  gradients: [29, 23],
  statistics: [77, 67],
  teacher: [2, 2],
  'factor encoder': [3, 3],
  'factor encoder gradients': [18, 18],
  losses: [4, 4],
  'loss gradients': [4, 4],
  'IE-FT trajectory': [5, 3],
  'IE-FT weights': [95, 85],
};
/** The same of 2 steps by each other method: all 47 states of a ResNet-8, and the encoders', sampled. */
const METHODS = {
  'KD trajectory': 2,
  'KD weights': 47,
  'FT trajectory': 2,
  'FT weights': 47 + 15,
  'DML alternate trajectory': 2,
  'DML alternate weights': 2 * 47,
  'IE-DML alternate trajectory': 2,
  'IE-DML alternate weights': 2 * (47 + 30 + 2 * 15),
  'DML simultaneous trajectory': 2,
  'DML simultaneous weights': 2 * 47,
  'IE-DML simultaneous trajectory': 2,
  'IE-DML simultaneous weights': 2 * (47 + 30 + 2 * 15),
};
/** Of decoders that PyTorch's reference carries beside the student's encoders: of passes from which nothing comes. */
const STATISTICS_OF_DECODERS = ['ie.after', 'init'].flatMap((state) =>
  ['exp', 'inh'].flatMap((half) =>
    [2, 5, 8].flatMap((layer) => ['mean', 'var'].map((name) => `${state}.enc_${half}.decode.${layer}.running_${name}`)),
  ),
);
const base = (i: number): Record<string, number> =>
  Object.fromEntries(Object.entries(BASE).map(([group, counts]) => [group, counts[i] as number]));
const FILES = [
  { name: 'resnet8b-seed10', facts: { depth: 8, option: 'B', batch: 2, steps: 5 }, groups: base(0), others: METHODS },
  { name: 'resnet8a-seed2', facts: { depth: 8, option: 'A', batch: 4, steps: 3 }, groups: base(1), others: METHODS },
  { name: 'resnet8b-seed12', facts: { depth: 8, option: 'B', batch: 2, steps: 2 }, groups: METHODS, others: BASE },
] as const;
const read = (name: string): Buffer => readFileSync(join(__dirname, `${name}.safetensors`));

test('the bars are those of the project', () => {
  assert.deepEqual(GOLDEN_TOLERANCES, {
    pass: { relative: 1e-4, absolute: 1e-5 },
    training: { relative: 1e-3, absolute: 1e-4 },
  });
});

describe('within 1e-4 relative + 1e-5 absolute a pass, 1e-3 after training', async () => {
  for (const { engine, skip, start: begin } of await enginesUnderTest()) {
    describe(engine.name, { skip: skip ?? false }, () => {
      for (const { name, facts, groups, others } of FILES) {
        test(`${name}, leaking nothing`, async () => {
          await begin();
          const tensors = tf.memory().numTensors;
          const report = replayGolden(read(name), { where: name });
          assert.equal(tf.memory().numTensors, tensors);
          const { depth, option, batch, steps, classes, input } = report.facts;
          assert.deepEqual({ depth, option, batch, steps, classes, input }, { ...facts, classes: 10, input: [32, 32, 3] });
          assert.deepEqual(Object.fromEntries(report.groups.map((group) => [group.name, group.tensors])), groups);
          assert.deepEqual([...report.notCovered].sort(), Object.keys(others).sort());
          assert.deepEqual([...report.unused].sort(), 'IE-FT weights' in groups ? STATISTICS_OF_DECODERS : []);
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
  type Opened = ReturnType<typeof decodeSafetensors>;
  const opened = new Map<string, Opened>();
  const open = (name: string): Opened => {
    const file = opened.get(name) ?? decodeSafetensors(read(name), name);
    opened.set(name, file);
    return file;
  };
  const [BASE_FILE, METHODS_FILE] = ['resnet8a-seed2', 'resnet8b-seed12'];
  before(() => start());

  /** Replays the file with some tensors replaced; undefined removes one. */
  function replayWith(change: Record<string, StoredTensor | undefined>, name = BASE_FILE): ReturnType<typeof replayGolden> {
    const { tensors, metadata } = open(name);
    const entries = Object.entries({ ...tensors, ...change }).filter(
      (row): row is [string, StoredTensor] => row[1] !== undefined,
    );
    return replayGolden(encodeSafetensors(Object.fromEntries(entries), metadata), { where: 'changed' });
  }

  function moved(name: string, [tensor, at, move]: Wrong): Record<string, StoredTensor> {
    const { shape, data } = open(name).tensors[tensor] as StoredTensor;
    const largest = Array.from(asFloat32(data)).reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    const copy = asFloat32(data).slice();
    copy[at] = move(copy[at] as number, largest);
    return { [tensor]: { shape, data: copy } };
  }

  type Wrong = readonly [tensor: string, at: number, move: (v: number, largest: number) => number, group: string, where: string];
  const wrong: readonly Wrong[] = [
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
  const wrongMethods: readonly Wrong[] = [
    ['kd.trajectory', 1, (v) => 1.01 * v, 'KD trajectory', 'kd.trajectory[0][1]'],
    ['kd.after.net.fc.weight', 0, (v, m) => v + 0.01 * m, 'KD weights', 'kd.after.net.fc.weight[0]'],
    ['ft.trajectory', 5, (v) => 1.01 * v, 'FT trajectory', 'ft.trajectory[1][2]'],
    ['ft.after.enc.encode.8.bias', 3, (v, m) => v + 0.01 * m, 'FT weights', 'ft.after.enc.encode.8.bias[3]'],
    ['dml.alternate.trajectory', 3, (v) => 1.01 * v, 'DML alternate trajectory', 'dml.alternate.trajectory[0][3]'],
    [
      'dml.alternate.after.peer.bn.running_mean',
      2,
      (v, m) => v + 0.01 * m,
      'DML alternate weights',
      'dml.alternate.after.peer.bn.running_mean[2]',
    ],
    ['ie-dml.alternate.trajectory', 14, (v) => -v, 'IE-DML alternate trajectory', 'ie-dml.alternate.trajectory[1][3]'],
    [
      'ie-dml.alternate.after.net_enc_t.encode.2.running_var',
      0,
      (v, m) => v + 0.01 * m,
      'IE-DML alternate weights',
      'ie-dml.alternate.after.net_enc_t.encode.2.running_var[0]',
    ],
  ];
  for (const [name, rows] of [
    [BASE_FILE, wrong],
    [METHODS_FILE, wrongMethods],
  ] as const) {
    test(`${name} fails in every group that has one wrong value, even a small one among small ones, and says where`, () => {
      const { groups, passed } = replayWith(Object.assign({}, ...rows.map((row) => moved(name, row))), name);
      assert.equal(passed, false);
      const failed = groups.filter((group) => !group.passed);
      assert.deepEqual(
        Object.fromEntries(failed.map(({ name: group, worst }) => [group, `${worst.tensor}[${worst.index}]`])),
        Object.fromEntries(rows.map(([, , , group, where]) => [group, where])),
      );
    });
  }

  test('a decoder that nothing trains is compared, too', () => {
    const tensor = 'ie.after.enc_inh.decode.8.weight';
    const { groups } = replayWith(moved(BASE_FILE, [tensor, 3, (v, m) => v + 0.01 * m, 'IE-FT weights', '']));
    const failed = groups.filter((group) => !group.passed);
    assert.deepEqual(
      failed.map(({ name, worst }) => [name, worst.tensor, worst.index]),
      [['IE-FT weights', tensor, [3]]],
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
          Object.keys(open(BASE_FILE).tensors)
            .filter((key) => key.startsWith('init.teacher.'))
            .map((key) => [key, undefined]),
        ),
      'buildNetwork: resnet2: expected a depth of 6n + 2, at least 8, received 2',
    ],
    [
      'with a tensor that nobody compares',
      () => ({ 'train.new': one }),
      'changed: expected only tensors that the replay knows (x, y, init.*, train.*, eval.*, after.net.*, teacher.*, enc_t.*, loss.*, ' +
        'ie.enc_t.*, kd.trajectory, kd.after.*, ft.trajectory, ft.after.*, ie.trajectory, ie.after.*, dml.alternate.trajectory, ' +
        'dml.alternate.after.*, ie-dml.alternate.trajectory, ie-dml.alternate.after.*, dml.simultaneous.trajectory, ' +
        'dml.simultaneous.after.*, ie-dml.simultaneous.trajectory, ie-dml.simultaneous.after.*), received ["train.new"]',
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
    ['with a part begun only', () => ({ 'kd.trajectory': one }), 'golden: kd.trajectory: expected shape [3,3], received [1]'],
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
      message:
        'f: expected a safetensors file, received nothing but zero bytes; writing or copying it was cut short: use a copy, or write it again',
    });
    assert.throws(() => replayGolden(new Uint8Array(4), { tolerance: 1 } as object), {
      message: 'replayGolden: expected options among where, tolerances, received "tolerance"; did you mean "tolerances"?',
    });
  });
});
