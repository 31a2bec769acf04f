/** What is known of the images that weights were trained on: of the data set that was named, of that of their run, or noted in the file. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dataset } from '../../data/types';
import type { DatasetConfig } from '../../experiments/run/config';
import type { ExportOptions } from '../../export/exportedNetwork';
import type { Task, TaskSpec } from '../../tasks/types';
import { InputError } from '../../util/check';
import type { StoredWeights } from '../../weights/networkFile';
import { writeNote } from '../output/output';
import type { DataFolderFlags } from './runPlace';

/** Flags that say which data set. */
export interface KnownDataFlags extends DataFolderFlags {
  readonly data?: string;
  /** At most: a data set may have fewer. Absent: those of the run. */
  readonly testImages?: number;
}

/** What a file of another format notes, and the data set, where it is here. */
export interface KnownData {
  readonly notes: ExportOptions;
  readonly data?: { readonly set: Dataset; readonly task: Task };
  /** What was asked of the data set. */
  readonly dataset?: DatasetConfig;
}

/** @param path of the weights @throws InputError for a data set that was named and cannot be loaded */
export async function knownData(path: string, stored: StoredWeights, flags: KnownDataFlags): Promise<KnownData> {
  const { dataNotesOf } = await import('../../experiments/run/dataNotes.js');
  if (stored.notes['data'] !== undefined) return { notes: dataNotesOf(path, stored) }; // a detector
  const run = await configBeside(path);
  const dataset: DatasetConfig | undefined = flags.data === undefined ? run?.dataset : { name: flags.data };
  if (!dataset) {
    writeNote('Classes and normalisation are not noted: which data set the weights are of is not known (--data names it).');
    return { notes: {} };
  }
  try {
    return await loaded(dataset, run?.task, flags);
  } catch (error) {
    if (flags.data !== undefined || !(error instanceof InputError)) throw error;
    writeNote(`Classes and normalisation are not noted: ${error.message}`);
    return { notes: {} };
  }
}

async function loaded(dataset: DatasetConfig, spec: TaskSpec | undefined, flags: KnownDataFlags): Promise<KnownData> {
  const { loadDataset } = await import('../../data/index.js');
  const { taskNamed } = await import('../../tasks/index.js');
  const { name, ...parts } = dataset;
  const place = flags.folder === undefined ? {} : { folder: flags.folder };
  const all = await loadDataset(name, { ...parts, ...place });
  const { testImages = Number.POSITIVE_INFINITY } = flags;
  const set = all.test.count > testImages ? await loadDataset(name, { ...parts, ...place, test: testImages }) : all;
  const { classNames, mean, std } = set;
  return { notes: { classNames, normalisation: { mean, std } }, data: { set, task: taskNamed(spec) }, dataset };
}

async function configBeside(path: string) {
  const { RUN_FILES } = await import('../../experiments/run/runFiles.js');
  const { readConfig } = await import('../../experiments/run/config.js');
  const config = join(dirname(path), RUN_FILES.config);
  return existsSync(config) ? readConfig(config) : undefined;
}
