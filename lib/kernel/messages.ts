/**
 * What the three threads of a kernel say to each other. The main thread runs the user's cells; the server thread speaks Jupyter's
 * protocol and is never busy; the language thread knows TypeScript. Everything here survives a structured clone.
 *
 *     Jupyter ⇄ server ⇄ main       cells out, outputs and replies in
 *                server ⇄ language   compile, complete, inspect, is complete
 *                main   ⇄ language   local `.ts` files, synchronously
 */

export type JsonObject = { [key: string]: unknown };

/** Where the threads look at one another without a message: an Int32Array over shared memory. */
export const SHARED = {
  /** Not 0: what runs is to stop. Read by the loops of a cell; written by the server on an interrupt, cleared before each cell. */
  stop: 0,
  /** Bytes of output that main has posted and the server has not yet taken; main waits (Atomics.wait) while it is over the limit. */
  queued: 1,
  /** Counts up whenever main has something to wake for (an answer to an input, an interrupt). */
  wake: 2,
  /** Execution count of the cell that runs; 0 while none does. */
  running: 3,
  /** Not 0: the server has closed its sockets; the process may end. */
  closed: 4,
  /** How many there are. */
  size: 8,
} as const;

// ---------------------------------------------------------------------------------------------------------- language

/** A place in a cell, or in a file that it imports. Lines and columns count from 1, columns in UTF-16 units. */
export interface Diagnostic {
  /** Absent: the cell itself. */
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** How many characters are meant, within the line. */
  readonly length: number;
  /** TypeScript's number, such as 2322. */
  readonly code: number;
  /** With TypeScript's suggestion (`Did you mean …`), lines of a chain indented. */
  readonly text: string;
  /** The line itself. */
  readonly source: string;
}

/**
 * A cell as V8's REPL mode is to run it. Its imports call `__kernel.require(specifier)`, its last expression stands in
 * `__kernel.result(…)`, its loops read `__stop[0]` and call `__kernel.stopped()`; it ends with `//# sourceURL=cell-N.ts`.
 */
export interface CompiledCell {
  /** The execution count, which names it: `cell-7.ts`. */
  readonly number: number;
  readonly source: string;
  readonly script: string;
  /** From the script to the source: a source map, version 3, as JSON. */
  readonly map: string;
  /** Names that it declares at its top level. */
  readonly declares: readonly string[];
  /** Specifiers that its script requires, in order. */
  readonly imports: readonly string[];
}

export type CompileResult =
  | { readonly ok: true; readonly cell: CompiledCell }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A local TypeScript file as CommonJS. */
export type FileResult =
  | { readonly ok: true; readonly code: string; readonly map: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Offsets count UTF-16 units; the server turns Jupyter's code points into them and back. */
export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly {
    readonly text: string;
    /** TypeScript's kind: `function`, `const`, `property`, `string`, … */
    readonly kind: string;
    /** In one line, for those shown first; else empty. */
    readonly signature: string;
  }[];
}

export interface Inspection {
  readonly plain: string;
  readonly markdown: string;
}

export interface Completeness {
  readonly status: 'complete' | 'incomplete' | 'invalid';
  /** What the next line begins with, where it is incomplete. */
  readonly indent: string;
}

/** What the language thread does. `language/language.ts` makes one; `language/worker.ts` serves it to both other threads. */
export interface Language {
  /**
   * Checks types, then compiles. The names of a cell that compiled are seen by later ones; whatever it does when it runs.
   * @param cell `lasting: false` for an expression beside the cells: no later one sees what it declares
   */
  compile(cell: { readonly number: number; readonly source: string; readonly lasting?: boolean }): CompileResult;
  complete(source: string, offset: number): Completion;
  /** Undefined where there is nothing to tell. @param detail 1: with the whole documentation */
  inspect(source: string, offset: number, detail: 0 | 1): Inspection | undefined;
  isComplete(source: string): Completeness;
  /** Whether the function at this place of a text catches what is thrown there. Both count from 1. */
  isCaught(source: string, line: number, column: number): boolean;
  /** @param path absolute */
  compileFile(path: string): FileResult;
}

export type LanguageRequest =
  | { readonly id: number; readonly method: 'compile'; readonly args: Parameters<Language['compile']> }
  | { readonly id: number; readonly method: 'complete'; readonly args: Parameters<Language['complete']> }
  | { readonly id: number; readonly method: 'inspect'; readonly args: Parameters<Language['inspect']> }
  | { readonly id: number; readonly method: 'isComplete'; readonly args: Parameters<Language['isComplete']> }
  | { readonly id: number; readonly method: 'isCaught'; readonly args: Parameters<Language['isCaught']> }
  | { readonly id: number; readonly method: 'compileFile'; readonly args: Parameters<Language['compileFile']> };

/** `error`: a bug of the language thread, told as text; the kernel lives on. */
export interface LanguageReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

// ---------------------------------------------------------------------------------------------------------- cells

