/** The files of a data set of pictures, part by part, with what they are labelled as: what is looked at, before anything is made of it. */

/** Files of pictures. */
export interface PictureFiles {
  readonly classNames: readonly string[];
  /** What the layout is, for tables. */
  readonly layout: string;
  readonly parts: readonly PicturePart[];
  /** What was passed over, in a sentence each. */
  readonly notes: readonly string[];
}

/** One part. */
export interface PicturePart {
  /** `train`, `validation`, `test`; `all` of a layout that leaves the split to whoever reads it. */
  readonly part: string;
  readonly count: number;
  /** Absolute path. */
  file(index: number): string;
  /** Class numbers: of the picture, or of each object on it. */
  classes(index: number): ArrayLike<number>;
}
