/** SSD300 over ResNets: its maps and parameters, from torchvision's published counts and by hand; a pass; what is refused. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Dataset } from 'iekd/dist/data/types';
import { priorCount } from 'iekd/dist/detection/priors/priors';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { buildNetwork, planNetwork } from 'iekd/dist/models/index';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { detection } from 'iekd/dist/tasks/detection/detection';
import type { DetectionOptions } from 'iekd/dist/tasks/detection/detectionOptions';
import { random } from 'iekd/dist/util/rng';

before(() => start({ engine: 'portable' }));

/** A ResNet's parameters without its fourth stage and its classes: those of torchvision's models less those two. */
const BACKBONES: readonly (readonly [name: string, parameters: number, channels: readonly number[]])[] = [
  ['resnet18', 11_689_512 - 8_393_728 - 513_000, [256, 512, 512, 256, 256, 128]],
  ['resnet34', 21_797_672 - 13_114_368 - 513_000, [256, 512, 512, 256, 256, 256]],
  ['resnet50', 25_557_032 - 14_964_736 - 2_049_000, [1024, 512, 512, 256, 256, 256]],
];
const CELLS = [38, 19, 10, 5, 3, 1];
const PRIORS = [4, 6, 6, 6, 4, 4];
const BETWEEN = [256, 256, 128, 128, 128];

describe('maps and parameters', () => {
  for (const [backbone, parameters, channels] of BACKBONES) {
    test(`ssd300-${backbone}`, () => {
      const plan = planNetwork({ name: `ssd300-${backbone}`, classes: 20 });
      const maps = plan.features.filter(({ name }) => /^stage[3-8]$/.test(name));
      assert.deepEqual(
        maps.map((f) => [f.height, f.width, f.channels]),
        CELLS.map((n, i) => [n, n, channels[i]]),
      );
      const extras = BETWEEN.map((between, i) => {
        const [from, to] = [channels[i] as number, channels[i + 1] as number];
        return from * between + 9 * between * to + 2 * (between + to);
      });
      const heads = PRIORS.map((count, i) => (9 * (channels[i] as number) + 1) * count * 25);
      const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
      assert.equal(parametersOf(plan.variables), parameters + sum(extras) + sum(heads));
    });
  }
});

test('ssd300-vgg16: maps and parameters', () => {
  const plan = planNetwork({ name: 'ssd300-vgg16', classes: 20 });
  const channels = [512, 1024, 512, 256, 256, 256];
  const taps = ['stage4', 'stage6', 'stage7', 'stage8', 'stage9', 'stage10'];
  const maps = taps.map((tap) => plan.features.find(({ name }) => name === tap));
  assert.deepEqual(
    maps.map((f) => [f?.height, f?.width, f?.channels]),
    CELLS.map((n, i) => [n, n, channels[i]]),
  );
  // VGG-16 without its linear layers (torchvision's count less theirs), fc6 and fc7, the norm's scale
  const vgg = 138_357_544 - 123_642_856;
  const hidden = 9 * 512 * 1024 + 1024 + 1024 * 1024 + 1024;
  const extra = (from: number, between: number, to: number): number => from * between + between + 9 * between * to + to;
  const extras = extra(1024, 256, 512) + extra(512, 128, 256) + 2 * extra(256, 128, 256);
  const heads = PRIORS.map((count, i) => (9 * (channels[i] as number) + 1) * count * 25).reduce((a, b) => a + b, 0);
  assert.equal(parametersOf(plan.variables), vgg + hidden + 512 + extras + heads);
  assert.deepEqual(
    plan.variables.slice(0, 2).map(({ name }) => name),
    ['features.0.weight', 'features.0.bias'],
  );
});

