/** Runs on a data set that was made in code: named by its fingerprint, resumed with it, refused without it or with another. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { dataset, type OwnDataset } from 'iekd/dist/data/own/dataset';
import { reproduce } from 'iekd/dist/experiments/queue/reproduce';
import { readConfig } from 'iekd/dist/experiments/run/config';
import { resumeRun, runExperiment } from 'iekd/dist/experiments/run/runExperiment';
import { planName } from 'iekd/dist/experiments/runPlan';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { start } from 'iekd/dist/index';
import { random } from 'iekd/dist/util/rng';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { iekd } from '../../cli/command';

const root = mkdtempSync(join(tmpdir(), 'iekd-own-data-'));
after(() => rmSync(root, { recursive: true }));

const config = { student: { name: 'resnet8' }, method: { name: 'supervised' }, training: { epochs: 1, batch: 8 } } as const;

async function own(seed = 0): Promise<OwnDataset> {
  const stream = random(seed).stream('images');
  const images = Uint8Array.from({ length: 20 * 64 }, () => stream.below(256));
  const labels = Array.from({ length: 20 }, (_, i) => (i % 2 ? 'dog' : 'cat'));
  return dataset({ name: 'pets', train: { images, labels }, shape: [8, 8, 1] });
}

describe('a data set made in code', () => {
  let data: OwnDataset;
  before(async () => {
    await start({ engine: 'portable' });
    data = await own();
  });

  test('a run needs not name it, is named by it, and goes on with it to the same bits', async () => {
    const whole = await runExperiment(config, { folder: join(root, 'whole'), data });
    const written = readConfig(join(root, 'whole', 'config.json'));
    assert.deepEqual(written.dataset, { name: 'pets', contents: data.fingerprint });
    assert.deepEqual(written.student, config.student);
    const { fingerprint } = await own(1);
    const named = planName({ ...config, dataset: { name: 'pets', contents: data.fingerprint } });
    assert.match(named, /^pets-resnet8-supervised-[0-9a-f]{12}-s0$/);
    assert.notEqual(planName({ ...config, dataset: { name: 'pets', contents: fingerprint } }), named);

    const folder = join(root, 'stopped');
    const stop = stopSignal();
    const listeners = [(event: { kind: string }): void => void (event.kind === 'step' && stop.request('asked to'))];
    const half = await runExperiment(config, { folder, data, stop, listeners, everySteps: 1 });
    assert.equal(half.training.complete, false);
    half.dispose();
    const message = (text: string): object => ({ name: 'InputError', message: text });
    const hint = 'it was made in code: give it as data, in runExperiment, resumeRun or reproduce';
    await assert.rejects(resumeRun(folder), message(`pets: expected the data set itself, received its name alone; ${hint}`));
    const other = await own(1);
    const differs = `pets: expected the data set of fingerprint ${data.fingerprint}, received pets of ${other.fingerprint}; its images, labels or split differ`;
    await assert.rejects(resumeRun(folder, { data: other }), message(differs));
    const resumed = await resumeRun(folder, { data });
    assert.deepEqual(resumed.report?.last?.evaluations, whole.report?.last?.evaluations);
    assert.equal(resumed.report?.hash, whole.report?.hash);
    resumed.dispose();
    whole.dispose();
  });

  test('the command line says that it was made in code', () => {
    const { code, stderr } = iekd(['evaluate', join(root, 'whole')]);
    assert.equal(code, 1);
    assert.match(stderr, /expected a data set by its name, received pets, which was made in code; name another with --data/);
  });

  test('plans of tables take it', async () => {
    const store = runStore({ runs: join(root, 'runs'), results: join(root, 'results') });
    const plan = { ...config, dataset: { name: 'pets', contents: data.fingerprint } };
    const { records } = await reproduce([plan], { store, data });
    assert.equal(records.length, 1);
    assert.ok(existsSync(join(root, 'runs', planName(plan), 'result.json')));
  });

  const refusals: readonly (readonly [object, string])[] = [
    [{ dataset: { name: 'pets', train: 3 } }, 'config: dataset: expected options among name, contents, received "train"'],
    [
      { dataset: { name: '../pets' } },
      'config: dataset: name: expected a name without /, \\ and :, which does not begin with a dot, received "../pets"',
    ],
    [{ dataset: { name: 'cats' } }, 'cats: expected the data set of fingerprint '],
  ];
  for (const [entry, text] of refusals) {
    test(text, () =>
      assert.rejects(runExperiment({ ...config, ...entry }, { folder: join(root, 'refused'), data }), (error: Error) => {
        assert.ok(error.message.startsWith(text), error.message);
        return true;
      }),
    );
  }
});
