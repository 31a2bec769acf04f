/**
 * CIFAR-10 and CIFAR-100 (Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images") in the layout of the official
 * binary archives: records of one label byte (CIFAR-100: coarse, then fine) and 3,072 bytes, the red, green and blue plane of a
 * 32×32 image, row by row. Sizes, label ranges and class counts are checked; checksums are not, so that a folder whose images
 * differ from the archive's (another codec, an ablation) can be used: the data set's fingerprint tells them apart.
 */
import { readFileSync, statSync } from 'node:fs';
import { refusePhrase } from '../../util/check';
import { inside } from '../../util/files';
import { assemble } from '../assemble';
import { imageSet } from '../images/imageSet';
import type { DataListener, Dataset, ImageSet, SubsetOptions } from '../types';
import type { CifarLayout } from './cifarLayouts';

const SHAPE = { height: 32, width: 32, channels: 3 } as const;
const PIXELS = SHAPE.height * SHAPE.width;

/** Bytes of one record. */
export const recordBytes = (layout: CifarLayout): number => layout.labelBytes + SHAPE.channels * PIXELS;

/** Reads the data set from the files in `folder`. */
export function readCifar(layout: CifarLayout, folder: string, options: SubsetOptions, tell?: DataListener): Dataset<ImageSet> {
  const files = [...layout.train.files, ...layout.test.files];
  const report = (file: string) => tell?.({ stage: 'read', item: file, done: files.indexOf(file) + 1, total: files.length });
  const { name, classNames, mean, std } = layout;
  return assemble(
    {
      name,
      classNames,
      train: readPart(layout, folder, 'train', report),
      test: readPart(layout, folder, 'test', report),
      mean,
      std,
      augmentation: { pad: 4, flip: true },
      source: `${layout.title} (Krizhevsky 2009), files in the layout of the official binary archive`,
      split: 'official training and test parts',
    },
    options,
  );
}

function readPart(layout: CifarLayout, folder: string, part: 'train' | 'test', report: (file: string) => void): ImageSet {
  const { files, records } = layout[part];
  const images = new Uint8Array(files.length * records * SHAPE.channels * PIXELS);
  const labels = new Uint8Array(files.length * records);
  for (const [i, file] of files.entries()) {
    const path = inside(folder, file);
    checkSize(layout, part, path, statSync(path).size);
    const bytes = readFileSync(path);
    checkSize(layout, part, path, bytes.length);
    readRecords(layout, path, bytes, labels.subarray(i * records), images.subarray(i * records * SHAPE.channels * PIXELS));
    report(file);
  }
  checkBalance(layout, part, folder, labels);
  return imageSet(`${folder} (${part})`, images, labels, SHAPE);
}

/** Refuses a file that does not hold exactly its records. */
export function checkSize(layout: CifarLayout, part: 'train' | 'test', path: string, bytes: number): void {
  const { records } = layout[part];
  const size = recordBytes(layout);
  if (bytes === records * size) return;
  const whole = Math.floor(bytes / size);
  const received = `${bytes} bytes (${whole} records and ${bytes - whole * size} bytes)`;
  const hint = 'nothing was overwritten: replace the file, or move it away and have it fetched again';
  throw refusePhrase(path, `${records * size} bytes (${records} records of ${size})`, received, hint);
}

/** Planes to pixels, labels apart. */
function readRecords(layout: CifarLayout, path: string, bytes: Uint8Array, labels: Uint8Array, images: Uint8Array): void {
  const size = recordBytes(layout);
  const coarseOf = new Map<number, number>();
  for (let record = 0, out = 0; record * size < bytes.length; record++) {
    const start = (record + 1) * size - SHAPE.channels * PIXELS;
    labels[record] = checkedLabel(layout, path, bytes, record, coarseOf);
    for (let pixel = start; pixel < start + PIXELS; pixel++) {
      images[out++] = bytes[pixel] as number;
      images[out++] = bytes[pixel + PIXELS] as number;
      images[out++] = bytes[pixel + 2 * PIXELS] as number;
    }
  }
}

/** The (fine) label of a record: within range, and always below the same coarse label. */
function checkedLabel(
  layout: CifarLayout,
  path: string,
  bytes: Uint8Array,
  record: number,
  coarseOf: Map<number, number>,
): number {
  const at = record * recordBytes(layout);
  const label = bytes[at + layout.labelBytes - 1] as number;
  const where = `${path}, record ${record}`;
  const last = layout.classNames.length - 1;
  if (label > last) throw refusePhrase(where, `a label in [0, ${last}]`, String(label));
  if (layout.labelBytes === 1) return label;
  const coarse = bytes[at] as number;
  const known = coarseOf.get(label) ?? coarse;
  coarseOf.set(label, known);
  if (coarse >= layout.coarse) throw refusePhrase(where, `a coarse label in [0, ${layout.coarse - 1}]`, String(coarse));
  if (coarse !== known) {
    const name = layout.classNames[label];
    throw refusePhrase(where, `coarse label ${known} with ${name}, as in the records before`, String(coarse));
  }
  return label;
}

/** Both archives have equally many images of each class in each part: anything else is mislabelled or mixed up. */
function checkBalance(layout: CifarLayout, part: 'train' | 'test', folder: string, labels: Uint8Array): void {
  const counts = new Array<number>(layout.classNames.length).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  const expected = labels.length / counts.length;
  const wrong = counts.findIndex((count) => count !== expected);
  if (wrong < 0) return;
  const where = `${folder}: ${layout[part].files.join(', ')}`;
  const name = layout.classNames[wrong];
  const hint = 'the files are mislabelled or mixed up';
  throw refusePhrase(where, `${expected} images of class ${wrong} (${name})`, `${counts[wrong]}`, hint);
}
