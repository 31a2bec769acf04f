/** Where a run has its images and its teachers from: its own, or those that it shares with the other runs of its process. */
import { loadDataset } from '../../data';
import { isPlaced } from '../../data/datasetNames';
import type { DataListener, Dataset } from '../../data/types';
import { cachedNetwork } from '../../models/cachedNetwork';
import type { Network, NetworkSpec } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { canonicalJson } from '../../util/hash';
import { StoppedError, type StopSignal } from '../../util/stopSignal';
import { networkOf } from '../../weights/networkFile';
import type { DatasetConfig } from './config';
import { readRunWeights } from './runWeights';

/** How data sets are found: as in `loadDataset`. */
export interface DataOptions {
  readonly download?: boolean | undefined;
  /** Where the files of the data set lie, in place of the configuration's folder. Places are not part of what names a run. */
  readonly dataFolder?: string | undefined;
  /** Threads that read pictures on disk, where the data set is of such; results are the same bits. As in `loadDataset`. */
  readonly workers?: number | undefined;
  readonly onDataProgress?: DataListener | undefined;
  /** A data set made in code, for configurations that name it: `dataset: { name: data.name, contents: data.fingerprint }`. */
  readonly data?: Dataset | undefined;
  /** Ends a download; what has come is kept. */
  readonly stop?: StopSignal | undefined;
}

/** Where the inputs of a run come from. */
export interface InputSource {
  /** Loads the data set, or returns one that is loaded. */
  dataset(config: DatasetConfig, options: DataOptions): Promise<Dataset>;
  /** The network of a file; whoever asked for it disposes of it. @throws InputError for a file of another network */
  teacher(path: string, expected: NetworkSpec): Network;
}

/** Everything is loaded anew. */
export const OWN_INPUTS: InputSource = {
  dataset: loadUnlessStopped,
  teacher: (path, expected) => networkOf(readRunWeights(path, expected), path, expected),
};

async function loadUnlessStopped({ name, ...parts }: DatasetConfig, options: DataOptions): Promise<Dataset> {
  const { download, dataFolder: folder = parts.folder, workers, onDataProgress, stop } = options;
  if (parts.contents !== undefined) return givenData(name, parts.contents, options.data);
  const loading = new AbortController();
  const release = stop?.onRequest(() => {
    const hint = 'what has come is kept: the same command goes on';
    loading.abort(new StoppedError(`${name}: expected time to fetch it, received a request to stop (${stop.reason}); ${hint}`));
  });
  try {
    return await loadDataset(name, {
      ...parts,
      ...(folder === undefined ? {} : { folder }),
      ...(workers !== undefined && isPlaced(name) ? { workers } : {}),
      download,
      onProgress: onDataProgress,
      signal: loading.signal,
    });
  } finally {
    release?.();
  }
}

/** @throws InputError where the data set is not given, or another one is */
function givenData(name: string, contents: string, data: Dataset | undefined): Dataset {
  const hint = 'it was made in code: give it as data, in runExperiment, resumeRun or reproduce';
  if (!data) throw refusePhrase(name, 'the data set itself', 'its name alone', hint);
  if (data.fingerprint === contents && data.name === name) return data;
  const given = `${data.name} of ${data.fingerprint}`;
  throw refusePhrase(name, `the data set of fingerprint ${contents}`, given, 'its images, labels or split differ');
}

/** Images are loaded once. A teacher is loaded once, sees a batch once, and goes when the last who asked for it lets it go. */
export function sharedInputs(): InputSource {
  const sets = new Map<string, Promise<Dataset>>();
  const teachers = new Map<string, { readonly network: Network; holders: number }>();
  return {
    dataset(config, options) {
      const key = canonicalJson(config);
      const set = sets.get(key) ?? OWN_INPUTS.dataset(config, options);
      sets.set(key, set);
      return set;
    },
    teacher(path, expected) {
      const key = canonicalJson([path, expected]);
      const shared = teachers.get(key) ?? { network: cachedNetwork(OWN_INPUTS.teacher(path, expected)), holders: 0 };
      teachers.set(key, shared);
      shared.holders++;
      let held = true;
      return {
        ...shared.network,
        dispose() {
          if (!held) return;
          held = false;
          shared.holders--;
          if (shared.holders > 0) return;
          teachers.delete(key);
          shared.network.dispose();
        },
      };
    },
  };
}
