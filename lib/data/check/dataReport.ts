/** Whether a data set of one's own is what one takes it for: every picture read once, and what there is to say of all. */
import { knownKeys, refusePhrase, textIn } from '../../util/check';
import { datasetNamed } from '../datasetNames';
import { datasetIn } from '../images/checkDataset';
import { isInMemory } from '../images/imageSource';
import { channelStatistics } from '../images/normalisation';
import { DATASET_TABLE, loadDataset } from '../index';
import { sharedImages } from '../own/sharedImages';
import type { Dataset, DatasetOptions, ImageSet } from '../types';
import { alikePairs } from './alikePictures';
import { dataAdvice } from './dataAdvice';
import type { DataReport, Pairs, Spread } from './dataFindings';
import { type LookedAt, lookAtFiles } from './lookAtFiles';
import type { PictureFiles } from './pictureFiles';

const SHOWN = 20;

/** Of `dataReport`: where the data set is and how it is read, as `loadDataset` takes it. */
export type DataReportOptions = Pick<
  DatasetOptions,
  'folder' | 'cache' | 'workers' | 'onProgress' | 'lists' | 'classNames' | 'origin'
>;

const OPTIONS: readonly (keyof DataReportOptions)[] = [
  'folder',
  'cache',
  'workers',
  'onProgress',
  'lists',
  'classNames',
  'origin',
];

/**
 * Looks at every image of a data set: `folder:PATH`, `csv:PATH`, `voc:PATH` and others on disk, those of the library's table, or one that is in
 * memory. Pictures are decoded in threads, one at a time each: what is kept of one are some hundred bytes.
 * @throws InputError for names and options that are none, and for a layout that cannot be read at all; a picture that cannot is in the report
 * @example
 * ```ts
 * import { dataReport } from 'iekd';
 *
 * const { notes, suggestions, unreadable } = await dataReport('folder:photographs');
 * console.log(notes, suggestions, unreadable.first);
 * ```
 */
export async function dataReport(data: string | Dataset, options: DataReportOptions = {}): Promise<DataReport> {
  knownKeys('dataReport', options, OPTIONS);
  if (typeof data !== 'string') return ofImages(datasetIn('dataReport', data));
  const entry = datasetNamed('dataReport', textIn('dataReport: name', data), DATASET_TABLE);
  const pictures = entry.pictures?.(options);
  if (pictures) return ofFiles(data, pictures, await lookAtFiles(data, pictures.parts, options));
  const { folder, cache, onProgress } = options;
  return ofImages(await loadDataset(data, { ...(folder ? { folder } : {}), ...(cache ? { cache } : {}), onProgress }));
}

/** Part and number of a picture, of its number over all parts. */
interface PictureAt {
  readonly part: number;
  readonly file: string;
  readonly classes: string;
}

function ofFiles(name: string, { classNames, layout, parts, notes }: PictureFiles, looked: LookedAt): DataReport {
  const at = (index: number): PictureAt => {
    let [part, left] = [0, index];
    while (left >= (parts[part]?.count ?? Number.POSITIVE_INFINITY)) left -= parts[part++]?.count ?? 0;
    const found = parts[part];
    return { part, file: found?.file(left) ?? '', classes: Array.from(found?.classes(left) ?? []).join() };
  };
  const same = Array.from(looked.firstSame.entries()).filter(([i, first]) => first >= 0 && first !== i);
  const places = same.map(([i, first]) => [at(first), at(i)] as const);
  const alike = alikePairs(looked, (i) => looked.hashed[i] === 1 && looked.firstSame[i] === i);
  const counts = parts.map(({ part, count, classes }) => {
    const perClass = new Array<number>(classNames.length).fill(0);
    for (let i = 0; i < count; i++) for (const label of Array.from(classes(i))) perClass[label] = (perClass[label] ?? 0) + 1;
    return { part, count, perClass };
  });
  const decoded = looked.count - looked.unreadableCount;
  const variance = looked.squares.map((square, c) => Math.max(0, square - (looked.means[c] as number) ** 2));
  const facts = {
    ...{ name, layout, classNames, parts: counts, formats: looked.formats },
    ...(decoded > 0 ? { sizes: { height: spread(looked.heights), width: spread(looked.widths) } } : {}),
    ...(decoded > 0 ? { statistics: { mean: looked.means, std: variance.map(Math.sqrt) } } : {}),
    unreadable: { count: looked.unreadableCount, first: looked.unreadable },
    repeated: pairs(places.filter(([a, b]) => a.part === b.part)),
    leaking: pairs(places.filter(([a, b]) => a.part !== b.part)),
    relabelled: pairs(places.filter(([a, b]) => a.classes !== b.classes)),
    alike: { count: alike.length, first: alike.slice(0, SHOWN).map(([a, b]) => [at(a).file, at(b).file] as const) },
  };
  const across = alike.filter(([a, b]) => at(a).part !== at(b).part).length;
  const { notes: found, suggestions } = dataAdvice(facts, across);
  return { ...facts, notes: [...notes, ...found], suggestions };
}

const pairs = (places: readonly (readonly [PictureAt, PictureAt])[]): Pairs => ({
  count: places.length,
  first: places.slice(0, SHOWN).map(([a, b]) => [a.file, b.file]),
});

/** Of numbers above 0. */
function spread(values: Uint32Array): Spread {
  const sorted = values.filter((value) => value > 0).sort();
  const [least = 0, median = 0, most = 0] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((i) => sorted[i]);
  return { least, median, most };
}

function ofImages(data: Dataset): DataReport {
  const { name, classNames, source } = data;
  const sets = Object.entries({ train: data.train, validation: data.validation, test: data.test }).filter(
    ([, part]) => part.count > 0,
  );
  const inMemory = sets.filter((entry): entry is [string, ImageSet] => isInMemory(entry[1]));
  if (inMemory.length < sets.length) throw refusePhrase('dataReport', 'a data set in memory, or the name of one on disk', name);
  const shared = sharedImages(Object.fromEntries(inMemory));
  const text = ({ part, index }: { part: string; index: number }): string => `${part} ${index}`;
  const asPairs = (found: typeof shared.leaking): Pairs => ({
    count: found.length,
    first: found.slice(0, SHOWN).map(([a, b]) => [text(a), text(b)]),
  });
  const { height, width } = data.train;
  const one = (side: number): Spread => ({ least: side, median: side, most: side });
  const facts = {
    ...{ name, layout: source, classNames, formats: {} },
    parts: inMemory.map(([part, { count, labels }]) => {
      const perClass = new Array<number>(classNames.length).fill(0);
      for (const label of labels) perClass[label] = (perClass[label] ?? 0) + 1;
      return { part, count, perClass };
    }),
    sizes: { height: one(height), width: one(width) },
    statistics: channelStatistics(data.train as ImageSet),
    unreadable: { count: 0, first: [] },
    repeated: asPairs(shared.repeated),
    leaking: asPairs(shared.leaking),
    relabelled: asPairs([...shared.repeated, ...shared.leaking].filter(([a, b]) => a.label !== b.label)),
    alike: { count: 0, first: [] },
  };
  return { ...facts, ...dataAdvice(facts, 0) };
}
