/** Images and labels in memory, as bytes. */

/** A set of equally sized images. */
export interface ImageSet {
  /** Bytes of all images, one after the other, each [height, width, channels]. */
  readonly images: Uint8Array;
  /** Class number of each image. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A data set with its fixed splits. */
export interface Dataset {
  readonly name: string;
  readonly classNames: readonly string[];
  readonly train: ImageSet;
  /** Held out of training; empty (count 0) when not asked for. */
  readonly validation: ImageSet;
  readonly test: ImageSet;
  /** Per channel, of pixel values in [0, 1]; used to normalise. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** How a training image is varied. */
  readonly augmentation: Augmentation;
  /** Where it came from and how it was split, in a sentence each: for tables and logs. */
  readonly source: string;
  readonly split: string;
  /** SHA-256 over labels and images of all three parts: part of a run's configuration. */
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
  readonly size: number;
}
