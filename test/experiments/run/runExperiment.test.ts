/**
 * Runs of real networks and methods on real images: a teacher, then IE-FT from it, on the engine that `start` chooses. Stopped
 * and killed runs end bit-same to an unbroken one; what a run reads and writes is checked.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { RunConfig } from 'iekd/dist/experiments/run/config';
import { readReport } from 'iekd/dist/experiments/run/reportFile';
import { type ExperimentRun, resumeRun, runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import type { RunReport } from 'iekd/dist/experiments/run/runReport';
import type { RunPlan } from 'iekd/dist/experiments/runPlan';
import { recordLine } from 'iekd/dist/experiments/store/recordLines';
import { evaluate } from 'iekd/dist/training/evaluate';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { readMetrics } from 'iekd/dist/training/metricsFile';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { loadNetwork, readWeights, saveWeights } from 'iekd/dist/weights/networkFile';
import { killAt } from '../../fixtures/killReproduce';

const root = mkdtempSync(join(tmpdir(), 'iekd-run-'));
const at = (name: string, file = ''): string => join(root, name, file);
const hashOf = (path: string): string => readWeights(path).sha256;
after(() => rmSync(root, { recursive: true }));

const base = {
  dataset: { name: 'fashion-mnist', train: 60, validation: 20, test: 30 },
  student: { name: 'resnet8' },
  training: { epochs: 2, batch: 16, learningRate: 0.05 },
  seed: 1,
};
const teacherConfig: RunConfig = { ...base, method: { name: 'supervised' } };
const config: RunConfig = {
  ...base,
  teacher: { network: { name: 'resnet8' }, weights: at('teacher', 'student-last.safetensors') },
  method: { name: 'ie-ft', split: 'random', fit: { epochs: 1 } },
};
/** Each fits its own encoder (keptEncoders.test.ts: the others). */
const OWN = { encoders: false } as const;
/** One epoch of the factor encoder and two of the student, four steps each. */
const STEPS = 12;
let startTensors = 0;
let whole: RunReport;

/** What a run leaves that must not depend on how it came about. */
function outcome(name: string): unknown {
  const rows = readMetrics(at(name, 'metrics.jsonl')).map(({ seconds, imagesPerSecond, fallbackMs, provenance, ...row }) => row);
  const { seconds, date, provenance, history, last, ...report } = readReport(at(name)) ?? assert.fail('no report');
  return { last: hashOf(at(name, 'student-last.safetensors')), best: hashOf(at(name, 'student-best.safetensors')), rows, report };
}

before(async () => {
  const teacher = await runExperiment(teacherConfig, { folder: at('teacher') });
  teacher.dispose();
  startTensors = tf.memory().numTensors;
  const run = await runExperiment(config, { folder: at('whole'), ...OWN });
  assert.ok(run.report);
  whole = run.report;
  run.dispose();
});

