/** What of a file of HDF5 goes from the thread that reads it to the one that asked. */
import type { MessagePort } from 'node:worker_threads';

/** Numbers in rows. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

/** Everything that weights may be in. */
export interface Hdf5Contents {
  /** Of numbers, by path: `model_weights/conv1/conv1/kernel`. */
  readonly datasets: Readonly<Record<string, Hdf5Dataset>>;
  /** Texts and lists of texts, by the path of their group and their name: `model_weights/conv1@weight_names`. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}

/** A file to be read. */
export interface Hdf5Request {
  readonly bytes: Uint8Array;
}

/** Its contents, or why there are none. */
export type Hdf5Reply = { readonly contents: Hdf5Contents } | Hdf5Failure;

interface Hdf5Failure {
  readonly error: string;
  /** Whether h5wasm is not installed. */
  readonly missing?: boolean;
  /** Whether the reader itself came to an end by it. */
  readonly broken?: boolean;
}

/** What a thread is started with. */
export interface Hdf5ThreadData {
  /** 1 as soon as it can read, then 2, 3, … after each file. */
  readonly turns: SharedArrayBuffer;
  /** Bytes of memory for HDF5's library beside twice those of the file. */
  readonly memory: number;
  /** Where files come from and contents go: one that is read without an event loop. */
  readonly port: MessagePort;
}
