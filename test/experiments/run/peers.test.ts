/** A run of IE-DML, in turn, of two equal networks on real images: what it leaves, and that it ends the same however it is broken. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { RunConfig } from 'iekd/dist/experiments/run/config';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { readReport } from 'iekd/dist/experiments/run/reportFile';
import { resumeRun, runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import { buildInputs } from 'iekd/dist/experiments/run/runInputs';
import type { RunReport } from 'iekd/dist/experiments/run/runReport';
import { evaluate } from 'iekd/dist/training/evaluate';
import { readMetrics } from 'iekd/dist/training/metricsFile';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { loadNetwork, readWeights, weightsIn } from 'iekd/dist/weights/networkFile';
import { killAt } from '../../fixtures/killReproduce';

const root = mkdtempSync(join(tmpdir(), 'iekd-peers-'));
const at = (name: string, file = ''): string => join(root, name, file);
after(() => rmSync(root, { recursive: true }));

const config: RunConfig = {
  dataset: { name: 'fashion-mnist', train: 60, validation: 20, test: 30 },
  student: { name: 'resnet8' },
  peers: [{ name: 'resnet8' }],
  method: { name: 'ie-dml', split: 'random' },
  training: { epochs: 2, batch: 16, learningRate: 0.05 },
  seed: 1,
};
/** Two epochs of four steps. */
const STEPS = 8;
const WEIGHTS = ['student-last', 'student-best', 'peer1-last', 'peer1-best'].map((name) => `${name}.safetensors`);
let startTensors = 0;
let whole: RunReport;

/** What a run leaves that must not depend on how it came about. */
function outcome(name: string): unknown {
  const rows = readMetrics(at(name, 'metrics.jsonl')).map(({ seconds, imagesPerSecond, fallbackMs, provenance, ...row }) => row);
  const { seconds, date, provenance, history, last, ...report } = readReport(at(name)) ?? assert.fail('no report');
  return { weights: WEIGHTS.map((file) => readWeights(at(name, file)).sha256), rows, report };
}

before(async () => {
  const stop = stopSignal();
  stop.request('begun only');
  (await runExperiment(config, { folder: at('killed'), stop })).dispose();
  startTensors = tf.memory().numTensors;
  const run = await runExperiment(config, { folder: at('whole') });
  whole = run.report ?? assert.fail('no report');
  run.dispose();
});

describe('a run with a peer', () => {
  test('leaves the weights of both, and no tensor', () => {
    const files = [
      'checkpoint.safetensors',
      'config.json',
      'description.txt',
      'inputs.json',
      'metrics.jsonl',
      'result.json',
      ...WEIGHTS,
    ];
    assert.deepEqual(readdirSync(at('whole')).sort(), files.sort());
    assert.equal(tf.memory().numTensors, startTensors);
    assert.deepEqual(
      weightsIn(at('whole')),
      WEIGHTS.map((file) => at('whole', file)),
    );
    assert.deepEqual(weightsIn(at('killed')), [], 'none yet');
  });

  test('the report, the log and the files agree about the peer', async () => {
    assert.deepEqual(readReport(at('whole')), JSON.parse(JSON.stringify(whole)));
    const [peer] = whole.peers ?? [];
    assert.equal(peer?.peer, 'peer1');
    assert.deepEqual(whole.last?.peers, [{ peer: 'peer1', evaluations: peer?.evaluations }]);
    const epochs = readMetrics(at('whole', 'metrics.jsonl')).filter((row) => row.kind === 'epoch');
    assert.deepEqual(
      epochs.map((row) => row.peers),
      whole.history.map((epoch) => JSON.parse(JSON.stringify(epoch.peers))),
    );
    assert.equal(whole.facts.peers?.[0]?.name, 'resnet8');
    assert.deepEqual(Object.keys(whole.facts.state), ['student', 'peer1']);
    assert.notDeepEqual(whole.facts.state.student, whole.facts.state.peer1, 'a split each');
    const again = await runExperiment(config, { folder: at('again') });
    for (const [file, measured] of [
      ['peer1-last.safetensors', peer],
      ['peer1-best.safetensors', peer?.best],
    ] as const) {
      const network = loadNetwork(at('whole', file), again.peers[0]?.spec);
      const { loss, ...counts } = await evaluate(network, again.data, 'test');
      network.dispose();
      const reported = measured?.evaluations.find((e) => e.split === 'test');
      assert.deepEqual({ ...counts, loss: 0 }, { ...reported, loss: 0 });
      assert.ok(Math.abs(loss - (reported?.loss ?? 0)) < 1e-6);
    }
    assert.equal(readWeights(at('whole', 'peer1-last.safetensors')).notes.epoch, '2');
    again.dispose();
    assert.deepEqual(outcome('again'), outcome('whole'), 'a run is a function of its configuration');
  });

  test('equal networks begin differently, each by its role alone', async () => {
    const run = parseRun(config);
    const beside = (peers: RunConfig['peers'] = []) => buildInputs({ ...run, config: { ...run.config, peers } }, {});
    const both = await buildInputs(run, {});
    const [other, alone] = [await beside([{ name: 'resnet14' }]), await beside()];
    const [student, peer] = [both.student, ...both.peers].map(({ variables }) => variables.snapshot());
    assert.notDeepEqual(student?.['fc.weight'], peer?.['fc.weight']);
    for (const { student: same } of [other, alone]) assert.deepEqual(same.variables.snapshot(), student);
    for (const { student: one, peers } of [both, other, alone]) for (const network of [one, ...peers]) network.dispose();
  });

  test('stopped and resumed, or killed and resumed, it ends the same', async (t) => {
    for (const step of [1, 6]) {
      const stop = stopSignal();
      const listener = (event: { kind: string; step?: number }): void => {
        if (event.kind === 'step' && event.step === step) stop.request('enough');
      };
      const first = await runExperiment(config, { folder: at(`stopped-${step}`), stop, listeners: [listener] });
      assert.deepEqual([first.training.complete, first.report], [false, undefined]);
      first.dispose();
      (await resumeRun(at(`stopped-${step}`))).dispose();
      assert.deepEqual(outcome(`stopped-${step}`), outcome('whole'), `stopped after step ${step}`);
    }
    t.diagnostic(`killed at step ${await killAt(at('killed'), 3, STEPS)}`);
    (await resumeRun(at('killed'))).dispose();
    assert.deepEqual(outcome('killed'), outcome('whole'));
    assert.equal(tf.memory().numTensors, startTensors);
  });
});
