/** What files of layers models hold, TensorFlow.js's and Keras's: values by `layer/weight`, and what the layers are. */
import type { StoredTensor } from '../dtypes';

/** A file of layers. */
export interface LayersFile {
  /** By names `conv1/kernel`, or `conv1/0` where the file only counts a layer's weights; in Keras's layouts, which are this library's. */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** What it says beside them. */
  readonly notes: Readonly<Record<string, string>>;
  /** Of its contents, files beside it included. */
  readonly sha256: string;
  /** Its layers as Keras or tfjs writes them, not checked yet; absent: it has values alone. */
  readonly topology?: unknown;
}
