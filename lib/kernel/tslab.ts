/**
 * The parts of tslab that the kernel is put together from, with the shapes that tslab 1.0.22 gives them. They are not tslab's
 * public interface, so another version is refused with a sentence instead of failing in silence.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { refuse, refusePhrase } from '../util/check';

/** The only version whose parts are known to fit. */
export const TSLAB_VERSION = '1.0.22';

/** A cell turned into JavaScript. */
export interface Converted {
  output?: string;
  readonly [part: string]: unknown;
}

export interface Converter {
  convert(previousDeclarations: string, source: string): Converted;
  close(): void;
  readonly [part: string]: unknown;
}

export interface Executor {
  /** Resolves to false when the cell failed; what went wrong went to the console given at construction. */
  execute(source: string): Promise<boolean>;
  /** Ends the running cell's `execute`; the cell's own code goes on where it is asynchronous. */
  interrupt(): void;
  readonly [part: string]: unknown;
}

export interface ExecuteReply {
  readonly status: 'ok' | 'error' | 'abort';
  readonly execution_count?: number;
}

type WriteStream = (name: string, text: string) => void;
type WriteDisplay = (content: object, update: boolean) => void;

export interface Handler {
  handleExecute(request: object, writeStream: WriteStream, writeDisplay: WriteDisplay): Promise<ExecuteReply>;
}

/** A message of the Jupyter protocol, as tslab's server hands it to its own methods. */
export interface ServerMessage {
  readonly header: { msg_type: string };
  content: object;
  createReply(): ServerMessage;
  signAndSend(key: string, socket: object): void;
}

/** What is used of ZeroMQ's router sockets. */
export interface Socket {
  send(frames: readonly (string | Uint8Array)[]): Promise<void>;
}

export interface Server {
  readonly connInfo: { readonly key: string };
  readonly iopub: object;
  init(): Promise<void>;
  handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void>;
  handleExecute(socket: object, message: ServerMessage): Promise<void>;
}

type Console = Pick<typeof console, 'log' | 'error'>;
type ConverterSet = { readonly node: Converter; readonly browser: Converter; close(): void };

export interface Tslab {
  createConverter(options: { isJS: boolean; isBrowser: boolean }): Converter;
  createExecutor(folder: string, converters: ConverterSet, console: Console): Executor;
  JupyterHandlerImpl: new (executor: Executor, isJs: boolean) => Handler;
  ZmqServer: new (handler: Handler, configPath: string) => Server;
  /** tslab's own copy of the TypeScript compiler (5.0.4). */
  typescript: typeof import('typescript');
}

/** Where tslab is looked for: from this file upwards. */
const here = createRequire(__filename);

/** The version of the installed tslab; an error that names the remedy when there is none. */
export function tslabVersion(): string {
  try {
    return String((JSON.parse(readFileSync(here.resolve('tslab/package.json'), 'utf8')) as { version?: unknown }).version);
  } catch {
    throw refusePhrase('kernel', `tslab ${TSLAB_VERSION}`, 'no tslab', 'run npm ci');
  }
}

/** The TypeScript compiler that tslab uses. */
export function tslabTypescript(): Tslab['typescript'] {
  return createRequire(here.resolve('tslab/package.json'))('@tslab/typescript-for-tslab') as Tslab['typescript'];
}

/** Loads tslab's parts, refusing a version or parts that are not the known ones. */
export function loadTslab(version = tslabVersion()): Tslab {
  if (version !== TSLAB_VERSION) {
    throw refuse(
      'kernel',
      `tslab ${TSLAB_VERSION}`,
      version,
      'run npm ci; the kernel is put together from parts of that version',
    );
  }
  const part = <T>(file: string, name: string): T => {
    const value = (here(`tslab/dist/${file}`) as Record<string, unknown>)[name];
    if (typeof value !== 'function') throw refuse(`kernel: tslab/dist/${file}`, `a function ${name}`, value, 'run npm ci');
    return value as T;
  };
  return {
    createConverter: part('converter', 'createConverter'),
    createExecutor: part('executor', 'createExecutor'),
    JupyterHandlerImpl: part('jupyter', 'JupyterHandlerImpl'),
    ZmqServer: part('jupyter', 'ZmqServer'),
    typescript: tslabTypescript(),
  };
}
