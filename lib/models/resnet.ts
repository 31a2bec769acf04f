/**
 * CIFAR ResNet of depth 6n + 2 (He et al. 2016, section 4.2): a 3×3 stem of 16 channels, three stages of n basic blocks with
 * 16, 32 and 64 channels, global average pooling and a linear layer. Post-activation; stages 2 and 3 halve the map.
 * Variable names are those of test/bench/pytorch_reference.py.
 */
import { globalAveragePool } from '../engine/fused/globalAveragePool';
import { tf } from '../engine/tf';
import { integerIn, knownKeys, pick, refuse } from '../util/check';
import type { Random } from '../util/rng';
import { type BasicBlock, type BlockContext, basicBlock, basicBlockWithPre, convNorm } from './blocks';
import { checkFeatures, checkImages } from './checks';
import { volume } from './initial';
import { createVariables, planBatchNorm, planConvolution, planLinear, type VariablePlan } from './plan';
import type { FeatureInfo, ForwardOptions, ForwardResult, Network, NetworkPlan, NetworkSpec } from './types';

/** Shortcuts where shapes change: A strided slice and zero channels (no parameters), B 1×1 convolution and batch norm. */
const SHORTCUTS = { A: 'A', B: 'B' } as const;
const WIDTHS = [16, 32, 64] as const;

/** A ResNet as data, every option filled in. */
export interface ResnetSpec extends NetworkSpec {
  readonly classes: number;
  readonly input: readonly [number, number, number];
  readonly shortcut: 'A' | 'B';
}

/** `resnet20` → 20, for depths 6n + 2 from 8 on. @throws InputError for other depths */
function depthOf(name: string): number {
  const depth = Number(name.slice('resnet'.length));
  if (!Number.isInteger(depth) || depth < 8 || depth % 6 !== 2) {
    throw refuse('resnet', 'a name resnet<depth> with a depth of 6n + 2, at least 8', name);
  }
  return depth;
}

/** Fills in the defaults (10 classes, 32×32×3, shortcut B) and checks every key. */
export function resnetSpec(spec: NetworkSpec): ResnetSpec {
  const { name, classes = 10, input = [32, 32, 3], shortcut = 'B' } = spec;
  const where = `buildNetwork: ${name}`;
  knownKeys(where, spec, ['name', 'classes', 'input', 'shortcut']);
  depthOf(name);
  integerIn(`${where}: classes`, classes, 1);
  if (!Array.isArray(input) || input.length !== 3) throw refuse(`${where}: input`, '[height, width, channels]', input);
  for (const size of input) integerIn(`${where}: input`, size, 1);
  const [height, width, channels] = input as [number, number, number];
  return { name, classes, input: [height, width, channels], shortcut: pick(`${where}: shortcut`, SHORTCUTS, String(shortcut)) };
}

/** The blocks of the three stages, in order of depth. */
function stagesOf({ name, shortcut }: ResnetSpec): BasicBlock[][] {
  const n = (depthOf(name) - 2) / 6;
  return WIDTHS.map((to, stage) =>
    Array.from({ length: n }, (_, k): BasicBlock => {
      const first = k === 0 && stage > 0;
      return {
        name: `blocks.${stage}_${k}`,
        from: first ? (WIDTHS[stage - 1] as number) : to,
        to,
        stride: first ? 2 : 1,
        shortcut,
      };
    }),
  );
}

/** Each stage's output map, after its last ReLU (`stage3`) and before it (`stage3.pre`). */
function featuresOf(spec: ResnetSpec, stages: readonly BasicBlock[][]): FeatureInfo[] {
  let [height, width] = spec.input;
  return stages.flatMap((blocks, i) => {
    const last = blocks[blocks.length - 1] as BasicBlock;
    if (blocks[0]?.stride === 2) [height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)];
    const map = { channels: last.to, height, width, batchNorm: `${last.name}.bn2` };
    const name = `stage${i + 1}`;
    return [
      { name: `${name}.pre`, ...map, activated: false },
      { name, ...map, activated: true },
    ];
  });
}