describe('runExperiment', () => {
  test('leaves its files, and no tensor', () => {
    const files = ['checkpoint.safetensors', 'config.json', 'description.txt', 'inputs.json', 'metrics.jsonl', 'result.json'];
    assert.deepEqual(readdirSync(at('whole')).sort(), [...files, 'student-best.safetensors', 'student-last.safetensors']);
    assert.equal(tf.memory().numTensors, startTensors);
    assert.deepEqual(readReport(at('whole')), JSON.parse(JSON.stringify(whole)));
    assert.ok(Math.abs(Date.now() - Date.parse(whole.date)) < 600_000, whole.date);
  });

  test('the report says what was done, by whom, on what', () => {
    const { facts, provenance, history, best, last } = whole;
    assert.deepEqual(
      facts.stages.map((s) => [s.name, s.parameters]),
      [
        ['factor encoder', 129_600],
        ['student', 77_754 + 2 * 27_840],
      ],
    );
    assert.deepEqual([facts.student.name, facts.teachers[0]?.name, facts.method.name], ['resnet8', 'resnet8', 'ie-ft']);
    assert.deepEqual(
      history.map((e) => [e.stage, e.epoch]),
      [
        ['factor encoder', 1],
        ['student', 1],
        ['student', 2],
      ],
    );
    assert.equal(best?.selectedOn, 'validation');
    assert.deepEqual(last, history[2]);
    assert.equal(provenance.versions.node, process.versions.node);
    assert.ok(provenance.engine.threads >= 1 && provenance.machine.cores >= 1);
  });

  test('a run that was changed by hand says so in its report, its log and its description', async () => {
    const rate = { value: 0.05 };
    const listen = (event: TrainingEvent): void => {
      if (event.kind === 'step' && event.step === 3) rate.value = 0.01;
    };
    const run = await runExperiment(teacherConfig, {
      folder: at('by-hand'),
      adjust: { learningRate: rate },
      listeners: [listen],
    });
    run.dispose();
    const change = { stage: 'student', step: 4, setting: 'learningRate', value: 0.01 };
    assert.deepEqual(readReport(at('by-hand'))?.adjusted, [change]);
    assert.deepEqual(
      readMetrics(at('by-hand', 'metrics.jsonl')).filter(({ kind }) => kind === 'adjusted'),
      [{ kind: 'adjusted', ...change }],
    );
    assert.equal(readWeights(at('by-hand', 'student-last.safetensors')).notes['adjusted'], '1 change by hand');
    assert.match(
      readFileSync(at('by-hand', 'description.txt'), 'utf8'),
      /^Changed by hand: learningRate is 0.01 from step 4 on[.]$/m,
    );
    assert.throws(
      () => recordLine({ ...(run.report as RunReport), config: teacherConfig as unknown as RunPlan }),
      /received 1 change by hand/,
    );
  });

  test('the head of the log tells reductions, weights and sizes of all terms', () => {
    const rows = readMetrics(at('whole', 'metrics.jsonl'));
    const row = rows.find((r) => r.kind === 'terms' && r.stage === 'student');
    const facts = row?.terms as readonly { name: string; weight: number; reduction: string; value: number }[];
    assert.deepEqual(
      facts.map((t) => [t.name, t.weight, t.reduction]),
      [
        ['task', 1, 'mean over batch'],
        ['inheritance', 50, 'mean over elements of L2-normalised factors'],
        ['exploration', -50, 'mean over elements of L2-normalised factors'],
      ],
    );
    // At the start the factors are unrelated; the values scatter by a few per cent.
    const unrelated = whole.facts.expected?.unrelated ?? Number.NaN;
    for (const { value } of facts.slice(1)) assert.ok(Math.abs(value - unrelated) < 0.2 * unrelated, `${value} for ${unrelated}`);
    assert.deepEqual(rows[0]?.config, config);
  });

  test('saved weights are the student: evaluating them again gives the reported numbers', async () => {
    const again = await runExperiment(config, { folder: at('again'), ...OWN });
    for (const [file, epoch] of [
      ['student-last.safetensors', whole.last],
      ['student-best.safetensors', whole.best],
    ] as const) {
      const network = loadNetwork(at('whole', file), again.student.spec);
      const { loss, ...counts } = await evaluate(network, again.data, 'test');
      network.dispose();
      const reported = epoch?.evaluations.find((e) => e.split === 'test');
      assert.deepEqual({ ...counts, loss: 0 }, { ...reported, loss: 0 });
      assert.ok(Math.abs(loss - (reported?.loss ?? 0)) < 1e-6);
    }
    assert.equal(JSON.parse(readWeights(at('whole', 'student-best.safetensors')).notes.epoch ?? ''), whole.best?.epoch);
    again.dispose();
    assert.deepEqual(outcome('again'), outcome('whole'), 'a run is a function of its configuration');
  });

  test('stopped in each stage and resumed, it ends the same', async () => {
    for (const step of [2, 7]) {
      const name = `stopped-${step}`;
      const stop = stopSignal();
      const first = await runExperiment(config, {
        folder: at(name),
        ...OWN,
        stop,
        listeners: [(event) => event.kind === 'step' && event.step === step && stop.request('enough')],
      });
      assert.deepEqual([first.training.complete, first.training.stopped, first.report], [false, 'enough', undefined]);
      first.dispose();
      const second = await resumeRun(at(name), OWN);
      second.dispose();
      assert.deepEqual(outcome(name), outcome('whole'), `stopped after step ${step}`);
    }
    assert.equal(tf.memory().numTensors, startTensors);
  });

  test('killed and resumed, it ends the same', async (t) => {
    const stop = stopSignal();
    stop.request('begun only');
    (await runExperiment(config, { folder: at('killed'), stop, ...OWN })).dispose();
    for (const step of [3, 8]) t.diagnostic(`killed at step ${await killAt(at('killed'), step, STEPS)}`);
    (await resumeRun(at('killed'))).dispose();
    assert.deepEqual(outcome('killed'), outcome('whole'));
  });
});

