/** What there is to say of the classes of a data set, in sentences: which have no images, and which have few. */
import { refusePhrase } from '../../util/check';
import { listed } from '../../util/names';
import { count } from '../../util/text';
import type { Dataset, Labels } from '../types';

/** From which ratio of the largest class to the smallest on a data set is called unbalanced. */
const UNBALANCED = 10;

/** Images of each class of a part. */
function classCounts({ labels }: Pick<Dataset['train'], 'labels'>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Where nobody named the classes, one that no training image has is a mistake. @throws InputError naming it */
export function checkLearned(labels: Labels, classNames: readonly string[]): void {
  const unknown = classCounts({ labels }, classNames.length).indexOf(0);
  if (unknown < 0) return;
  const received = `none of "${classNames[unknown]}", which other parts have`;
  throw refusePhrase('dataset: train', 'images of every class', received, 'give classes where that is meant');
}

/** Sentences on classes that have no image in a part that has some, and on classes that are much larger than others. */
export function classNotes({ classNames, ...parts }: Pick<Dataset, 'classNames' | 'train' | 'validation' | 'test'>): string[] {
  const notes: string[] = [];
  for (const part of ['train', 'validation', 'test'] as const) {
    if (parts[part].count === 0) continue;
    const counts = classCounts(parts[part], classNames.length);
    const empty = classNames.filter((_, label) => counts[label] === 0);
    if (empty.length > 0) notes.push(`no image of ${listed(empty)} in ${part}`);
  }
  const counts = classCounts(parts.train, classNames.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least > 0 && most >= UNBALANCED * least) {
    const [few, many] = [least, most].map((n) => classNames[counts.indexOf(n)]);
    notes.push(`unbalanced: ${count(most)} training images of ${many}, ${count(least)} of ${few}`);
  }
  return notes;
}
