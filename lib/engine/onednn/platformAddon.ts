/**
 * The addon in the package of this platform (`@iekd/onednn-linux-x64` and the like), which npm installs with the library where there is
 * one: compiled for each level of processors, of which the first is taken that this one can run.
 */
import { dirname, join } from 'node:path';
import { isObject } from '../../util/check';
import { readJson } from '../../util/json';

/** A folder with an addon that may be loaded, or why none of the package may; undefined where no package is installed. */
export type PlatformAddon = { readonly folder: string } | { readonly refused: string } | undefined;

/** What the choice goes through; tests put their own in. */
export interface PlatformSystem {
  /** The path of the package's package.json; throws where it is not installed. */
  find(specifier: string): string;
  /** Why the addon in a folder must not be loaded (native/stamp.cjs). */
  refusal(folder: string): string | undefined;
}

/** Names of folders of the package, nothing else. */
const FOLDER = /^\w[\w.+-]*$/;

export function platformAddon({ find, refusal }: PlatformSystem): PlatformAddon {
  let manifest: string;
  let content: unknown;
  try {
    manifest = find(`@iekd/onednn-${process.platform}-${process.arch}/package.json`);
    content = readJson(manifest);
  } catch {
    return undefined;
  }
  const listed = isObject(content) ? content['processors'] : undefined;
  const names = Array.isArray(listed) ? listed.filter((name) => typeof name === 'string' && FOLDER.test(name)) : [];
  let refused = `is not in ${dirname(manifest)}`;
  for (const name of names) {
    const folder = join(dirname(manifest), name);
    const reason = refusal(folder);
    if (reason === undefined) return { folder };
    refused = reason; // the last one is for the most modest processor
  }
  return { refused };
}
