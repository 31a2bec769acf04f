/**
 * What others have published for CIFAR-100, by pair of networks: accuracies of the last epoch in per cent, 240 epochs, from the READMEs
 * of three repositories, each of which takes over the recipe of the first. They stand beside a table's rows and are never compared with
 * them: other epochs, other runs. RepDistiller's FT is another method than FT (an attention map of the factor), so it has a label of its own.
 */
import { nameIn } from '../../util/check';
import type { PublishedNumber } from '../experiment';

interface Publication {
  readonly source: string;
  /** `teacher → student`, by our names; a MobileNet v2 is half as wide. */
  readonly pairs: readonly string[];
  /** By label, one number a pair; NaN where none is given. */
  readonly accuracies: Readonly<Record<string, readonly number[]>>;
}

const ALIKE = [
  ...['wrn-40-2 → wrn-16-2', 'wrn-40-2 → wrn-40-1', 'resnet56 → resnet20', 'resnet110 → resnet20'],
  ...['resnet110 → resnet32', 'resnet32x4 → resnet8x4', 'vgg13-bn → vgg8-bn'],
];
const UNLIKE = ['vgg13-bn → mobilenetv2', 'resnet50 → mobilenetv2', 'resnet50 → vgg8-bn', 'resnet32x4 → shufflenetv2'];
const REP_DISTILLER = 'RepDistiller, README (240 epochs)';
const STANDARDISATION = 'logit-standardization-KD, README (240 epochs)';

const PUBLICATIONS: readonly Publication[] = [
  {
    source: REP_DISTILLER,
    pairs: ALIKE,
    accuracies: {
      teacher: [75.61, 75.61, 72.34, 74.31, 74.31, 79.42, 74.64],
      alone: [73.26, 71.98, 69.06, 69.06, 71.14, 72.5, 70.36],
      KD: [74.92, 73.54, 70.66, 70.67, 73.08, 73.33, 72.98],
      FitNet: [73.58, 72.24, 69.21, 68.99, 71.06, 73.5, 71.02],
      AT: [74.08, 72.77, 70.55, 70.22, 72.31, 73.44, 71.43],
      SP: [73.83, 72.43, 69.67, 70.04, 72.69, 72.94, 72.68],
      CC: [73.56, 72.21, 69.63, 69.48, 71.48, 72.97, 70.71],
      VID: [74.11, 73.3, 70.38, 70.16, 72.61, 73.09, 71.23],
      RKD: [73.35, 72.22, 69.61, 69.25, 71.82, 71.9, 71.48],
      PKT: [74.54, 73.45, 70.34, 70.25, 72.61, 73.64, 72.88],
      AB: [72.5, 72.38, 69.47, 69.53, 70.98, 73.17, 70.94],
      'FT (RepDistiller’s)': [73.25, 71.59, 69.84, 70.22, 72.37, 72.86, 70.58],
      FSP: [72.91, Number.NaN, 69.95, 70.11, 71.89, 72.62, 70.23],
      NST: [73.68, 72.24, 69.6, 69.53, 71.96, 73.3, 71.53],
      CRD: [75.48, 74.14, 71.16, 71.46, 73.48, 75.51, 73.94],
    },
  },
  {
    source: REP_DISTILLER,
    pairs: UNLIKE,
    accuracies: {
      teacher: [74.64, 79.34, 79.34, 79.42],
      alone: [64.6, 64.6, 70.36, 71.82],
      KD: [67.37, 67.35, 73.81, 74.45],
      FitNet: [64.14, 63.16, 70.69, 73.54],
      AT: [59.4, 58.58, 71.84, 72.73],
      SP: [66.3, 68.08, 73.34, 74.56],
      CC: [64.86, 65.43, 70.25, 71.29],
      VID: [65.56, 67.57, 70.3, 73.4],
      RKD: [64.52, 64.43, 71.5, 73.21],
      PKT: [67.13, 66.52, 73.01, 74.69],
      AB: [66.06, 67.2, 70.65, 74.31],
      'FT (RepDistiller’s)': [61.78, 60.99, 70.29, 72.5],
      NST: [58.16, 64.96, 71.28, 74.68],
      CRD: [69.73, 69.11, 74.3, 75.65],
    },
  },
  {
    source: STANDARDISATION,
    pairs: ALIKE,
    accuracies: {
      'KD (standardised)': [76.11, 74.37, 71.43, 71.48, 74.17, 76.62, 74.36],
      CTKD: [75.45, 73.93, 71.19, 70.99, 73.52, 73.39, 73.52],
      DKD: [76.24, 74.81, 71.97, 71.06, 74.11, 76.32, 74.68],
      'DKD (standardised)': [76.39, 74.89, 72.32, 71.85, 74.29, 77.01, 74.81],
      MLKD: [76.63, 75.35, 72.19, 71.89, 74.11, 77.08, 75.18],
    },
  },
  {
    source: STANDARDISATION,
    pairs: ['vgg13-bn → mobilenetv2', 'resnet50 → mobilenetv2', 'resnet32x4 → shufflenetv2'],
    accuracies: {
      'KD (standardised)': [68.61, 69.02, 75.56],
      CTKD: [68.5, 68.67, 75.37],
      DKD: [69.71, 70.35, 77.07],
      'DKD (standardised)': [69.98, 70.45, 77.37],
      MLKD: [70.57, 71.04, 78.44],
    },
  },
  {
    source: 'SimKD, README (240 epochs)',
    pairs: ['resnet32x4 → resnet8x4'],
    accuracies: { SRRL: [75.39], SemCKD: [76.23], SimKD: [78.08] },
  },
];

/** Names of the pairs that have numbers: `resnet56 → resnet20`. */
export const PUBLISHED_PAIRS: readonly string[] = [...ALIKE, ...UNLIKE];

/** Test errors of a pair by label, each with its source. @throws InputError for another pair, listing these */
export function publishedErrors(pair: string): Readonly<Record<string, PublishedNumber>> {
  const name = nameIn('publishedErrors', PUBLISHED_PAIRS, pair);
  return Object.fromEntries(
    PUBLICATIONS.flatMap(({ source, pairs, accuracies }) => {
      const numbers = Object.entries(accuracies).map(([label, values]) => [label, values[pairs.indexOf(name)]] as const);
      return numbers.flatMap(([label, accuracy = Number.NaN]) =>
        Number.isNaN(accuracy) ? [] : [[label, error(accuracy, source)]],
      );
    }),
  );
}

const error = (accuracy: number, source: string): PublishedNumber => ({
  score: Number((100 - accuracy).toFixed(2)),
  mark: 'S',
  source,
});
