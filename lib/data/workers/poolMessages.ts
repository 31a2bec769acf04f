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

/** To a thread. */
export interface JobMessage {
  readonly id: number;
  readonly job: unknown;
}

/** From a thread: a result, or an error. */
export interface JobReply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined };
}
