/** Networks by the names and shapes that others give them: each table's names come from the repository that it says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planNetwork } from 'iekd/dist/models';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { networkTensors } from 'iekd/dist/weights/naming/networkShapes';
import { recogniseNetwork } from 'iekd/dist/weights/naming/recogniseNetwork';
import { toTorch } from 'iekd/dist/weights/torchState';

type State = Record<string, { readonly shape: readonly number[] }>;

/** A network's tensors in PyTorch's layouts, under other names. */
function stateOf(spec: NetworkSpec, rename: (name: string) => string = (name) => name): State {
  const empty = planNetwork(spec).variables.map(({ name, shape }) => [name, { shape, data: new Float32Array(0) }] as const);
  return Object.fromEntries(
    Object.entries(toTorch(Object.fromEntries(empty))).map(([name, { shape }]) => [rename(name), { shape }]),
  );
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const LARGE = { stem: 'imagenet', input: [224, 224, 3], normalisation: IMAGENET } as const;

const layers = (name: string): string =>
  name
    .replace(/^conv\./, 'conv1.')
    .replace(/^bn\./, 'bn1.')
    .replace(/^blocks\.(\d)_(\d+)/, (_, stage: string, block: string) => `layer${Number(stage) + 1}.${block}`);
const akamaster = (name: string): string => `module.${layers(name).replace('fc.', 'linear.').replace('.short.', '.shortcut.')}`;
const repDistiller = (name: string): string => layers(name).replace('.short.', '.downsample.');
const kuangliu = (name: string): string => name.replace('fc.', 'linear.').replace('.downsample.', '.shortcut.');
/** Of VGG-8 with batch norms: a convolution a stage. */
const vggBlocks = (name: string): string =>
  name.replace(/^features\.(\d+)/, (_, at: string) => `block${Math.floor(Number(at) / 4)}.${Number(at) % 4}`);

/**
 * timm's mobilenetv2_100 (timm/models/efficientnet.py, _gen_mobilenet_v2: ds_r1_k3_s1_c16, ir_r2_k3_s2_e6_c24, …; names of
 * DepthwiseSeparableConv and InvertedResidual in timm/models/_efficientnet_blocks.py), written out from its definition.
 */
function timmMobilenetV2(): State {
  const state: State = {};
  const conv = (name: string, ...shape: readonly number[]): void => {
    state[`${name}.weight`] = { shape };
  };
  const norm = (name: string, channels: number): void => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) state[`${name}.${part}`] = { shape: [channels] };
    state[`${name}.num_batches_tracked`] = { shape: [] };
  };
  conv('conv_stem', 32, 3, 3, 3);
  norm('bn1', 32);
  let from = 32;
  const stages = [
    [1, 16],
    [2, 24],
    [3, 32],
    [4, 64],
    [3, 96],
    [3, 160],
    [1, 320],
  ] as const;
  for (const [stage, [blocks, to]] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const [at, inner] = [`blocks.${stage}.${block}`, stage === 0 ? from : 6 * from];
      const names = stage === 0 ? ['', 'bn1', 'conv_pw', 'bn2'] : ['bn1', 'bn2', 'conv_pwl', 'bn3'];
      if (stage > 0) {
        conv(`${at}.conv_pw`, inner, from, 1, 1);
        norm(`${at}.${names[0]}`, inner);
      }
      conv(`${at}.conv_dw`, inner, 1, 3, 3);
      norm(`${at}.${names[1]}`, inner);
      conv(`${at}.${names[2]}`, to, inner, 1, 1);
      norm(`${at}.${names[3]}`, to);
      from = to;
    }
  }
  conv('conv_head', 1280, 320, 1, 1);
  norm('bn2', 1280);
  state['classifier.weight'] = { shape: [1000, 1280] };
  state['classifier.bias'] = { shape: [1000] };
  return state;
}

