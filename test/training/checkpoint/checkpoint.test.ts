/** Checkpoints: what goes in comes out; damaged, foreign and crafted files are refused in words that say what is wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { Network } from 'iekd/dist/models/types';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from 'iekd/dist/training/checkpoint/checkpoint';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyData, tinyMatch, tinyNetwork } from '../../fixtures/tinyNetworks';
import { type RunSettings, tinyRun } from '../../fixtures/trainingRuns';

const folder = mkdtempSync(join(tmpdir(), 'iekd-checkpoint-'));
const path = join(folder, 'checkpoint.safetensors');
let whole: Buffer;

/** A run stopped after step 10: in the student's second epoch, with a best epoch behind it. */
before(async () => {
  await tf.setBackend('cpu');
  const stop = stopSignal();
  const atStep = (event: { kind: string; step?: number }): void => {
    if (event.kind === 'step' && event.step === 10) stop.request('enough');
  };
  await tinyRun(folder, { stop, listeners: [atStep] });
  whole = readFileSync(path);
});
after(() => rmSync(folder, { recursive: true }));

afterEach(() => writeFileSync(path, whole));

const resume = (settings: RunSettings = {}) => tinyRun(folder, { resume: true, ...settings });

describe('a checkpoint', () => {
  test('holds every variable of every stage, velocities, best weights and JSON', () => {
    const { tensors, progress, facts } = readCheckpoint(path);
    assert.deepEqual(Object.keys(tensors).sort(), [
      'best/bias',
      'best/running_mean',
      'best/scale',
      'best/weight',
      'stage/code/code',
      'stage/student/method/connector',
      'stage/student/network/bias',
      'stage/student/network/running_mean',
      'stage/student/network/scale',
      'stage/student/network/weight',
      'velocity/method/connector',
      'velocity/network/bias',
      'velocity/network/scale',
      'velocity/network/weight',
    ]);
    const { stage, fit, history } = progress as Checkpoint['progress'];
    assert.deepEqual([stage, fit.epoch, fit.done, fit.meter.images, history.length], [1, 1, 1, 8, 3]);
    assert.deepEqual((facts as Checkpoint['facts']).state, { offset: 0.156 });
  });

  test('is reproduced by its own content', () => {
    const copy = join(folder, 'copy.safetensors');
    writeCheckpoint(copy, readCheckpoint(path) as Checkpoint);
    assert.deepEqual(readCheckpoint(copy), readCheckpoint(path));
    assert.ok(readFileSync(copy).equals(whole));
    rmSync(copy);
  });
});

const DAMAGED = 'the file is damaged: put a copy in its place, or remove it, and the run begins anew';

