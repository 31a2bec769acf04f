/** Networks before they are made: features, sizes that others have published, and what is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildNetwork, describeModels, planNetwork } from 'iekd/dist/models/index';
import { parametersOf } from 'iekd/dist/models/layers/variablePlan';
import type { FeatureInfo, ModelName, NetworkSpec } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';

/** `stage1 32×32×16 bn`, of the activated maps; `-` where no norm is named, `(linear)` where nothing is cut. */
function shapes(features: readonly FeatureInfo[]): string[] {
  return features
    .filter(({ name }) => !name.endsWith('.pre'))
    .map(
      ({ name, height, width, channels, batchNorm, activated }) =>
        `${name} ${height}×${width}×${channels} ${batchNorm ?? '-'}${activated ? '' : ' (linear)'}`,
    );
}

describe('features of 32×32 images: size, and the norm before the rectifier', () => {
  const [deep, vggs] = [
    ['32×32×64', '16×16×128', '8×8×256', '4×4×512'],
    ['32×32×64', '16×16×128', '8×8×256', '4×4×512', '2×2×512'],
  ];
  const named = (sizes: readonly string[] | undefined, norms: readonly string[]): string[] =>
    (sizes ?? []).map((size, i) => `stage${i + 1} ${size} ${norms[i] ?? '-'}`);
  const rows: readonly (readonly [NetworkSpec, readonly string[]])[] = [
    [{ name: 'resnet20' }, named(['32×32×16', '16×16×32', '8×8×64'], ['blocks.0_2.bn2', 'blocks.1_2.bn2', 'blocks.2_2.bn2'])],
    [{ name: 'resnet8x4' }, named(['32×32×64', '16×16×128', '8×8×256'], ['blocks.0_0.bn2', 'blocks.1_0.bn2', 'blocks.2_0.bn2'])],
    [{ name: 'resnet18' }, named(deep, ['layer1.1.bn2', 'layer2.1.bn2', 'layer3.1.bn2', 'layer4.1.bn2'])],
    [
      { name: 'resnet34', stem: 'imagenet' },
      named(['8×8×64', '4×4×128', '2×2×256', '1×1×512'], ['layer1.2.bn2', 'layer2.3.bn2', 'layer3.5.bn2', 'layer4.2.bn2']),
    ],
    [
      { name: 'resnet50' },
      named(['32×32×256', '16×16×512', '8×8×1024', '4×4×2048'], ['layer1.2.bn3', 'layer2.3.bn3', 'layer3.5.bn3', 'layer4.2.bn3']),
    ],
    [{ name: 'wrn-16-2' }, named(['32×32×32', '16×16×64', '8×8×128'], ['block2.layer.0.bn1', 'block3.layer.0.bn1', 'bn1'])],
    [{ name: 'wrn-28-10' }, named(['32×32×160', '16×16×320', '8×8×640'], ['block2.layer.0.bn1', 'block3.layer.0.bn1', 'bn1'])],
    [{ name: 'vgg13' }, named(vggs, [])],
    [{ name: 'vgg13-bn' }, named(vggs, ['features.4', 'features.11', 'features.18', 'features.25', 'features.32'])],
    [
      { name: 'vgg8-bn', pools: 3 },
      named([...(vggs ?? []).slice(0, 4), '4×4×512'], ['features.1', 'features.5', 'features.9', 'features.13', 'features.17']),
    ],
    [{ name: 'mobilenet' }, named(['32×32×128', '16×16×256', '8×8×1024'], ['layers.2.bn2', 'layers.4.bn2', 'layers.12.bn2'])],
    [
      { name: 'mobilenet', stem: 'imagenet' },
      named(
        ['16×16×64', '8×8×128', '4×4×256', '2×2×512', '1×1×1024'],
        ['layers.0.bn2', 'layers.2.bn2', 'layers.4.bn2', 'layers.10.bn2', 'layers.12.bn2'],
      ),
    ],
    [
      { name: 'mobilenetv2' },
      [
        ...['stage1 32×32×24 - (linear)', 'stage2 16×16×32 - (linear)', 'stage3 8×8×96 - (linear)'],
        ...['stage4 4×4×320 - (linear)', 'stage5 4×4×1280 features.18.1'],
      ],
    ],
    [
      { name: 'shufflenetv2' },
      named(['32×32×24', '16×16×116', '8×8×232', '4×4×464', '4×4×1024'], ['conv1.1', '-', '-', '-', 'conv5.1']),
    ],
    [
      { name: 'shufflenetv2', stem: 'imagenet', width: 2 },
      named(['16×16×24', '4×4×244', '2×2×488', '1×1×976', '1×1×2048'], ['conv1.1', '-', '-', '-', 'conv5.1']),
    ],
  ];
  for (const [spec, expected] of rows) {
    test(Object.values(spec).join(' '), () => {
      const { features } = planNetwork(spec);
      assert.deepEqual(shapes(features), expected);
      for (const [i, { name, activated, ...map }] of features.entries()) {
        if (i % 2 === 1) continue;
        const after = features[i + 1] as FeatureInfo;
        assert.deepEqual([name, activated], [`${after.name}.pre`, false]);
        assert.deepEqual({ ...map, name: after.name, activated: after.activated }, after);
      }
    });
  }

  test('names of listed models are those of the type, which editors offer', () => {
    const names: Readonly<Record<ModelName, true>> = {
      ...{ resnet8: true, resnet14: true, resnet18: true, resnet20: true, resnet32: true, resnet34: true, resnet44: true },
      ...{ resnet50: true, resnet56: true, resnet110: true, resnet8x4: true, resnet32x4: true, 'wrn-16-1': true },
      ...{ 'wrn-16-2': true, 'wrn-40-1': true, 'wrn-40-2': true, 'wrn-46-4': true, 'wrn-28-10': true, vgg8: true },
      ...{ 'vgg8-bn': true, vgg11: true, 'vgg11-bn': true, vgg13: true, 'vgg13-bn': true, vgg16: true, 'vgg16-bn': true },
      ...{ vgg19: true, 'vgg19-bn': true, mobilenet: true, mobilenetv2: true, shufflenetv2: true },
      ...{ 'ssd-resnet8': true, 'ssd-resnet14': true, 'ssd-resnet20': true, 'ssd300-resnet18': true, 'ssd300-resnet34': true },
      ...{ 'ssd300-resnet50': true, 'ssd300-vgg16': true, 'ssdlite-mobilenetv2': true },
    };
    assert.deepEqual(new Set(describeModels().map(({ name }) => name)), new Set(Object.keys(names)));
  });

  test('of every listed model: a norm that is named is one of its norms, and stages 1 to 3 can be matched', () => {
    for (const { name, input, features } of describeModels()) {
      const known = new Set(planNetwork({ name, input }).variables.map((variable) => variable.name));
      for (const { batchNorm } of features) {
        if (batchNorm !== undefined) assert.ok(known.has(`${batchNorm}.running_mean`), `${name}: ${batchNorm}`);
      }
      for (const stage of ['stage1.pre', 'stage1', 'stage2.pre', 'stage2', 'stage3.pre', 'stage3']) {
        assert.ok(
          features.some((info) => info.name === stage),
          `${name}: ${stage}`,
        );
      }
    }
  });
});

