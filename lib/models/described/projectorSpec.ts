/** Layers behind the last map of a network and its classifier as data, JSON-ready: what projector.ts makes of it. */

/** A projector as data. */
export interface ProjectorSpec {
  /** Of the projected map, and of what the classifier reads. */
  readonly channels: number;
  /** Channels of the convolution of 3×3; default half of `channels`. */
  readonly bottleneck?: number;
  /** Side of the windows whose means are taken of the map before, whose sides must be multiples of it; default 1: the map as it is. */
  readonly pool?: number;
}
