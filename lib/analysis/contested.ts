/**
 * Images about which networks disagree, for figures such as that of Huang et al. 2021, where teacher and distilled student make one
 * mistake and the student of IE-KD does not. What is found this way is chosen for being found: it illustrates, it proves nothing.
 */
import { integerIn, knownKeys, neededKeys, pick, refuse } from '../util/check';
import type { Predictions } from './predictions';

/** Options of `contested`. */
export interface ContestedOptions {
  /** Names of the networks that take the image for another class. */
  readonly wrong: readonly string[];
  /** Names of those that know it. */
  readonly right: readonly string[];
  /** The wrong ones all predict the same class; default false. */
  readonly sameMistake?: boolean;
  /** What the images are ordered by, largest first; default `margin`. */
  readonly score?: ContestedScore;
  /** At most so many images; default all. */
  readonly limit?: number;
}

/** One image that was found. */
export interface Contested {
  /** Number of the image. */
  readonly image: number;
  readonly label: number;
  readonly score: number;
  /** Class by network: of all that were given. */
  readonly predicted: Readonly<Record<string, number>>;
}

/** Probability of the label less the largest of another class: above 0 where the network is right. In [−1, 1]. */
function margin({ probabilities, classes, labels }: Predictions, image: number): number {
  const row = probabilities.subarray(image * classes, (image + 1) * classes);
  const label = labels[image] as number;
  const other = row.reduce((most, p, c) => (c === label ? most : Math.max(most, p)), 0);
  return (row[label] as number) - other;
}

type Score = (wrong: readonly number[], right: readonly number[]) => number;

/** Of no network at all: 0. */
const least = (margins: readonly number[]): number => (margins.length === 0 ? 0 : Math.min(...margins));

/** How sure networks are of their mistakes: margins turned round, a tie being 0. */
const mistakes = (margins: readonly number[]): number[] => margins.map((m) => 0 - m);

/** Of the margins of the wrong and of the right networks. */
const SCORES = {
  /** How sure the least sure of the right ones is. */
  margin: (_, right) => least(right),
  /** How sure the least sure of the wrong ones is of its mistake. */
  mistake: (wrong) => least(mistakes(wrong)),
  /** Both together. */
  contrast: (wrong, right) => least(right) + least(mistakes(wrong)),
} as const satisfies Readonly<Record<string, Score>>;

/** What contested images are ordered by: `margin`, `mistake` or `contrast`, their sum. */
export type ContestedScore = keyof typeof SCORES;

/**
 * Images that all of `wrong` get wrong and all of `right` get right, largest score first, equal ones by number.
 * @param given predictions of the same images, by network
 * @throws InputError for names that were not given, and for predictions of other images
 * @example
 * ```ts
 * import { buildNetwork, contested, loadDataset, predictions, random, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const of = (seed: number) => predictions(buildNetwork({ name: 'resnet8' }, random(seed)), data.test, data);
 * const found = contested({ kd: of(0), ie: of(1) }, { wrong: ['kd'], right: ['ie'], limit: 5 });
 * console.log(found.map(({ image, label, score }) => [image, label, score]));
 * ```
 */
export function contested(given: Readonly<Record<string, Predictions>>, options: ContestedOptions): Contested[] {
  knownKeys('contested', options, ['wrong', 'right', 'sameMistake', 'score', 'limit']);
  neededKeys('contested', options, ['wrong', 'right']);
  const { sameMistake = false, score = 'margin', limit = Number.MAX_SAFE_INTEGER } = options;
  integerIn('contested: limit', limit, 1);
  const scoreOf: Score = pick('contested: score', SCORES, score);
  const wrong = options.wrong.map((name) => pick('contested: wrong', given, name));
  const right = options.right.map((name) => pick('contested: right', given, name));
  const labels = commonLabels(given);
  return labels
    .flatMap((label, image): Contested[] => {
      const answers = wrong.map(({ predicted }) => predicted[image] as number);
      const asAsked = !answers.includes(label) && right.every(({ predicted }) => predicted[image] === label);
      if (!asAsked || (sameMistake && new Set(answers).size > 1)) return [];
      const [a, b] = [wrong, right].map((networks) => networks.map((one) => margin(one, image))) as [number[], number[]];
      return [{ image, label, score: scoreOf(a, b), predicted: classesOf(given, image) }];
    })
    .sort((a, b) => b.score - a.score || a.image - b.image)
    .slice(0, limit);
}

const classesOf = (given: Readonly<Record<string, Predictions>>, image: number): Record<string, number> =>
  Object.fromEntries(Object.entries(given).map(([name, { predicted }]) => [name, predicted[image] as number]));

function commonLabels(given: Readonly<Record<string, Predictions>>): readonly number[] {
  const [[first, { labels }] = ['', { labels: [] as readonly number[] }], ...others] = Object.entries(given);
  for (const [name, other] of others) {
    const same = other.labels.length === labels.length && other.labels.every((label, i) => label === labels[i]);
    if (!same) throw refuse('contested', `predictions of the same images, with the labels of ${first}`, name);
  }
  return labels;
}