test('what a network is listed for: task and images', () => {
  const rows = Object.fromEntries(describeModels().map(({ name, task, input }) => [name, [task, input[0]]]));
  const expected = {
    ...{ resnet20: ['classification', 32], 'ssd-resnet8': ['detection', 160], 'ssd300-resnet18': ['detection', 300] },
    ...{ 'ssd300-vgg16': ['detection', 300], 'ssdlite-mobilenetv2': ['detection', 320] },
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, rows[name]])), expected);
});

describe('sizes that others have published', () => {
  // Parameters and billions of multiply-adds at 224×224 and 1,000 classes: `num_params` and `_ops` in torchvision's list of weights.
  const torchvision: readonly (readonly [NetworkSpec, parameters: number, billions: number])[] = [
    [{ name: 'resnet18' }, 11_689_512, 1.814],
    [{ name: 'resnet34' }, 21_797_672, 3.664],
    [{ name: 'resnet50' }, 25_557_032, 4.089],
    [{ name: 'mobilenetv2' }, 3_504_872, 0.301],
    [{ name: 'shufflenetv2', width: 0.5 }, 1_366_792, 0.04],
    [{ name: 'shufflenetv2' }, 2_278_604, 0.145],
    [{ name: 'shufflenetv2', width: 1.5 }, 3_503_624, 0.296],
    [{ name: 'shufflenetv2', width: 2 }, 7_393_996, 0.583],
  ];
  for (const [spec, parameters, billions] of torchvision) {
    test(`torchvision: ${Object.values(spec).join(' ')}`, () => {
      const plan = planNetwork({ ...spec, stem: 'imagenet', input: [224, 224, 3], classes: 1000 });
      assert.equal(parametersOf(plan.variables), parameters);
      assert.ok(Math.abs(plan.multiplyAdds / 1e9 - billions) < 1e-3, `${plan.multiplyAdds}`);
    });
  }

  // torchvision's VGGs have the same convolutions, and a head on 7×7 positions.
  const vggs = { vgg11: 132_863_336, 'vgg11-bn': 132_868_840, vgg13: 133_047_848, 'vgg13-bn': 133_053_736, vgg16: 138_357_544 };
  for (const [name, published] of Object.entries({
    ...vggs,
    'vgg16-bn': 138_365_992,
    vgg19: 143_667_240,
    'vgg19-bn': 143_678_248,
  })) {
    test(`torchvision: ${name}, whose first hidden layer sees 7×7 positions`, () => {
      const { variables } = planNetwork({ name, hidden: 4096, classes: 1000 });
      assert.equal(parametersOf(variables) + 48 * 512 * 4096, published);
    });
  }

  // Howard et al. 2017, table 4: 4.2 million parameters, 569 million multiply-adds.
  test('MobileNet as in its paper', () => {
    const plan = planNetwork({ name: 'mobilenet', stem: 'imagenet', input: [224, 224, 3], classes: 1000 });
    assert.equal((parametersOf(plan.variables) / 1e6).toFixed(1), '4.2');
    assert.equal((plan.multiplyAdds / 1e6).toFixed(0), '569');
  });

  // VGG-13 with its released head on one position, as in IE-KD's code: 28.3 million.
  test('VGG-13 with three linear layers, 10 classes', () => {
    const head = 512 * 4096 + 4096 + (4096 * 4096 + 4096) + (4096 * 10 + 10);
    const convolutions = 9_410_122 - (512 * 10 + 10);
    assert.equal(parametersOf(planNetwork({ name: 'vgg13', hidden: 4096, dropout: 0.5 }).variables), convolutions + head);
    assert.equal(((convolutions + head) / 1e6).toFixed(1), '28.3');
  });
});