describe('runExperiment refuses', () => {
  const refuses = (run: () => Promise<ExperimentRun>, message: string) => assert.rejects(run, { name: 'InputError', message });

  test('a folder with a run, unless asked to resume', () => {
    const message = `runExperiment: expected a folder without a run, received ${at('whole')}; set resume, or choose another folder`;
    return refuses(() => runExperiment(config, { folder: at('whole') }), message);
  });

  test('to resume another configuration', () => {
    const other = { ...config, training: { ...config.training, epochs: 3 } };
    const hint = 'the run in that folder has the former: resume that, or choose another folder';
    const message = `${at('whole', 'config.json')}: training.epochs: expected 2, received 3; ${hint}`;
    return refuses(() => runExperiment(other, { folder: at('whole'), resume: true }), message);
  });

  test('to resume with another teacher in the same file', async () => {
    cpSync(at('whole'), at('swapped'), { recursive: true });
    const weights = at('swapped', 'teacher.safetensors');
    const teacher = loadNetwork(at('teacher', 'student-last.safetensors'));
    saveWeights(weights, teacher);
    teacher.dispose();
    const [before, now] = [hashOf(at('teacher', 'student-last.safetensors')), hashOf(weights)];
    const swapped = { ...config, teacher: { network: { name: 'resnet8' }, weights } };
    const message = `${at('swapped', 'inputs.json')}: teacher: expected "${before}", received "${now}"; the run began with the former`;
    await refuses(() => runExperiment(swapped, { folder: at('swapped'), resume: true }), message);
    assert.equal(tf.memory().numTensors, startTensors);
  });

  test('a teacher’s file that is missing, or of another network', async () => {
    const missing = { ...config, teacher: { network: { name: 'resnet8' }, weights: at('none') } };
    await refuses(
      () => runExperiment(missing, { folder: at('bad') }),
      `${at('none')}: expected a file of weights, received no such file or folder (ENOENT); look at the path again`,
    );
    const weights = at('teacher', 'student-last.safetensors');
    const other = { ...config, teacher: { network: { name: 'resnet14' }, weights } };
    await refuses(
      () => runExperiment(other, { folder: at('bad') }),
      `${weights}: expected weights of resnet14, received those of resnet8; name the network that the file has, or another file`,
    );
    assert.equal(tf.memory().numTensors, startTensors);
  });

  test('the second of two teachers, and leaves nothing of the first', async () => {
    const network = { name: 'resnet8' };
    const teachers = ['teacher', 'none'].map((name) => ({ network, weights: at(name, 'student-last.safetensors') }));
    const several: RunConfig = { ...config, method: { name: 'feed' }, teacher: teachers };
    await refuses(
      () => runExperiment(several, { folder: at('bad') }),
      `${at('none', 'student-last.safetensors')}: expected a file of weights, received no such file or folder (ENOENT); look at the path again`,
    );
    assert.equal(tf.memory().numTensors, startTensors);
  });

  test('to resume a folder that is none', () =>
    refuses(
      () => resumeRun(at('none')),
      `${at('none', 'config.json')}: expected a file that can be read, received no such file or folder (ENOENT); look at the path again`,
    ));

  test('unknown options', () =>
    refuses(
      () => runExperiment(config, { folder: at('x'), epochs: 1 } as { folder: string }),
      'runExperiment: expected options among folder, listeners, stop, adjust, resume, onInputs, everySteps, everySeconds, download, dataFolder, data, workers, onDataProgress, source, slot, encoders, claim, tensorboard, received "epochs"',
    ));
});
