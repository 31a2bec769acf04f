/** Small image sets, CIFAR folders and archives for the tests of the data room. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CifarLayout } from 'iekd/dist/data/cifarLayouts';
import { CIFAR10, CIFAR100 } from 'iekd/dist/data/cifarLayouts';
import { imageSet } from 'iekd/dist/data/imageSet';
import type { ImageSet, ImageShape } from 'iekd/dist/data/types';
import { random } from 'iekd/dist/util/rng';

/** Runs `body` with an empty folder that is removed afterwards. */
export async function inFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-data-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Random bytes, the same for the same name. */
export function noise(name: string, length: number): Uint8Array {
  const stream = random(7).stream(name);
  return Uint8Array.from({ length }, () => stream.uint32() >>> 24);
}

/** A set of random images with the labels given. */
export function noiseSet(labels: readonly number[], shape: ImageShape): ImageSet {
  const bytes = labels.length * shape.height * shape.width * shape.channels;
  return imageSet('noise', noise('images', bytes), Uint8Array.from(labels), shape);
}

/** CIFAR-10 with two training files of 20 and a test file of 10 images. */
export const SMALL10: CifarLayout = {
  ...CIFAR10,
  train: { files: ['data_batch_1.bin', 'data_batch_2.bin'], records: 20 },
  test: { files: ['test_batch.bin'], records: 10 },
};

/** CIFAR-100 with 200 training and 100 test images. */
export const SMALL100: CifarLayout = {
  ...CIFAR100,
  train: { files: ['train.bin'], records: 200 },
  test: { files: ['test.bin'], records: 100 },
};

/** The files of a layout: record i of class i mod classes, its coarse label class mod 20, random pixels. */
export function cifarFiles(layout: CifarLayout): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const size = layout.labelBytes + 3072;
  for (const { files: names, records } of [layout.train, layout.test]) {
    for (const name of names) {
      const bytes = noise(name, records * size);
      for (let i = 0; i < records; i++) {
        const label = i % layout.classNames.length;
        bytes[i * size + layout.labelBytes - 1] = label;
        if (layout.labelBytes === 2) bytes[i * size] = label % 20;
      }
      files[name] = bytes;
    }
  }
  return files;
}

/** Writes files into a folder, which is made. */
export function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** A member of a test archive; `header` may damage its block. */
export interface TestMember {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** '0' a file (default), '5' a folder, 'x' a pax header. */
  readonly type?: string;
  readonly prefix?: string;
  readonly header?: (block: Buffer) => void;
}

/** A tar archive as POSIX describes it, gzipped. */
export function tarball(members: readonly TestMember[]): Buffer {
  const blocks = members.flatMap((member) => {
    const bytes = Buffer.from(member.bytes ?? new Uint8Array(0));
    return [tarHeader(member, bytes.length), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader({ name, type = '0', prefix = '', header }: TestMember, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  header?.(block);
  const sum = block.reduce((a, b) => a + b, 0);
  if (block.toString('latin1', 148, 156) === ' '.repeat(8)) block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
