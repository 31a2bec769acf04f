/** `demo.json`: what the page is about. Written by `writeDemo`, read by the page. */
import type { InputNormalisation, NetworkSpec } from '../models/types';

/** Channels of a stage's map that inherit, or explore. */
export interface PageHalf {
  readonly name: 'inheritance' | 'exploration';
  /** `stage3` */
  readonly stage: string;
  readonly channels: readonly number[];
}

/** One network. */
export interface PageNetworkData {
  readonly role: 'teacher' | 'student';
  readonly name: string;
  /** Where its `model.json` lies, below the page. */
  readonly folder: string;
  readonly spec: NetworkSpec;
  readonly normalisation: InputNormalisation;
  /** Trained values. */
  readonly parameters: number;
  /** Of the exported files. */
  readonly bytes: number;
  /** Of a student that was split; else empty. */
  readonly halves: readonly PageHalf[];
}

/** How a picture becomes an image, as for evaluation. */
export interface PageImageData {
  /** [height, width] */
  readonly pixels: readonly [height: number, width: number];
  /** [height, width] that the picture covers of which the middle is taken. */
  readonly resize: readonly [height: number, width: number];
  readonly channels: 1 | 3;
}

/** A picture that the page offers. */
export interface PageSample {
  readonly file: string;
  /** Its class, where it is known. */
  readonly label?: string;
}

/** Images on which the page trains the student anew. */
export interface PageTrainingData {
  /** Bytes of all images, one after the other, each [height, width, channels]. */
  readonly images: string;
  /** A byte for the class of each. */
  readonly labels: string;
  readonly count: number;
}

/** All of it. */
export interface PageData {
  /** Name of the data set; absent: not known. */
  readonly dataset?: string;
  /** How the student learned: `ie-ft`. */
  readonly method?: string;
  readonly classNames: readonly string[];
  readonly image: PageImageData;
  /** The teacher first, if there is one. */
  readonly networks: readonly PageNetworkData[];
  readonly samples: readonly PageSample[];
  /** Absent: the page trains nothing. */
  readonly training?: PageTrainingData;
}

/** Its name in the folder. */
export const PAGE_DATA = 'demo.json';