function planBlock({ name, from, to, stride, shortcut }: BasicBlock): VariablePlan[] {
  const short = shortcut === 'B' && (from !== to || stride !== 1);
  return [
    planConvolution(`${name}.conv1`, 3, from, to),
    ...planBatchNorm(`${name}.bn1`, to),
    planConvolution(`${name}.conv2`, 3, to, to),
    ...planBatchNorm(`${name}.bn2`, to),
    ...(short ? [planConvolution(`${name}.short.0`, 1, from, to), ...planBatchNorm(`${name}.short.1`, to)] : []),
  ];
}

/** Multiply-adds of the convolutions and the linear layer for one image. */
function multiplyAdds(variables: readonly VariablePlan[], features: readonly FeatureInfo[]): number {
  const positions = (name: string): number => {
    const stage = Number(/^blocks\.(\d)/.exec(name)?.[1] ?? 0);
    const { height, width } = features[2 * stage] as FeatureInfo;
    return name.startsWith('fc.') ? 1 : height * width;
  };
  const products = variables.filter(({ shape }) => shape.length > 1);
  return products.reduce((sum, { name, shape }) => sum + volume(shape) * positions(name), 0);
}

/** What the network will be, without making it. */
export function planResnet(given: NetworkSpec): NetworkPlan {
  const spec = resnetSpec(given);
  const stages = stagesOf(spec);
  const variables = [
    planConvolution('conv', 3, spec.input[2], WIDTHS[0]),
    ...planBatchNorm('bn', WIDTHS[0]),
    ...stages.flat().flatMap(planBlock),
    ...planLinear('fc', WIDTHS[2], spec.classes),
  ];
  const features = featuresOf(spec, stages);
  return { spec, variables, features, multiplyAdds: multiplyAdds(variables, features) };
}

/** Makes the network: Kaiming-normal convolutions and linear weight, as PyTorch's reference initialises them. */
export function buildResnet(given: NetworkSpec, random: Random): Network {
  const spec = resnetSpec(given);
  const stages = stagesOf(spec);
  const { variables: plan, features } = planResnet(spec);
  const variables = createVariables(plan, random);
  const { name, classes, input } = spec;

  function forward(x: tf.Tensor4D, { training = false, features: wanted = [] }: ForwardOptions = {}): ForwardResult {
    checkImages(name, x, input);
    checkFeatures(name, features, wanted);
    return tf.tidy(() => runStages(x, stages, wanted, { variables, training }));
  }
  return { name, spec, input, classes, variables, features, forward, dispose: () => variables.dispose() };
}

function runStages(
  x: tf.Tensor4D,
  stages: readonly BasicBlock[][],
  wanted: readonly string[],
  context: BlockContext,
): ForwardResult {
  const features: Record<string, tf.Tensor4D> = {};
  let h = convNorm(x, { conv: 'conv', norm: 'bn', slope: 0 }, context); // [batch, height, width, 16]
  for (const [i, blocks] of stages.entries()) {
    const name = `stage${i + 1}`;
    for (const block of blocks.slice(0, -1)) h = basicBlock(h, block, context);
    const last = blocks[blocks.length - 1] as BasicBlock;
    if (wanted.includes(`${name}.pre`)) {
      const { pre, y } = basicBlockWithPre(h, last, context);
      features[`${name}.pre`] = pre;
      h = y;
    } else {
      h = basicBlock(h, last, context);
    }
    if (wanted.includes(name)) features[name] = h;
  }
  const { variables } = context;
  const pooled = globalAveragePool(h); // [batch, 64]
  const logits = tf.add(tf.matMul(pooled, variables.get('fc.weight') as tf.Tensor2D), variables.get('fc.bias')); // [batch, classes]
  return { logits: logits as tf.Tensor2D, features };
}
