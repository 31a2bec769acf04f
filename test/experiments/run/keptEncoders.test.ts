/** Real runs beside each other: what FT fits is kept beside their folders and taken by IE-FT; a student that begins with weights. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildNetwork, start } from 'iekd';
import type { TensorData } from 'iekd/dist/engine/variables';
import type { RunConfig } from 'iekd/dist/experiments/run/config';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { resumeRun, runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { sha256 } from 'iekd/dist/util/hash';
import { random } from 'iekd/dist/util/rng';
import { saveWeights } from 'iekd/dist/weights/networkFile';

const root = mkdtempSync(join(tmpdir(), 'iekd-encoders-'));
const at = (...parts: string[]): string => join(root, ...parts);
after(() => rmSync(root, { recursive: true }));

const network = { name: 'resnet8', input: [32, 32, 1] as const, classes: 10 };
const base = {
  dataset: { name: 'fashion-mnist', train: 60, test: 30 },
  student: { name: 'resnet8' },
  training: { epochs: 1, batch: 30, learningRate: 0.05 },
};
const taught = (name: string, seed: number): RunConfig => ({
  ...base,
  method: { name, fit: { epochs: 1 } },
  teacher: { network: { name: 'resnet8' }, weights: at('teacher.safetensors') },
  seed,
  fitSeed: 0,
});

before(async () => {
  await start();
  for (const [name, seed] of [
    ['teacher', 5],
    ['begun', 6],
  ] as const) {
    const drawn = buildNetwork(network, random(seed));
    saveWeights(at(`${name}.safetensors`), drawn);
    drawn.dispose();
  }
});

/** @returns the last weights, and whether the run took an encoder that was kept */
async function run(config: RunConfig, folder: string, encoders?: false) {
  const taken: boolean[] = [];
  const listen = (event: TrainingEvent): void => void (event.kind === 'fitted' && taken.push(event.reused));
  const done = await runExperiment(config, {
    folder: at(folder),
    listeners: [listen],
    ...(encoders === undefined ? {} : { encoders }),
  });
  done.dispose();
  return { weights: sha256(readFileSync(at(folder, 'student-last.safetensors'))), taken, history: done.training.history };
}

describe('encoders', () => {
  test('are fitted once for FT, IE-FT and another seed, to the bits of runs that fit their own', async () => {
    assert.deepEqual((await run(taught('ft', 0), 'runs/ft')).taken, [false]);
    for (const [name, seed] of [
      ['ie-ft', 0],
      ['ie-ft', 1],
    ] as const) {
      const shared = await run(taught(name, seed), `runs/${name}-${seed}`);
      const own = await run(taught(name, seed), `runs/${name}-${seed}-own`, false);
      assert.deepEqual([shared.taken, own.taken], [[true], []]);
      assert.equal(shared.weights, own.weights, `${name}, seed ${seed}`);
      assert.deepEqual(
        shared.history.map(({ stage, loss }) => [stage, loss]),
        own.history.map(({ stage, loss }) => [stage, loss]),
      );
    }
  });
});

describe('a student that begins with weights', () => {
  const alone: RunConfig = {
    ...base,
    method: { name: 'supervised' },
    training: { ...base.training, learningRate: 0 },
    from: at('begun.safetensors'),
  };

  test('has them before its first step, whatever the seed', async () => {
    const kernel = async (config: RunConfig, folder: string): Promise<string> => {
      const done = await runExperiment(config, { folder: at('begun', folder) });
      const [{ data }] = Object.values(done.student.variables.snapshot()) as [TensorData];
      done.dispose();
      return sha256(new Uint8Array(data.buffer));
    };
    const drawn = buildNetwork(network, random(6));
    const [{ data }] = Object.values(drawn.variables.snapshot()) as [TensorData];
    drawn.dispose();
    assert.deepEqual(
      [await kernel(alone, 'a'), await kernel({ ...alone, seed: 9 }, 'b')],
      Array(2).fill(sha256(new Uint8Array(data.buffer))),
    );
    (await resumeRun(at('begun', 'a'))).dispose();
  });

  test('is another run than one that begins with others, and the file counts by its content', () => {
    const hash = (config: RunConfig): string => parseRun(config).hash;
    const { from: _, ...without } = alone;
    assert.notEqual(hash(alone), hash(without));
    assert.notEqual(hash(alone), hash({ ...alone, from: at('teacher.safetensors') }));
  });

  test('must be of that network', () => {
    const message = `${at('begun.safetensors')}: expected weights of resnet14, received those of resnet8; name the network that the file has, or another file`;
    return assert.rejects(runExperiment({ ...alone, student: { name: 'resnet14' } }, { folder: at('begun', 'c') }), { message });
  });
});
