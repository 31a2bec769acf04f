/**
 * SSD300 as it was published (Liu et al. 2016, section 2; weiliu89/caffe branch ssd, examples/ssd/ssd_pascal.py): VGG-16 (Simonyan &
 * Zisserman 2015) up to its fifth stage, a 3×3 pooling of stride 1, its two hidden layers as a dilated 3×3 and a 1×1 convolution, four
 * more stages, and a 3×3 head on the maps of 38, 19, 10, 5, 3 and 1 cells a side; that of conv4_3 is normed position by position. No batch
 * norm anywhere. Variables of VGG have torchvision's names: weights of ImageNet fit.
 * Deviation: one convolution says classes and offsets of a map, where SSD has two; it is the same function.
 */
import { RELU } from '../layers/activation';
import { channelNorm } from '../layers/channelNorm';
import { convolution } from '../layers/convolutionLayers';
import { dilatedLayer } from '../layers/dilatedLayer';
import { fanOutNormal } from '../layers/initial';
import { chain, type Layer } from '../layers/layer';
import { maxPoolSame } from '../layers/poolingLayers';
import { unpaddedConvolution } from '../layers/unpaddedConvolution';
import type { Blueprint } from '../network';
import type { NetworkSpec } from '../types';
import type { Family } from './family';
import { ssd300Spec } from './ssd300';
import { vggStages } from './vgg';

/** VGG-16's convolutions by stage. */
const CONVOLUTIONS = [2, 2, 3, 3, 3] as const;
/** The map that is normed, and where its scale begins. */
const NORMED = { map: 0, start: 20 } as const;
/** The stages that the six maps end: conv4_3, the hidden layers, and four more. */
const STAGES = [4, 6, 7, 8, 9, 10] as const;

function blueprint(given: NetworkSpec): Blueprint {
  const { spec, priors, headOn } = ssd300Spec(given);
  const pool = (stage: number): Layer[] => (stage > 0 ? [maxPoolSame(2, 2)] : []);
  const stages = [
    ...vggStages(CONVOLUTIONS, false).map((layers, stage) => chain(...pool(stage), ...layers)),
    chain(
      maxPoolSame(3, 1),
      dilatedLayer({ conv: 'fc6', to: 1024, rate: 6, activation: RELU }),
      convolution({ conv: 'fc7', size: 1, to: 1024, bias: true, activation: RELU }),
    ),
    ...[
      [256, 512],
      [128, 256],
      [128, 256],
      [128, 256],
    ].map(([between = 0, to = 0], i) => extraStage(`extras.${i}`, between, to, i < 2)),
  ];
  const head = headOn(
    (map) => STAGES[map] as number,
    (map) => (map === NORMED.map ? [channelNorm('norm', NORMED.start)] : []),
  );
  return { spec, stages, head, lastStage: 'stage6', priors };
}

function extraStage(name: string, between: number, to: number, halves: boolean): Layer {
  const first = convolution({ conv: `${name}.conv1`, size: 1, to: between, bias: true, activation: RELU });
  const second = { conv: `${name}.conv2`, to, bias: true, activation: RELU };
  return chain(first, halves ? convolution({ ...second, stride: 2 }) : unpaddedConvolution({ ...second, initial: fanOutNormal }));
}

export const ssd300Vgg: Family = {
  names: ['ssd300-vgg16'],
  summary: 'SSD300 over VGG-16 (Liu et al. 2016), as published; priors: ssd300 (default, sizes for VOC) or ssd300-coco',
  usualInput: [300, 300, 3],
  blueprint,
};
