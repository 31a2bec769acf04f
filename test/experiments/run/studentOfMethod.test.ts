/** A run whose method makes its student of the one named and of its teacher (SimKD): what it is called, what it leaves, and that it goes on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import type { RunConfig } from 'iekd/dist/experiments/run/config';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { resumeRun, runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import { buildNetwork } from 'iekd/dist/models/index';
import { evaluate } from 'iekd/dist/training/evaluate';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { loadNetwork, readWeights, saveWeights } from 'iekd/dist/weights/networkFile';

const root = mkdtempSync(join(tmpdir(), 'iekd-reused-'));
const at = (...names: string[]): string => join(root, ...names);
before(() => start());
after(() => rmSync(root, { recursive: true }));

const TEACHER = { name: 'resnet8', shortcut: 'A', input: [32, 32, 1] } as const;

function configured(): RunConfig {
  const teacher = buildNetwork(TEACHER, random(5));
  saveWeights(at('teacher.safetensors'), teacher);
  teacher.dispose();
  return {
    dataset: { name: 'fashion-mnist', train: 60, validation: 20, test: 30 },
    student: { name: 'resnet8' },
    teacher: { network: TEACHER, weights: at('teacher.safetensors') },
    method: { name: 'simkd' },
    training: { epochs: 2, batch: 16, learningRate: 0.05 },
    seed: 1,
  };
}

test('keeps the projected student with the teacher’s classifier; stopped and resumed, it ends with the same bits', async () => {
  const config = configured();
  assert.deepEqual(parseRun(config).config.student, { name: 'resnet8' });
  const tensors = tf.memory().numTensors;
  const run = await runExperiment(config, { folder: at('whole') });
  const projector = { channels: 64, bottleneck: 32, pool: 1 };
  const files = ['student-last.safetensors', 'student-best.safetensors'];
  const [theirs, last] = [at('teacher.safetensors'), at('whole', files[0] as string)].map((path) => readWeights(path));
  assert.deepEqual([run.student.spec.projector, last?.spec['projector']], [projector, projector]);
  assert.deepEqual(last?.tensors['classifier.weight'], theirs?.tensors['fc.weight']);
  assert.deepEqual(last?.tensors['classifier.bias'], theirs?.tensors['fc.bias']);
  assert.equal(last?.tensors['fc.weight'], undefined);
  const network = loadNetwork(at('whole', files[0] as string));
  const { loss, metrics } = await evaluate(network, run.data, 'test');
  const reported = run.report?.last?.evaluations.find(({ split }) => split === 'test');
  assert.deepEqual(metrics, reported?.metrics);
  assert.ok(Math.abs(loss - (reported?.loss ?? 0)) < 1e-6, `${loss} for ${reported?.loss}`);
  for (const one of [network, run]) one.dispose();

  const stop = stopSignal();
  const listener = (event: { kind: string; step?: number }): void => {
    if (event.kind === 'step' && event.step === 5) stop.request('enough');
  };
  (await runExperiment(config, { folder: at('stopped'), stop, listeners: [listener] })).dispose();
  (await resumeRun(at('stopped'))).dispose();
  for (const file of files) assert.equal(readWeights(at('stopped', file)).sha256, readWeights(at('whole', file)).sha256);
  assert.equal(tf.memory().numTensors, tensors);
});