test('ssdlite-mobilenetv2: maps, and MobileNet v2 with all of its parameters but the classes', () => {
  const plan = planNetwork({ name: 'ssdlite-mobilenetv2', classes: 20 });
  const channels = [96, 1280, 512, 256, 256, 64];
  const taps = ['stage3', 'stage5', 'stage6', 'stage7', 'stage8', 'stage9'];
  const maps = taps.map((tap) => plan.features.find(({ name }) => name === tap));
  assert.deepEqual(
    maps.map((f) => [f?.height, f?.channels]),
    [20, 10, 5, 3, 2, 1].map((n, i) => [n, channels[i]]),
  );
  const own = plan.variables.filter(({ name }) => name.startsWith('features.'));
  assert.equal(parametersOf(own), 3_504_872 - 1_281_000); // torchvision's count less that of its linear layer
  const extra = (from: number, inner: number, to: number): number =>
    from * inner + 2 * inner + 9 * inner + 2 * inner + inner * to + 2 * to;
  const extras = extra(1280, 256, 512) + extra(512, 128, 256) + extra(256, 128, 256) + extra(256, 64, 64);
  const heads = channels.reduce((sum, count) => sum + 9 * count + 2 * count + (count + 1) * 6 * 25, 0);
  assert.equal(parametersOf(plan.variables), parametersOf(own) + extras + heads);
});

test('a pass of SSDLite says classes and offsets of 3,234 priors', () => {
  const network = buildNetwork({ name: 'ssdlite-mobilenetv2', classes: 3 }, random(1));
  detection({ priors: 'ssdlite' }).check('test', network);
  const { logits, offsets } = network.forward(tf.randomNormal([1, 320, 320, 3], 0, 1, 'float32', 1));
  assert.deepEqual(
    [logits.shape, offsets?.shape],
    [
      [1, 3234 * 4],
      [1, 3234, 4],
    ],
  );
  network.dispose();
});

describe('a task says which priors its network has', () => {
  const cases: readonly (readonly [string, DetectionOptions])[] = [
    ['ssd-resnet8', {}],
    ['ssd-resnet8', { priors: { 4: [[0.1, 0.1]], 8: [[0.2, 0.2]], 16: [[0.4, 0.4]] } }],
    ['ssd300-resnet18', { priors: 'ssd300-coco' }],
    ['ssd300-vgg16', { priors: 'ssd300' }],
    ['ssdlite-mobilenetv2', { priors: 'ssdlite' }],
  ];
  for (const [name, options] of cases) {
    test(`${name}: ${JSON.stringify(options)}`, () => {
      const task = detection(options);
      const { spec } = planNetwork({ name, ...task.head({ classNames: ['cat', 'dog'] } as unknown as Dataset) });
      assert.deepEqual([spec.classes, spec['priors']], [2, task.options['priors']]);
      assert.deepEqual(planNetwork(JSON.parse(JSON.stringify(spec)) as NetworkSpec).spec, spec);
    });
  }
});

test('a pass says classes and offsets of 8,732 priors, which are those of the task', () => {
  const network = buildNetwork({ name: 'ssd300-resnet18', classes: 20 }, random(1));
  assert.equal(priorCount(network.priors ?? assert.fail()), 8732);
  detection({ priors: 'ssd300' }).check('test', network);
  assert.throws(() => detection({ priors: 'ssd300-coco' }).check('test', network), {
    message: 'test: expected the priors of the task, received ssd300-resnet18 with others; give both the same option priors',
  });
  const { logits, offsets } = network.forward(tf.randomNormal([1, 300, 300, 3], 0, 1, 'float32', 1));
  assert.deepEqual(
    [logits.shape, offsets?.shape],
    [
      [1, 8732 * 21],
      [1, 8732, 4],
    ],
  );
  const [largest = Number.NaN] = tf.max(tf.abs(logits)).dataSync<'float32'>();
  assert.ok(largest > 1e-3 && largest < 100, String(largest));
  network.dispose();
});

describe('refused', () => {
  const where = 'buildNetwork: ssd300-resnet18';
  const cases: readonly (readonly [NetworkSpec, string])[] = [
    [{ name: 'ssd300-resnet18', input: [320, 320, 3] }, `${where}: input: expected images of 300×300, received [320,320,3]`],
    [{ name: 'ssd300-resnet18', priors: 'small' }, `${where}: priors: expected one of ssd300, ssd300-coco, received "small"`],
    [
      { name: 'ssd300-resnet18', stem: 'cifar' },
      `${where}: expected options among name, classes, input, priors, received "stem"`,
    ],
    [
      { name: 'ssdlite-mobilenetv2', input: [300, 300, 3] },
      'buildNetwork: ssdlite-mobilenetv2: input: expected images of 320×320, received [300,300,3]',
    ],
  ];
  for (const [given, message] of cases)
    test(message, () => assert.throws(() => planNetwork(given), { name: 'InputError', message }));
});
