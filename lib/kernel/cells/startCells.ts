/**
 * The main thread of a kernel: runs cells, and gives them what they find among their globals: `display`, `clearOutput`, `prompt`,
 * `confirm`, `alert`, the console, and `__kernel` and `__stop`, which their scripts use.
 */
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import {
  type CompiledCell,
  type DisplayKind,
  type FileResult,
  type KernelApi,
  SHARED,
  type ToMain,
  type ToServer,
} from '../messages';
import { cellContexts } from './cellContext';
import { cellEvaluation } from './cellEvaluation';
import { type CellSession, cellSession } from './cellSession';
import { comms } from './comms';
import { displays } from './displays';
import { questions } from './input';
import { cellRequire } from './modules/cellRequire';
import { tslabModule } from './modules/tslabModule';
import { showPlainObjects } from './plainObjects';
import { type Publisher, publisher } from './publisher';
import { replEvaluation } from './replEvaluation';
import { stackText } from './stackText';
import { captureStreams } from './streams';

export interface CellsOptions {
  /** The notebook's folder: modules are found from there. */
  readonly folder: string;
  /** The project's folder: paths in errors are relative to it. */
  readonly root: string;
  readonly shared: Int32Array;
  /** To the server. */
  readonly post: (message: ToServer) => void;
  /** On which the server answers questions. */
  readonly inputPort: MessagePort;
  readonly compileFile: (path: string) => FileResult;
  /** Values that are shown in another way than the kernel's. */
  readonly kinds?: readonly DisplayKind[];
}

export interface Cells {
  /** Takes a message of the server, but for `shutdown`. */
  receive(message: ToMain): void;
  readonly session: CellSession;
  readonly publisher: Publisher;
}

/** Once in a process: it takes over the console, the standard streams and some globals. */
export function startCells({ folder, root, shared, post, inputPort, compileFile, kinds = [] }: CellsOptions): Cells {
  const contexts = cellContexts();
  const out = publisher({ post, shared, contexts });
  const cells = new Map<number, CompiledCell>();
  const stacks = stackText(cells);
  const shown = displays(out, (sentence) => out.stream('stderr', `${sentence}\n`), stacks);
  const channels = comms({ publisher: out, contexts, failed: (error) => session.uncaught(error) });
  const { display, clearOutput, registerDisplay } = shown;
  for (const kind of kinds) registerDisplay(kind);
  const { openComm, onComm, receive } = channels;
  const forValues = { display, show: shown.value, registerDisplay };
  const api: KernelApi = { ...forValues, clearOutput, openComm, onComm, capture: contexts.capture };
  const typescript = (): string => (require('typescript/package.json') as { version: string }).version;
  const modules = cellRequire({ folder, compileFile, provided: { tslab: lazily(() => tslabModule(api, typescript())) } });
  const places = { cells, root, folder };
  const evaluation = cellEvaluation({ contexts, displays: shown, modules, places, repl: replEvaluation() });
  const session = cellSession({ shared, post, contexts, publisher: out, displays: shown, evaluation, places });

  showPlainObjects();
  captureStreams((name, text) => out.stream(name, text), clearOutput, stacks);
  const own = { value: api, configurable: true };
  Object.defineProperty(globalThis, Symbol.for('jupyter.kernel'), own);
  // Neither writable nor configurable: V8 takes it for a constant, and a loop that reads it is as quick as one that does not.
  Object.defineProperty(globalThis, '__stop', { value: shared.subarray(SHARED.stop, SHARED.stop + 1) });
  Object.defineProperty(globalThis, '__kernel', {
    value: Object.freeze({
      require: modules.require,
      import: modules.import,
      meta: cellMeta(folder, modules.plain.resolve),
      result(value: unknown) {
        const context = contexts.current();
        if (context) context.result = { value };
      },
      stopped: session.stopped,
    }),
  });
  const nodes = { require: modules.plain, __dirname: folder, __filename: join(folder, 'cell.ts') };
  const found = { ...nodes, display: shown.show, clearOutput, ...questions({ contexts, post, port: inputPort, shared }) };
  for (const [name, value] of Object.entries(found)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return {
    session,
    publisher: out,
    receive(message) {
      if (message.type === 'execute') session.execute(message);
      else if (message.type === 'interrupt') {
        post({ type: 'interrupted' });
        session.interrupt();
      } else if (message.type === 'comm') receive(message);
      else if (message.type === 'preload') modules.preload(message.specifiers);
    },
  };
}

/** `import.meta`, as Node's modules have it. */
function cellMeta(folder: string, resolve: (specifier: string) => string): object {
  const filename = join(folder, 'cell.ts');
  const urlOf = (specifier: string): string => {
    const found = resolve(specifier);
    return isAbsolute(found) ? pathToFileURL(found).href : found;
  };
  return { dirname: folder, filename, url: pathToFileURL(filename).href, resolve: urlOf };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