describe('a file is refused', () => {
  const refused = async (message: string, settings?: RunSettings): Promise<void> => {
    const tensors = tf.memory().numTensors;
    await assert.rejects(resume(settings), { name: 'InputError', message: message.replaceAll('PATH', path) });
    assert.equal(tf.memory().numTensors - tensors, 8, 'only the two networks of the helper are left');
  };

  test('when it is missing', () => {
    const message = `${join(folder, 'none')}: expected a checkpoint, received no such file or folder (ENOENT); look at the path again`;
    assert.throws(() => readCheckpoint(join(folder, 'none')), { name: 'InputError', message });
  });

  test('when it is truncated', () => {
    writeFileSync(path, whole.subarray(0, whole.length - 4));
    return refused(
      `PATH: expected ${dataBytes(whole)} bytes of values, received ${dataBytes(whole) - 4}, after which the file ends; ${DAMAGED}`,
    );
  });

  test('when a bit of a tensor flipped', async () => {
    const bytes = Buffer.from(whole);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await assert.rejects(
      resume(),
      new RegExp(`^InputError: .*: expected content with the SHA-256 [0-9a-f]{64}, received "[0-9a-f]{64}"; ${DAMAGED}$`),
    );
  });

  type Change = (c: Checkpoint) => Checkpoint;
  const withProgress =
    (change: object): Change =>
    (c) => ({ ...c, progress: { ...c.progress, ...change } });
  const crafted: readonly (readonly [string, Change, string])[] = [
    ['a stage that is not there', withProgress({ stage: 3 }), 'PATH: progress: stage: expected an integer in [0, 2], received 3'],
    [
      'an epoch beyond the last',
      withProgress({ fit: fitAt({ epoch: 4 }) }),
      'PATH: progress: fit: epoch: expected an integer in [0, 3], received 4',
    ],
    [
      'a step beyond the epoch',
      withProgress({ fit: fitAt({ done: 4 }) }),
      'PATH: progress: fit: done: expected an integer in [0, 3], received 4',
    ],
    ['a negative time', withProgress({ seconds: -1 }), 'PATH: progress: seconds: expected a number from 0, received -1'],
    ['a history that is none', withProgress({ history: {} }), 'PATH: progress: history: expected a list, received {}'],
    [
      'a row of another kind',
      withProgress({ history: [{ stage: 7 }] }),
      'PATH: progress: history 0: stage: expected a string, received 7',
    ],
    [
      'a best of no split',
      withProgress({ best: { epoch: 1, selectedOn: 'train', evaluations: [] } }),
      'PATH: progress: best: selectedOn: expected one of validation, test, received "train"',
    ],
    [
      'an accuracy above 1',
      withProgress({
        best: { epoch: 1, selectedOn: 'test', evaluations: [{ split: 'test', count: 1, loss: 0, top1: 2, top5: 1 }] },
      }),
      'PATH: progress: best: metrics: top1: expected a number in [0, 1], received 2',
    ],
    [
      'best weights without a best epoch',
      withProgress({ best: undefined }),
      'PATH: expected 0 tensors of the best epoch, received 4',
    ],
    [
      'a tensor too few',
      (c) => without(c, 'velocity/network/bias'),
      'PATH: expected a tensor "velocity/network/bias", received none of that name',
    ],
    [
      'a best tensor of another name',
      (c) => rename(c, 'best/bias', 'best/other'),
      'PATH: expected a tensor "best/bias", received none of that name',
    ],
    [
      'another shape',
      (c) => reshape(c, 'stage/student/network/bias'),
      'PATH: stage/student/network/bias: expected shape [3], received [3,1]',
    ],
    ['another shape of a best tensor', (c) => reshape(c, 'best/bias'), 'PATH: best/bias: expected shape [3], received [3,1]'],
    [
      'a state that is no object',
      (c) => ({ ...c, facts: { ...c.facts, state: 3 as unknown as Checkpoint['facts']['state'] } }),
      'PATH: state: expected an object, received 3',
    ],
    [
      'facts that are no object',
      (c) => ({ ...c, facts: 3 as unknown as Checkpoint['facts'] }),
      'PATH: expected the facts of a run, received 3',
    ],
  ];
  for (const [name, change, message] of crafted) {
    test(`with ${name}`, async () => {
      writeCheckpoint(path, change(readCheckpoint(path) as Checkpoint));
      const start = message.replaceAll('PATH', path);
      await assert.rejects(resume(), (error: Error) => {
        assert.equal(error.message.slice(0, start.length), start);
        return error.name === 'InputError';
      });
    });
  }

  test('with a tensor too many', async () => {
    const c = readCheckpoint(path) as Checkpoint;
    writeCheckpoint(path, { ...c, tensors: { ...c.tensors, extra: { shape: [1], data: new Float32Array(1) } } });
    await assert.rejects(resume(), /expected only the names .*, received "extra"$/);
  });

  const hint = 'the checkpoint was made with the former: set it back, or train in another folder';
  const training = { epochs: 4, batch: 8, learningRate: { kind: 'cosine', base: 0.05, warmUp: { epochs: 1 } } } as const;
  const others: readonly (readonly [string, RunSettings, string])[] = [
    ['seed', { seed: 4 }, `PATH: seed: expected 3, received 4; ${hint}`],
    ['length', { training }, `PATH: stages.1.training.epochs: expected 3, received 4; ${hint}`],
    [
      'data',
      { data: { ...tinyData(), fingerprint: 'f' } },
      `PATH: data.fingerprint: expected "${tinyData().fingerprint}", received "f"; ${hint}`,
    ],
    ['method', { method: tinyMatch(2) }, `PATH: method.options.weight: expected 0.5, received 2; ${hint}`],
  ];
  for (const [name, settings, message] of others) {
    test(`by a run of another ${name}`, () => refused(message, settings));
  }

  const data = tinyData();
  const labels = data.train.labels.slice();
  [labels[0], labels[1]] = [labels[1] as number, labels[0] as number];
  const images = data.test.images.slice();
  images[5] = (images[5] as number) ^ 1;
  const network = (seed: number) => () => [tinyNetwork('small', random(seed)), tinyNetwork('large', random(2))] as const;
  const weightsHint = 'the run began with the former: build or load that network as then, or train in another folder';
  const inputs: readonly (readonly [string, RunSettings, string])[] = [
    ['mean', { data: { ...data, mean: [0.5] } }, `PATH: normalisation.mean.0: expected 0.4, received 0.5; ${hint}`],
    ['deviation', { data: { ...data, std: [0.25] } }, `PATH: normalisation.std.0: expected 0.3, received 0.25; ${hint}`],
    [
      'order of classes',
      { data: { ...data, classNames: ['upper', 'top', 'lower'] } },
      `PATH: classNames.0: expected "top", received "upper"; ${hint}`,
    ],
    [
      'labels under the same fingerprint',
      { data: { ...data, train: { ...data.train, labels } } },
      `PATH: parts.train.labels: expected "DIGEST", received "DIGEST"; ${hint}`,
    ],
    [
      'pixels under the same fingerprint',
      { data: { ...data, test: { ...data.test, images } } },
      `PATH: parts.test.pixels: expected "DIGEST", received "DIGEST"; ${hint}`,
    ],
    [
      'variation of images',
      { data: { ...data, augmentation: { pad: 1, flip: false } } },
      `PATH: data.augmentation.flip: expected true, received false; ${hint}`,
    ],
    [
      'initial weights',
      { networks: network(5) },
      `PATH: initialWeights: student: expected "DIGEST", received "DIGEST"; ${weightsHint}`,
    ],
  ];
  for (const [name, settings, message] of inputs) {
    test(`by a run of another ${name}`, async () => {
      await assert.rejects(resume(settings), (error: Error) => {
        const text = error.message.replaceAll(/"[0-9a-f]{16}"/g, '"DIGEST"').replaceAll(path, 'PATH');
        assert.equal(text, message);
        return error.name === 'InputError';
      });
    });
  }

  test('by a run in another precision', async () => {
    const c = readCheckpoint(path) as Checkpoint;
    const seen = c.facts.inputs ?? assert.fail('no inputs');
    assert.equal(seen.precision, 'float32');
    writeCheckpoint(path, { ...c, facts: { ...c.facts, inputs: { ...seen, precision: 'bfloat16' } } });
    await refused(`PATH: precision: expected "bfloat16", received "float32"; ${hint}`);
  });

  test('but not one of before inputs were noted, nor by the network that this process has trained there', async () => {
    const c = readCheckpoint(path) as Checkpoint;
    writeCheckpoint(path, { ...c, facts: { ...c.facts, inputs: undefined } });
    assert.ok((await resume({ networks: network(5) })).complete);
    const again = mkdtempSync(join(tmpdir(), 'iekd-again-'));
    const [student, teacher] = network(1)();
    const kept = { ...student, dispose: () => undefined };
    const stop = stopSignal();
    const networks = (): readonly [Network, Network] => [kept, tinyNetwork('large', random(2))];
    stop.request('after a step');
    assert.ok(!(await tinyRun(again, { networks, stop })).complete);
    assert.ok((await tinyRun(again, { networks, resume: true })).complete, 'its weights have moved on, and it is the same');
    for (const one of [student, teacher]) one.dispose();
    rmSync(again, { recursive: true });
  });

  test('and accepted when it is whole', async () => {
    const { complete } = await resume();
    assert.ok(complete);
  });

  test('whose state is what the method goes on with', async () => {
    const c = readCheckpoint(path) as Checkpoint;
    writeCheckpoint(path, { ...c, facts: { ...c.facts, state: { offset: 0.5 } } });
    const { outcome } = await resume();
    assert.deepEqual(outcome.state, { offset: 0.5 });
  });
});

function fitAt(change: object): object {
  return { epoch: 1, done: 1, meter: { images: 8, loss: 1, terms: {} }, seconds: 1, ...change };
}

function without(c: Checkpoint, name: string): Checkpoint {
  const { [name]: _, ...tensors } = c.tensors;
  return { ...c, tensors };
}

function rename(c: Checkpoint, from: string, to: string): Checkpoint {
  const tensors = Object.fromEntries(Object.entries(c.tensors).map(([name, value]) => [name === from ? to : name, value]));
  return { ...c, tensors };
}

function reshape(c: Checkpoint, name: string): Checkpoint {
  const { shape = [], data = new Float32Array() } = c.tensors[name] ?? {};
  return { ...c, tensors: { ...c.tensors, [name]: { shape: [...shape, 1], data } } };
}

function dataBytes(file: Buffer): number {
  return file.length - 8 - Number(file.readBigUInt64LE(0));
}
