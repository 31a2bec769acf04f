/** Finds the files of a CIFAR set, or gets them out of the official archive. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { refusePhrase } from '../../util/check';
import { inside, writeAtomic } from '../../util/files';
import { download, verifyFile } from '../files/download';
import { tarMembers } from '../files/tar';
import type { DatasetOptions } from '../types';
import { checkSize, recordBytes } from './cifar';
import type { CifarLayout } from './cifarLayouts';

/** Where a set's files are, and which of them are not there. */
export interface CifarFound {
  readonly folder: string;
  readonly missing: readonly string[];
}

/** Looks in `folder`, then in the archive's own folder below it. Refuses a file of a wrong size. */
export function findCifar(layout: CifarLayout, folder: string): CifarFound {
  const files = [...layout.train.files, ...layout.test.files];
  const places = [folder, join(folder, layout.archiveFolder)];
  const at = places.find((place) => files.some((file) => existsSync(join(place, file)))) ?? folder;
  const missing: string[] = [];
  for (const part of ['train', 'test'] as const) {
    for (const file of layout[part].files) {
      const stat = statSync(inside(at, file), { throwIfNoEntry: false });
      if (stat) checkSize(layout, part, join(at, file), stat.size);
      else missing.push(file);
    }
  }
  return { folder: at, missing };
}

/**
 * The folder that holds all files of the set. Missing ones come from the official archive when that lies in `folder`, or may be
 * downloaded; its checksum is verified first, and files that are there stay as they are.
 */
export async function provideCifar(layout: CifarLayout, folder: string, options: DatasetOptions): Promise<string> {
  const found = findCifar(layout, folder);
  if (found.missing.length === 0) return found.folder;
  const archive = join(folder, basename(layout.archive.url));
  const instead = howToGet(layout, folder);
  const there = existsSync(archive);
  if (there) await verifyFile(layout.archive, archive, options.onProgress);
  else if (options.download) await download(layout.archive, archive, { ...pickTransfer(options), instead });
  else throw refusePhrase(found.folder, found.missing.join(', '), 'no such file', `load with download: true, or ${instead}`);
  await unpack(layout, archive, found, options);
  if (!there) rmSync(archive);
  return found.folder;
}

/** What a user does by hand. */
export function howToGet(layout: CifarLayout, folder: string): string {
  const { url } = layout.archive;
  return `put ${basename(url)} from ${url}, or the files ${layout.archiveFolder}/*.bin in it, into ${folder}`;
}

const pickTransfer = ({ onProgress, signal }: DatasetOptions) => ({ onProgress, signal });

async function unpack(layout: CifarLayout, archive: string, found: CifarFound, options: DatasetOptions): Promise<void> {
  const { train, test, archiveFolder } = layout;
  const wanted: Record<string, number> = {};
  for (const { files, records } of [train, test]) {
    for (const file of files) {
      if (found.missing.includes(file)) wanted[`${archiveFolder}/${file}`] = records * recordBytes(layout);
    }
  }
  const total = found.missing.length;
  let done = 0;
  for await (const { name, bytes } of tarMembers(archive, wanted)) {
    writeAtomic(inside(found.folder, basename(name)), bytes);
    options.onProgress?.({ stage: 'unpack', item: basename(name), done: ++done, total });
  }
}