const rows: readonly (readonly [string, State, NetworkSpec])[] = [
  [
    'akamaster, option A',
    stateOf({ name: 'resnet56', shortcut: 'A' }, akamaster),
    { name: 'resnet56', classes: 10, shortcut: 'A', normalisation: IMAGENET },
  ],
  [
    'akamaster, option B',
    stateOf({ name: 'resnet20' }, akamaster),
    { name: 'resnet20', classes: 10, shortcut: 'B', normalisation: IMAGENET },
  ],
  [
    'RepDistiller',
    stateOf({ name: 'resnet32x4', classes: 100 }, repDistiller),
    { name: 'resnet32x4', classes: 100, shortcut: 'B' },
  ],
  ['our own', stateOf({ name: 'resnet8', classes: 4 }), { name: 'resnet8', classes: 4, shortcut: 'B' }],
  ['torchvision', stateOf({ name: 'resnet18', classes: 1000, stem: 'imagenet' }), { name: 'resnet18', classes: 1000, ...LARGE }],
  [
    'torchvision, bottlenecks',
    stateOf({ name: 'resnet50', classes: 7, stem: 'imagenet' }),
    { name: 'resnet50', classes: 7, ...LARGE },
  ],
  ['kuangliu', stateOf({ name: 'resnet34' }, kuangliu), { name: 'resnet34', classes: 10, stem: 'cifar' }],
  ['wide', stateOf({ name: 'wrn-16-2', classes: 100 }), { name: 'wrn-16-2', classes: 100 }],
  ['wide, of width 1', stateOf({ name: 'wrn-16-1' }), { name: 'wrn-16-1', classes: 10 }],
  ['VGG', stateOf({ name: 'vgg11' }), { name: 'vgg11', classes: 10 }],
  ['VGG, hidden layers', stateOf({ name: 'vgg16-bn', hidden: 64 }), { name: 'vgg16-bn', classes: 10, hidden: 64 }],
  ['RepDistiller’s VGG', stateOf({ name: 'vgg8-bn', classes: 100 }, vggBlocks), { name: 'vgg8-bn', classes: 100, pools: 3 }],
  ['MobileNet v2', stateOf({ name: 'mobilenetv2', width: 0.5 }), { name: 'mobilenetv2', width: 0.5, classes: 10 }],
  [
    'MobileNet v2 of ImageNet',
    stateOf({ name: 'mobilenetv2', classes: 1000 }),
    { name: 'mobilenetv2', width: 1, classes: 1000, ...LARGE },
  ],
  ['MobileNet v2 of timm', timmMobilenetV2(), { name: 'mobilenetv2', width: 1, classes: 1000, ...LARGE }],
  ['MobileNet', stateOf({ name: 'mobilenet', classes: 100 }), { name: 'mobilenet', width: 1, classes: 100 }],
  ['ShuffleNet v2', stateOf({ name: 'shufflenetv2', width: 1.5 }), { name: 'shufflenetv2', width: 1.5, classes: 10 }],
];

describe('recogniseNetwork', () => {
  for (const [name, state, spec] of rows) {
    test(name, () => assert.deepEqual(recogniseNetwork(state)?.spec, spec));
  }

  test('not where a tensor is missing, left over or of another shape', () => {
    const state = stateOf({ name: 'resnet8' }, akamaster);
    const { 'module.linear.bias': _, ...fewer } = state;
    const cases: readonly State[] = [
      fewer,
      { ...state, 'module.extra': { shape: [1] } },
      { ...state, 'module.bn1.bias': { shape: [17] } },
      {},
    ];
    for (const one of cases) assert.equal(recogniseNetwork(one), undefined);
  });

  test('prefixes that all names have, and counters of batches, are left out', () => {
    const one = { shape: [] };
    const state = { 'model.module.a': one, 'model.module.bn.num_batches_tracked': one };
    assert.deepEqual(networkTensors(state), { a: one });
    assert.deepEqual(networkTensors({ 'module.a': one, b: one }), { 'module.a': one, b: one });
  });
});
