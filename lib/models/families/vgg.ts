/**
 * VGG (Simonyan & Zisserman 2015, configurations A, B, D, E; 8 is RepDistiller's S), 3×3 convolutions with biases, and names and
 * variables as torchvision has them; `-bn` with batch norms. After each of the first `pools` stages a 2×2 max pooling halves the map
 * (5, the paper's, leaves one position of 32×32; RepDistiller has 3). Deviation: what is left is averaged, where torchvision brings
 * it to 7×7 positions for its first hidden layer.
 * Head: one linear layer, as factor transfer's VGG-13 of 9.4 M values has it, or with `hidden` > 0 the released one: two hidden layers
 * of that many units (4096) with ReLU and `dropout` (there 0.5, here 0 unless asked for).
 */
import { integerIn, pick, refuse } from '../../util/check';
import { RELU } from '../layers/activation';
import { convolution } from '../layers/convolutionLayers';
import { chain, type Layer } from '../layers/layer';
import { dropoutLayer, linear } from '../layers/linearLayers';
import { averagePool, maxPool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { dropoutOf, fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import type { Family } from './family';

/** Convolutions by stage. */
const STAGES: Readonly<Record<string, readonly number[]>> = {
  8: [1, 1, 1, 1, 1],
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
};
const WIDTHS = [64, 128, 256, 512, 512] as const;
const NAME = /^vgg(\d+)(-bn)?$/;

/** Convolutions of each stage; the numbers of their variables count rectifiers and poolings too. @param counts of convolutions by stage */
export function vggStages(counts: readonly number[], withNorm: boolean): Layer[][] {
  let index = 0;
  return counts.map((count, stage) => {
    const layers = Array.from({ length: count }, () => {
      const named = { conv: `features.${index}`, ...(withNorm ? { norm: `features.${index + 1}` } : {}) };
      index += withNorm ? 3 : 2;
      return convolution({ ...named, to: WIDTHS[stage] as number, bias: true, activation: RELU });
    });
    index++;
    return layers;
  });
}

function headLayers(classes: number, hidden: number, dropout: number): Layer[] {
  if (hidden === 0) return [linear('classifier', classes)];
  return [
    ...[linear('classifier.0', hidden, RELU), dropoutLayer('classifier.2', dropout)],
    ...[linear('classifier.3', hidden, RELU), dropoutLayer('classifier.5', dropout)],
    linear('classifier.6', classes),
  ];
}

function blueprint(given: NetworkSpec): Blueprint {
  const { name, classes, input } = fullSpec(given, ['pools', 'hidden', 'dropout']);
  const where = specAt(name);
  const [, depth = '', bn] = NAME.exec(name) ?? [];
  const counts = pick(`${where}: depth`, STAGES, depth);
  const pools = integerIn(`${where}: pools`, given.pools ?? 5, 0, 5);
  const hidden = integerIn(`${where}: hidden`, given.hidden ?? 0, 0, 1_000_000);
  const dropout = dropoutOf(given);
  if (dropout > 0 && hidden === 0) throw refuse(`${where}: dropout`, '0 where the head has no hidden layers', dropout);
  const pool = (stage: number): Layer[] => (stage > 0 && stage <= pools ? [maxPool(`${name}: pooling ${stage}`, 2, 0)] : []);
  return {
    spec: { name, classes, input, pools, hidden, dropout },
    stages: vggStages(counts, bn !== undefined).map((layers, stage) => chain(...pool(stage), ...layers)),
    head: chain(...pool(WIDTHS.length), averagePool, ...headLayers(classes, hidden, dropout)),
  };
}

export const vgg: Family = {
  names: Object.keys(STAGES).flatMap((depth) => [`vgg${depth}`, `vgg${depth}-bn`]),
  pattern: { text: 'vgg<depth>[-bn]', form: NAME },
  summary:
    'VGG (Simonyan & Zisserman 2015); pools: 5 (default) or fewer; hidden: 0 (default, one linear layer) or 4096, with dropout',
  blueprint,
};
