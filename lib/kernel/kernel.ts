/**
 * A kernel of three threads: this one runs the cells, the server speaks Jupyter's protocol, the language thread knows TypeScript. Both
 * are started at once, so that the first reply does not wait for the compiler.
 */
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { inRepository, LIBRARY, ownerFolder } from '../util/package/ownPackage';
import { handleEnding } from './cells/ending';
import { compileFileCall } from './cells/modules/languageCall';
import { startCells } from './cells/startCells';
import type { LanguageThread } from './language/worker';
import { type DisplayKind, SHARED, type ToMain } from './messages';
import type { Hint } from './server/compileFailure';
import { captureDescriptors, writeToLauncher } from './server/descriptors';
import { startServerThread } from './server/serverThread';

/** What paths in errors are shown from: the repository, or the package. */
const ROOT = inRepository() ? ownerFolder() : LIBRARY;

/** What a library adds to a kernel that it comes with. */
export interface KernelAdditions {
  /** Values that are shown in a way of its own. */
  readonly kinds?: readonly DisplayKind[];
}

/**
 * Serves a notebook until it is told to shut down. Runs in the notebook's folder; once in a process.
 * @param connectionFile Jupyter's
 */
export function startKernel(connectionFile: string, { kinds = [] }: KernelAdditions = {}): void {
  Error.stackTraceLimit = 50; // tfjs alone takes more than the usual ten between a cell and the library
  const descriptors = captureDescriptors();
  const shared = new Int32Array(new SharedArrayBuffer(4 * SHARED.size));
  const folder = process.cwd();
  const [cells, input] = [new MessageChannel(), new MessageChannel()];
  const [language, files] = [new MessageChannel(), new MessageChannel()];
  const server = startServerThread({
    ...{ connectionFile, main: cells.port2, language: language.port1, input: input.port2, shared },
    ...{ hints: [packageHint(folder)], ...(descriptors ? { descriptors } : {}) },
  });
  const answered = shared.subarray(SHARED.wake, SHARED.wake + 1);
  const workerData: LanguageThread = { folder, server: language.port2, main: files.port2, answered };
  const compiler = new Worker(join(__dirname, 'language', 'worker.js'), {
    workerData,
    transferList: [language.port2, files.port2],
  });
  const own = startCells({
    ...{ folder, root: ROOT, kinds, shared, inputPort: input.port1, compileFile: compileFileCall(files.port1, shared) },
    post: (message) => cells.port1.postMessage(message),
  });
  const ending = handleEnding(own);
  for (const thread of [server.worker, compiler]) {
    thread.once('error', (error) => {
      writeToLauncher(descriptors, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      void ending.end(1);
    });
  }
  cells.port1.on('message', (message: ToMain) => {
    if (message.type === 'shutdown') void ending.end(0);
    else own.receive(message);
  });
  cells.port1.postMessage({ type: 'ready' });
}

/** Node and TypeScript look for packages in the folders above a notebook. */
function packageHint(folder: string): Hint {
  const text = `Packages are looked for in ${folder} and the folders above it: install it there with npm install.`;
  return { pattern: "Cannot find module '[^./'][^']*'", text };
}
