/** A network of one convolution, batch norm and ReLU a stage: quick in plain JavaScript, with maps and channel counts of any kind. */
import { leakyRelu } from 'iekd/dist/engine/fused/activation';
import { globalAveragePool } from 'iekd/dist/engine/fused/globalAveragePool';
import { tf } from 'iekd/dist/engine/tf';
import { convNorm } from 'iekd/dist/models/blocks';
import { kaimingNormal } from 'iekd/dist/models/initial';
import { createVariables, planBatchNorm, planConvolution, planLinear } from 'iekd/dist/models/plan';
import type { FeatureInfo, Network } from 'iekd/dist/models/types';
import type { Random } from 'iekd/dist/util/rng';

export interface SmallOptions {
  readonly name?: string;
  /** Of the stages; default an even, an even and an odd number. */
  readonly channels?: readonly number[];
  /** Of the stages' convolutions; default 1 for the first, 2 for the others. */
  readonly strides?: readonly (1 | 2)[];
  /** Of the names of features; default `stage`. */
  readonly prefix?: string;
  readonly classes?: number;
  readonly input?: readonly [number, number, number];
}

/** Features `stage1.pre`, `stage1`, `stage2.pre`, … */
export function smallNetwork(random: Random, options: SmallOptions = {}): Network {
  const { name = 'small', channels = [4, 6, 5], prefix = 'stage', classes = 10, input = [8, 8, 3] } = options;
  const strides = options.strides ?? channels.map((_, i) => (i === 0 ? 1 : 2));
  const stages = channels.map((to, i) => ({
    name: `${prefix}${i + 1}`,
    from: channels[i - 1] ?? input[2],
    to,
    stride: strides[i] as 1 | 2,
  }));
  const plan = stages.flatMap(({ name: stage, from, to }) => [
    planConvolution(`${stage}.conv`, 3, from, to, kaimingNormal),
    ...planBatchNorm(`${stage}.bn`, to),
  ]);
  const variables = createVariables([...plan, ...planLinear('fc', channels.at(-1) as number, classes)], random);
  let [height, width] = input;
  const features = stages.flatMap(({ name: stage, to, stride }): FeatureInfo[] => {
    [height, width] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const map = { channels: to, height, width, batchNorm: `${stage}.bn` };
    return [
      { name: `${stage}.pre`, ...map, activated: false },
      { name: stage, ...map, activated: true },
    ];
  });
  const forward: Network['forward'] = (x, { training = false, features: wanted = [] } = {}) =>
    tf.tidy(() => {
      const maps: Record<string, tf.Tensor4D> = {};
      let h = x;
      for (const { name: stage, stride } of stages) {
        const pre = convNorm(h, { conv: `${stage}.conv`, norm: `${stage}.bn`, stride }, { variables, training });
        h = leakyRelu(pre, 0);
        if (wanted.includes(`${stage}.pre`)) maps[`${stage}.pre`] = pre;
        if (wanted.includes(stage)) maps[stage] = h;
      }
      const logits = tf.add(tf.matMul(globalAveragePool(h), variables.get('fc.weight') as tf.Tensor2D), variables.get('fc.bias'));
      return { logits: logits as tf.Tensor2D, features: maps };
    });
  const spec = { name, classes, input, channels, strides, prefix };
  return { name, spec, input, classes, variables, features, forward, dispose: () => variables.dispose() };
}
