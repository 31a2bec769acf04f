/** Networks are trained in processes of their own; their names are looked at before, and their sizes are those of PyTorch's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BENCH_MODELS, benchModels, modelSpec } from 'iekd/dist/bench/models/modelBench';
import { start } from 'iekd/dist/engine/start';
import { planNetwork } from 'iekd/dist/models';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';

test('a row a network, whose peak grows with the batch', async () => {
  const { name: engine } = await start();
  const told: string[] = [];
  const rows = [];
  for (const batch of [2, 96]) {
    const options = { models: ['resnet8'], batch, steps: 1, rounds: 1, peer: false };
    const result = await benchModels({ engine, threads: 1 }, { ...options, onProgress: ({ what }) => void told.push(what) });
    assert.equal(result.peer, 'not asked for');
    rows.push(...result.rows);
  }
  const [small, large] = rows;
  assert.ok(small && large);
  const { imagesPerSecond, peakMemoryMb, peakGflops, ofPeak, peakImagesPerSecond, ...rest } = small;
  const setting = { network: 'resnet8', engine, precision: 'float32', threads: 1, batch: 2, size: 32 };
  // He et al.'s ResNet-8 with shortcuts of 1×1: test/golden/networks.json has both counts
  assert.deepEqual(rest, { ...setting, parameters: 78_042, multiplyAdds: 12_501_632 });
  assert.ok(imagesPerSecond > 0 && peakMemoryMb > 40 && peakGflops > 0.1);
  assert.ok(Math.abs(ofPeak - imagesPerSecond / peakImagesPerSecond) < 0.01 * ofPeak + 1e-3);
  assert.ok(large.peakMemoryMb > peakMemoryMb + 20, `${large.peakMemoryMb} MiB`);
  assert.deepEqual(told, ['resnet8, ours', 'resnet8, ours']);
});

describe('what is measured by default', () => {
  const { sizes } = JSON.parse(readFileSync(join(__dirname, '../../golden/networks.json'), 'utf8')) as {
    sizes: { spec: { name: string }; parameters: [number, number]; multiplyAdds: number }[];
  };
  for (const name of BENCH_MODELS) {
    test(`${name}: parameters and multiply-adds of its twin (test/golden/networks_reference.py)`, () => {
      const golden = sizes.find(({ spec }) => Object.keys(spec).length === 1 && spec.name === name);
      const { variables, multiplyAdds } = planNetwork(modelSpec(name, 32));
      assert.deepEqual([parametersOf(variables), multiplyAdds], [golden?.parameters[0], golden?.multiplyAdds]);
    });
  }
});

/** Parameters in torchvision's documentation of its weights (`num_params`). */
const IMAGENET = { resnet18: 11_689_512, resnet50: 25_557_032, mobilenetv2: 3_504_872, shufflenetv2: 2_278_604 };

describe('large images', () => {
  for (const [name, parameters] of Object.entries(IMAGENET)) {
    test(`${name} has its ImageNet stem`, () => {
      const spec = modelSpec(name, 224);
      assert.deepEqual(spec, { name, input: [224, 224, 3], classes: 1000, stem: 'imagenet' });
      assert.equal(parametersOf(planNetwork(spec).variables), parameters);
    });
  }
  test('a network without one is as it is', () => {
    assert.deepEqual(modelSpec('vgg13-bn', 224), { name: 'vgg13-bn', input: [224, 224, 3], classes: 1000 });
    assert.deepEqual(modelSpec('resnet18', 32), { name: 'resnet18', input: [32, 32, 3], classes: 10 });
  });
});

test('PyTorch itself, where it is: the twin is the same network, and has a rate for each layout', async (t) => {
  const { name: engine } = await start();
  const options = { models: ['resnet8'], batch: 2, steps: 1, rounds: 1, memory: true };
  const { rows, peer } = await benchModels({ engine, threads: 1 }, options);
  if (!peer.startsWith('PyTorch ')) return t.skip(peer);
  const [row] = rows;
  assert.deepEqual(Object.keys(row?.peer ?? {}), ['default', 'channels_last', 'channels_last+bf16']);
  assert.equal(row?.ratio, undefined); // of one round
  assert.ok(row?.doubts?.includes('ours ran in one round only'));
  assert.ok(Number(row?.peerPeakMemoryMb) > 50);
});

test('other names, counts and options are refused', async () => {
  const engine = { engine: 'portable', threads: 1 };
  await assert.rejects(benchModels(engine, { models: ['abacus'] }), /expected one of .*, received "abacus"/);
  await assert.rejects(benchModels(engine, { steps: 0 }), {
    message: 'benchModels: steps: expected an integer from 1, received 0',
  });
  await assert.rejects(benchModels(engine, { networks: [] } as object), {
    message:
      'benchModels: expected options among models, size, batch, steps, rounds, peer, python, compile, memory, force, onProgress, received "networks"',
  });
});
