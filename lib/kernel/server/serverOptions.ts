/** What the server thread is started with (`workerData`). */
import type { MessagePort } from 'node:worker_threads';
import type { DebuggerOptions, KernelDebugger } from '../debugger/debugger';
import type { Hint } from './compileFailure';
import type { Descriptors } from './descriptors';

export interface ServerOptions {
  /** Path of Jupyter's connection file. */
  readonly connectionFile: string;
  /** `ToMain` goes out, `ToServer` comes in. */
  readonly main: MessagePort;
  /** `LanguageRequest` goes out, `LanguageReply` comes in. */
  readonly language: MessagePort;
  /** `InputAnswer` goes out, each followed by a notification of `SHARED.wake`. */
  readonly input: MessagePort;
  /** Over shared memory, as `SHARED` describes it. */
  readonly shared: Int32Array;
  /** Sentences that help where TypeScript's own do not. */
  readonly hints?: readonly Hint[];
  /** As `captureDescriptors` gave them. */
  readonly descriptors?: Descriptors;
}

/** What a debugger is made with: `DebuggerOptions` without what belongs to the process. */
export type DebuggerParts = Pick<DebuggerOptions, 'cells' | 'send' | 'isCaught'>;

/** Makes a debugger of the main thread. */
export type DebuggerFactory = (parts: DebuggerParts) => Promise<KernelDebugger>;
