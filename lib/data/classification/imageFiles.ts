/** Files of pictures with their classes, as a layout on disk has them: class folders, or rows of a table. */
import { createHash } from 'node:crypto';
import { type FileNames, fileNamesBuilder } from './fileNames';

/** The part that a layout puts a file in; `any`: it leaves the split to whoever reads it. */
export const FILE_PARTS = ['train', 'validation', 'test', 'any'] as const;
export type FilePart = (typeof FILE_PARTS)[number];

/** Files found. */
export interface ImageFiles {
  /** Absolute path of the folder that the names are below. */
  readonly folder: string;
  readonly names: FileNames;
  readonly classNames: readonly string[];
  /** Class number of each file. */
  readonly labels: Int32Array;
  /** Of each file, as a number of `FILE_PARTS`. */
  readonly parts: Uint8Array;
  /** SHA-256 over part, class, path and size of every file. */
  readonly contents: string;
  /** What it is, for tables: `class folders train and val`. */
  readonly layout: string;
  /** What was passed over, in a sentence each. */
  readonly notes: readonly string[];
}

/** One file, as it is added. */
export interface FoundFile {
  readonly part: FilePart;
  readonly label: number;
  /** Of the file, below the root. */
  readonly folder: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** Collects files in their order, without an object for each. */
export function imageFilesBuilder(): {
  add(file: FoundFile): void;
  build(): Pick<ImageFiles, 'names' | 'labels' | 'parts'> & { readonly hash: string };
} {
  const names = fileNamesBuilder();
  const hash = createHash('sha256');
  let labels = new Int32Array(2 ** 10);
  let parts = new Uint8Array(labels.length);
  let count = 0;
  return {
    add({ part, label, folder, name, size }) {
      if (count === labels.length) [labels, parts] = [grown(labels), grownBytes(parts)];
      names.add(folder, name);
      hash.update(`${part}\t${label}\t${folder}/${name}\t${size}\n`);
      labels[count] = label;
      parts[count++] = FILE_PARTS.indexOf(part);
    },
    build: () => ({
      names: names.build(),
      labels: labels.slice(0, count),
      parts: parts.slice(0, count),
      hash: hash.digest('hex'),
    }),
  };
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

function grownBytes(numbers: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
