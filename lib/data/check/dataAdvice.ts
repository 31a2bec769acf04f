/** What a look at a data set comes to, in sentences: what to look at, and what to train with. */

import { IMAGENET_NORMALISATION } from '../../util/images/imageNormalisation';
import { listed } from '../../util/names';
import { count, counted } from '../../util/text';
import type { DataReport } from './dataFindings';

/** Sides of images that networks are trained on. */
const SIDES = [32, 64, 96, 128, 160, 224] as const;
/** From which ratio of the largest class to the smallest on a data set is called unbalanced. */
const UNBALANCED = 10;
/** Means and deviations that differ from ImageNet's by less are those of photographs (torchvision's deviations are some 0.05 below those of all pixels). */
const NEAR = 0.1;

/** @param alikeAcross pairs that look the same and are in two parts */
export function dataAdvice(
  facts: Omit<DataReport, 'notes' | 'suggestions'>,
  alikeAcross: number,
): Pick<DataReport, 'notes' | 'suggestions'> {
  return { notes: [...pairNotes(facts, alikeAcross), ...classNotes(facts)], suggestions: suggestions(facts) };
}

function pairNotes(
  { unreadable, leaking, relabelled, repeated, alike }: Omit<DataReport, 'notes' | 'suggestions'>,
  alikeAcross: number,
): string[] {
  const rows: readonly (readonly [number, string, string])[] = [
    [unreadable.count, 'file', 'cannot be read: a training that meets one ends there, remove them'],
    [leaking.count, 'pair', 'of the same file in two parts: what is measured on was learned'],
    [relabelled.count, 'pair', 'of the same file with other classes: one of them is wrong'],
    [repeated.count, 'pair', 'of the same file in one part'],
    [alike.count, 'pair', `that look the same${alikeAcross > 0 ? `, ${count(alikeAcross)} of them in two parts` : ''}`],
  ];
  return rows.filter(([n]) => n > 0).map(([n, noun, text]) => `${counted(n, noun)} ${text}`);
}

function classNotes({ parts, classNames }: Pick<DataReport, 'parts' | 'classNames'>): string[] {
  const empty = parts.flatMap(({ part, perClass }) => {
    const names = classNames.filter((_, label) => perClass[label] === 0);
    return names.length > 0 ? [`nothing of ${listed(names)} in ${part}`] : [];
  });
  const [train] = parts;
  const counts = train?.perClass.filter((n) => n > 0) ?? [];
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (!train || counts.length < 2 || most < UNBALANCED * least) return empty;
  const [few, many] = [least, most].map((n) => classNames[train.perClass.indexOf(n)]);
  return [...empty, `unbalanced: ${count(most)} of ${many}, ${count(least)} of ${few} in ${train.part}`];
}

function suggestions({ sizes, statistics, formats }: Pick<DataReport, 'sizes' | 'statistics' | 'formats'>): string[] {
  if (!sizes || !statistics || Object.keys(formats).length === 0) return [];
  const shorter = Math.min(sizes.height.median, sizes.width.median);
  const side = SIDES.filter((one) => one <= shorter).at(-1) ?? shorter;
  const near = (key: 'mean' | 'std'): boolean =>
    statistics[key].every((value, c) => Math.abs(value - (IMAGENET_NORMALISATION[key][c] as number)) < NEAR);
  const photographs = near('mean') && near('std');
  return [
    `--pixels ${side} at most: the middle picture has ${count(shorter)} pixels on its shorter side, and more are made up`,
    photographs
      ? 'channels are near ImageNet’s: weights that come from ImageNet fit, with normalisation=imagenet'
      : 'channels are not ImageNet’s: networks begin better from other weights than ImageNet’s, or from none',
  ];
}
