/** Whether a network's priors come near the boxes that it is to learn, class by class: what no prior reaches is not learned. */
import { hasObjects } from '../../data/images/objectSource';
import type { Dataset } from '../../data/types';
import { selectBoxes } from '../../detection/boxes';
import type { Objects } from '../../detection/detections';
import { type Coverage, priorCoverage } from '../../detection/priors/priorCoverage';
import type { Network } from '../../models/types';
import { count } from '../../util/text';

/** Boxes of a class that are looked at, evenly over the images: all of VOC's would take a minute. */
const MOST_BOXES = 400;

/**
 * A sentence on all classes, and one for each whose boxes no prior of the network overlaps by `overlap`. Nothing where annotations do not say
 * how large their pictures are.
 */
export function coverageRemarks({ priors }: Network, { train, classNames }: Dataset, overlap: number): string[] {
  if (!priors || !hasObjects(train) || !train.unitObjects) return [];
  const all = joined(train.unitObjects);
  const chosen = classNames.flatMap((_, c) => evenly(indicesOf(all.classes, c)));
  const coverage = priorCoverage(
    priors,
    selectBoxes(all.boxes, chosen),
    chosen.map((i) => all.classes[i] as number),
    classNames.length,
    overlap,
  );
  const known = classNames.map((name, c) => [name, coverage[c] as Coverage] as const);
  const counted = known.filter(([, { boxes }]) => boxes > 0);
  if (counted.length === 0) return [];
  const texts = counted.map(([name, { covered, meanBest }]) => `${name} ${percent(covered)} (mean ${meanBest.toFixed(2)})`);
  const missed = counted.filter(([, { covered }]) => covered === 0);
  const absent = known.flatMap(([name, { boxes }]) => (boxes === 0 ? [name] : []));
  return [
    `Boxes with a prior that overlaps them by ${overlap} or more, of at most ${count(MOST_BOXES)} a class: ${texts.join(', ')}.`,
    ...missed.map(
      ([name]) =>
        `No prior overlaps a box of ${name} so much: it will hardly be learned. Give network and task priors of its size.`,
    ),
    ...(absent.length > 0 ? [`Without a box to learn from: ${absent.join(', ')}.`] : []),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)} %`;

function joined(objects: readonly Objects[]): Pick<Objects, 'boxes' | 'classes'> {
  const classes = Int32Array.from(objects.flatMap((one) => [...one.classes]));
  const boxes = new Float64Array(4 * classes.length);
  let at = 0;
  for (const one of objects) {
    boxes.set(one.boxes, at);
    at += one.boxes.length;
  }
  return { boxes, classes };
}

const indicesOf = (classes: Int32Array, ofClass: number): number[] => [...classes.keys()].filter((i) => classes[i] === ofClass);

function evenly(indices: readonly number[]): number[] {
  const step = Math.max(1, indices.length / MOST_BOXES);
  return Array.from({ length: Math.min(MOST_BOXES, indices.length) }, (_, i) => indices[Math.floor(i * step)] as number);
}
