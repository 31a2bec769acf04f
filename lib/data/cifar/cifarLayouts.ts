/** What the official CIFAR archives hold (https://www.cs.toronto.edu/~kriz/cifar.html), as data. */

import type { RemoteFile } from '../files/download';
import type { Normalisation } from '../types';
import { CIFAR100_CLASSES } from './cifar100Classes';

/** Files of one part, each of `records` images. */
export interface CifarPart {
  readonly files: readonly string[];
  readonly records: number;
}

/** A data set in the binary layout. */
export interface CifarLayout extends Normalisation {
  /** As in the table of data sets. */
  readonly name: string;
  readonly title: string;
  readonly classNames: readonly string[];
  /** 1: the class; 2: a coarse label, then the class. */
  readonly labelBytes: 1 | 2;
  /** Number of coarse labels; 0 without them. */
  readonly coarse: number;
  readonly train: CifarPart;
  readonly test: CifarPart;
  /** The folder inside the archive that holds the files. */
  readonly archiveFolder: string;
  readonly archive: RemoteFile;
}

/** 50,000 and 10,000 images of 10 classes. Mean and deviation as the code released with the paper has them: (125.3, 123.0, 113.9) / 255, …. */
export const CIFAR10: CifarLayout = {
  name: 'cifar10',
  title: 'CIFAR-10',
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  labelBytes: 1,
  coarse: 0,
  train: { files: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), records: 10_000 },
  test: { files: ['test_batch.bin'], records: 10_000 },
  mean: [125.3 / 255, 123.0 / 255, 113.9 / 255],
  std: [63.0 / 255, 62.1 / 255, 66.7 / 255],
  archiveFolder: 'cifar-10-batches-bin',
  // Size and SHA-256 as recorded by TensorFlow Datasets (url_checksums/cifar10.txt).
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  },
};

/** 50,000 and 10,000 images of 100 classes, five in each of 20 coarse ones. */
export const CIFAR100: CifarLayout = {
  name: 'cifar100',
  title: 'CIFAR-100',
  classNames: CIFAR100_CLASSES,
  labelBytes: 2,
  coarse: 20,
  train: { files: ['train.bin'], records: 50_000 },
  test: { files: ['test.bin'], records: 10_000 },
  mean: [129.3 / 255, 124.1 / 255, 112.4 / 255],
  std: [68.2 / 255, 65.4 / 255, 70.4 / 255],
  archiveFolder: 'cifar-100-binary',
  // Size and SHA-256 as recorded by TensorFlow Datasets (url_checksums/cifar100.txt).
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
    bytes: 168_513_733,
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
  },
};
