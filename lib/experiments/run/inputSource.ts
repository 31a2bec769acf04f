/** Where a run has its images and its teachers from: its own, or those that it shares with the other runs of its process. */
import { loadDataset } from '../../data';
import type { DataListener, Dataset } from '../../data/types';
import { cachedNetwork } from '../../models/cachedNetwork';
import type { Network, NetworkSpec } from '../../models/types';
import { canonicalJson } from '../../util/hash';
import { loadNetwork } from '../../weights/networkFile';
import type { DatasetConfig } from './config';

/** How data sets are found: as in `loadDataset`. */
export interface DataOptions {
  readonly download?: boolean | undefined;
  readonly onDataProgress?: DataListener | undefined;
}

export interface InputSource {
  dataset(config: DatasetConfig, options: DataOptions): Promise<Dataset>;
  /** The network of a file; whoever asked for it disposes of it. @throws InputError for a file of another network */
  teacher(path: string, expected: NetworkSpec): Network;
}

/** Everything is loaded anew. */
export const OWN_INPUTS: InputSource = {
  dataset: ({ name, ...parts }, { download, onDataProgress }) =>
    loadDataset(name, { ...parts, download, onProgress: onDataProgress }),
  teacher: loadNetwork,
};

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
