/** A data set of pictures with objects on disk: what the readers of layouts (`voc:PATH`, `coco:PATH`) have in common. */
import { basename } from 'node:path';
import type { PictureFiles } from '../check/pictureFiles';
import type { Dataset, DatasetOptions, ObjectSource } from '../types';
import { badBoxNotes } from './badBoxNotes';
import { detectionDataset } from './detectionDataset';
import type { BadBoxes } from './detectionSample';
import { checkObjectOptions, pixelsOf } from './objectDataOptions';
import { checkDisjoint, type SampleParts, subsetOf } from './sampleParts';

/** What a layout's reader finds. */
export interface FoundParts {
  readonly classNames: readonly string[];
  readonly parts: SampleParts;
  /** What it is, in a sentence for tables: `VOC's layout, VOC2007 and VOC2012`. */
  readonly layout: string;
  /** Which lists the parts are: `trainval / none / test`. */
  readonly lists: string;
}

/** @throws InputError for options that are none, what `find` refuses, a picture in two parts, and more pictures than there are */
export function objectDataset(
  path: string,
  options: DatasetOptions,
  find: (badBoxes: BadBoxes) => FoundParts,
): Dataset<ObjectSource> {
  const name = basename(path);
  checkObjectOptions('loadDataset', options);
  const notes = badBoxNotes(name, options.badBoxes, options.onProgress);
  const { classNames, parts, layout, lists } = find(notes.badBoxes);
  checkDisjoint(name, parts);
  const used = subsetOf(name, parts, options);
  const { augmentation, workers, shrink, cache } = options;
  const data = detectionDataset({
    ...{ name, classNames, ...used, source: `${name}, ${layout}` },
    pixels: pixelsOf(options.pixels),
    ...(augmentation === undefined ? {} : { augmentation }),
    ...(workers === undefined ? {} : { workers }),
    ...(shrink === undefined ? {} : { shrink }),
    ...(cache === undefined ? {} : { cache }),
  });
  return { ...data, split: splitText(parts, used, lists, options.seed, notes.summary()) };
}

/** The files of what was found. */
export function objectPictures({ classNames, layout, parts }: FoundParts): PictureFiles {
  const found = Object.entries(parts).map(([part, samples]: [string, SampleParts['train']]) => ({
    part,
    count: samples.length,
    file: (i: number) => samples[i]?.picture ?? '',
    classes: (i: number) => samples[i]?.objects.classes ?? [],
  }));
  return { classNames, layout, parts: found.filter(({ count }) => count > 0), notes: [] };
}

function splitText(parts: SampleParts, used: SampleParts, lists: string, seed = 0, badBoxes: string): string {
  const sizes = ({ train, validation, test }: SampleParts): string => [train, validation, test].map((p) => p.length).join(' / ');
  const drawn = sizes(parts) === sizes(used) ? '' : `, used ${sizes(used)}, seed ${seed}`;
  return [`${lists}: ${sizes(parts)}${drawn}`, badBoxes].filter(Boolean).join('; ');
}