describe('refuses', () => {
  const rows: readonly (readonly [string, NetworkSpec, string])[] = [
    [
      'a depth of a WRN that is not 6n + 4',
      { name: 'wrn-18-2' },
      'wrn-18-2: expected a depth of 6n + 4, at least 10, received 18',
    ],
    ['a depth without blocks', { name: 'wrn-4-1' }, 'wrn-4-1: expected a depth of 6n + 4, at least 10, received 4'],
    [
      'a depth of a CIFAR ResNet that is not 6n + 2',
      { name: 'resnet21' },
      'resnet21: expected a depth of 6n + 2, at least 8, received 21',
    ],
    ['a depth of a VGG', { name: 'vgg12-bn' }, 'vgg12-bn: depth: expected one of 8, 11, 13, 16, 19, received "12"'],
    [
      'a width that the paper has not',
      { name: 'shufflenetv2', width: 3 },
      'shufflenetv2: width: expected one of 1, 2, 0.5, 1.5, received "3"',
    ],
    ['no width', { name: 'mobilenet', width: 0 }, 'mobilenet: width: expected a number above 0, received 0'],
    ['a stem', { name: 'mobilenetv2', stem: 'svhn' }, 'mobilenetv2: stem: expected one of cifar, imagenet, received "svhn"'],
    ['dropout of everything', { name: 'wrn-16-1', dropout: 1 }, 'wrn-16-1: dropout: expected a number below 1, received 1'],
    ['a negative dropout', { name: 'wrn-16-1', dropout: -0.1 }, 'wrn-16-1: dropout: expected a number in [0, 1], received -0.1'],
    [
      'dropout in a head without hidden layers',
      { name: 'vgg13', dropout: 0.5 },
      'vgg13: dropout: expected 0 where the head has no hidden layers, received 0.5',
    ],
    ['too many poolings', { name: 'vgg13', pools: 6 }, 'vgg13: pools: expected an integer in [0, 5], received 6'],
    ['no class', { name: 'wrn-16-1', classes: 0 }, 'wrn-16-1: classes: expected an integer in [1, 1000000], received 0'],
    [
      'an option of another family',
      { name: 'resnet18', shortcut: 'A' },
      'resnet18: expected options among name, classes, input, stem, received "shortcut"',
    ],
  ];
  for (const [what, spec, message] of rows) {
    test(what, () => {
      const error = { name: 'InputError', message: `buildNetwork: ${message}` };
      assert.throws(() => buildNetwork(spec, random(0)), error);
      assert.throws(() => planNetwork(spec), error);
    });
  }

  test('images that poolings leave nothing of; strides leave one position', () => {
    assert.throws(() => planNetwork({ name: 'vgg13', input: [32, 16, 3] }), {
      name: 'InputError',
      message: 'vgg13: pooling 5: expected a map of at least 2×2, received 2×1; larger images, or fewer poolings, leave more',
    });
    for (const name of ['resnet18', 'wrn-16-1', 'mobilenet', 'mobilenetv2', 'shufflenetv2']) {
      const { height, width } = planNetwork({ name, input: [1, 1, 3] }).features.at(-1) as FeatureInfo;
      assert.deepEqual([height, width], [1, 1]);
    }
  });

  test('an unknown name, listing networks and how families name theirs', () => {
    for (const name of ['lenet', 'wrn-16', 'wrn-016-2', 'resnet08', 'toString', '']) {
      assert.throws(
        () => buildNetwork({ name }, random(0)),
        ({ message }: Error) => {
          for (const known of ['resnet110', 'resnet<6n+2>[x4]', 'resnet50', 'wrn-<6n+4>-<width>', 'vgg13-bn', 'shufflenetv2']) {
            assert.ok(message.includes(known), known);
          }
          return message.startsWith('buildNetwork: expected one of resnet8, ') && message.endsWith(`, received "${name}"`);
        },
      );
    }
  });
});
