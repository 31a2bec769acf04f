/** What a pool and its threads say to each other. */

/** What a thread is started with. */
export interface ThreadData {
  /** Absolute path of the module that does the jobs. */
  readonly module: string;
}

/** What such a module exports. */
export interface PoolModule {
  /** Does a job. */
  readonly work: (job: unknown) => unknown;
  /** Memory of a result that is handed over rather than copied; default none. */
  readonly transfers?: (result: never) => ArrayBuffer[];
}

/** To a thread: several jobs, since a message costs as much as a small picture. */
export interface JobMessage {
  readonly id: number;
  readonly jobs: readonly unknown[];
}

/** From a thread, in the order of the jobs. */
export interface JobReply {
  readonly id: number;
  readonly answers: readonly JobAnswer[];
}

/** A result, or an error. */
export type JobAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly name: string; readonly message: string; readonly stack?: string | undefined } };