/** Content of Jupyter's `error` message. */
export interface CellFailure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** From the server to main. */
export type ToMain =
  | {
      readonly type: 'execute';
      /** The server's number of the request: outputs name it as their parent. */
      readonly request: number;
      readonly cell: CompiledCell;
      readonly silent: boolean;
      readonly allowStdin: boolean;
      /** Compiled as cells, without a name that lasts. */
      readonly userExpressions: Readonly<Record<string, CompileResult>>;
    }
  | { readonly type: 'interrupt' }
  /** A cell that is being compiled imports these packages of the kernel's own. */
  | { readonly type: 'preload'; readonly specifiers: readonly string[] }
  | ({ readonly type: 'comm' } & CommEvent)
  | { readonly type: 'shutdown'; readonly restart: boolean };

/** From main to the server. */
export type ToServer =
  | { readonly type: 'ready' }
  | ({ readonly type: 'output' } & Output)
  | {
      readonly type: 'done';
      readonly request: number;
      readonly failure?: CellFailure;
      /** Contents as Jupyter's `user_expressions` has them. */
      readonly userExpressions: JsonObject;
    }
  /** Main has taken an `interrupt`: it needs no signal. */
  | { readonly type: 'interrupted' }
  /** Main waits for the answer (Atomics.wait on `wake`), which comes on the port given with `workerData.inputPort`. */
  | { readonly type: 'input'; readonly request: number; readonly prompt: string; readonly password: boolean };

/** Answer to an `input`; undefined where the user gave none (interrupted, or a front end without stdin). */
export interface InputAnswer {
  readonly value: string | undefined;
  /** Why there is none. */
  readonly reason?: string;
}

/** What is published for a cell. */
export interface Output {
  /** The request whose output it is: that of the cell whose code wrote it, also after the cell has ended. */
  readonly request: number;
  readonly message:
    | 'stream'
    | 'display_data'
    | 'update_display_data'
    | 'execute_result'
    | 'error'
    | 'clear_output'
    | 'comm_open'
    | 'comm_msg'
    | 'comm_close';
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  /** Header of the message that it answers, as it came. Default: that of the request. */
  readonly parent?: Uint8Array;
  /** What it counts for in `SHARED.queued`. */
  readonly bytes: number;
}

/** A message of a comm, from the front end. */
export interface CommEvent {
  readonly event: 'open' | 'msg' | 'close';
  readonly id: string;
  /** Header of the front end's message as it came, for an answer that names it as its parent. */
  readonly parent?: Uint8Array;
  /** Of `open`. */
  readonly target: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

/** A comm as the code on main sees it. */
export interface Comm {
  readonly id: string;
  /** @param options.parent of the event that is answered; default the cell */
  send(
    data: JsonObject,
    options?: { readonly metadata?: JsonObject; readonly buffers?: readonly Uint8Array[]; readonly parent?: Uint8Array },
  ): void;
  close(data?: JsonObject): void;
  /** One listener; a later one replaces it. Called between turns of the event loop, also while a cell awaits. */
  onMessage(listener: (event: CommEvent) => void): void;
  onClose(listener: (event: CommEvent) => void): void;
}

/** Values of one kind, and how they are shown. */
export interface DisplayKind {
  /** What they are called in a sentence: `a data frame`. */
  readonly name: string;
  /** Looked at for every value that is shown: quick, and for any value at all. */
  matches(value: unknown): boolean;
  /** By MIME type: text, JSON, or bytes. `text/plain` is added where it is missing. Undefined: shown as if it were of no kind. */
  bundle(value: unknown): JsonObject | undefined | PromiseLike<JsonObject | undefined>;
}

/** An output that was taken in the place of its cell: a stream, a display or its update, a result, an error, or that all is to go. */
export interface CapturedOutput {
  readonly message: 'stream' | 'display_data' | 'update_display_data' | 'execute_result' | 'error' | 'clear_output';
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
}

/** What the main thread offers to libraries, under `globalThis[Symbol.for('jupyter.kernel')]`; absent outside of a kernel. */
export interface KernelApi {
  /** Publishes a bundle. @param id of a display that is updated in place */
  display(data: JsonObject, options?: { readonly metadata?: JsonObject; readonly id?: string; readonly update?: boolean }): void;
  /** Publishes a value as a cell that ends in it would. */
  show(value: unknown): Promise<void>;
  clearOutput(wait?: boolean): void;
  /** Runs `work`; what it publishes, also after it has awaited, goes to `take` in the place of its cell. */
  capture<T>(work: () => T, take: (output: CapturedOutput) => void): T;
  openComm(
    target: string,
    data: JsonObject,
    options?: { readonly metadata?: JsonObject; readonly buffers?: readonly Uint8Array[]; readonly id?: string },
  ): Comm;
  /** Comms that the front end opens for `target`. */
  onComm(target: string, opened: (comm: Comm, event: CommEvent) => void): void;
  /** From now on values of this kind are shown in its way; a later kind goes before an earlier one. @returns takes it away again */
  registerDisplay(kind: DisplayKind): () => void;
}
