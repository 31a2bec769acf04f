/** A data set in what names a run: contents count, not places. */
import { DATASET_TABLE } from '../../data';
import { datasetLabel, datasetNamed, isPlaced } from '../../data/datasetNames';
import type { DatasetConfig } from './config';

/** The data set without its folder; of `voc:PATH` the scheme alone. */
export function withoutPlace({ folder: _, ...dataset }: DatasetConfig): DatasetConfig {
  return { ...dataset, name: datasetLabel(dataset.name) };
}

/** What a path holds, as a hash; nothing for a data set that has a name of its own. @throws InputError where its files are missing */
export function datasetContents({ name }: DatasetConfig): { readonly contents?: string } {
  const contents = isPlaced(name) ? datasetNamed('config: dataset: name', name, DATASET_TABLE).contents?.() : undefined;
  return contents === undefined ? {} : { contents };
}

/** What names a run of it. @throws InputError as `datasetContents` */
export const datasetByContents = (dataset: DatasetConfig): DatasetConfig => ({
  ...withoutPlace(dataset),
  ...datasetContents(dataset),
});
