/**
 * The main thread of a kernel in a process of its own, as tests need it: its server is a worker that passes messages on to the test
 * (descriptor 3) and back (descriptor 4), and says at once that it has taken what was posted.
 */
import { readFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { isMainThread, MessageChannel, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { handleEnding } from 'iekd/dist/kernel/cells/ending';
import { startCells } from 'iekd/dist/kernel/cells/startCells';
import { SHARED, type ToMain, type ToServer } from 'iekd/dist/kernel/messages';

/** What a test sends besides messages of the server. */
export type Command =
  | ToMain
  | { readonly type: 'signal' }
  | { readonly type: 'stop' }
  | { readonly type: 'answer'; readonly value: string }
  /** From now on nothing is taken until as many milliseconds are over. */
  | { readonly type: 'sleep'; readonly ms: number }
  /** Outputs are counted, not passed on. */
  | { readonly type: 'quiet' };

interface ServerData {
  readonly shared: Int32Array;
  readonly input: MessagePort;
}

if (isMainThread) main();
else server(workerData as ServerData);

function main(): void {
  process.setSourceMapsEnabled(true);
  Error.stackTraceLimit = 50;
  const shared = new Int32Array(new SharedArrayBuffer(4 * SHARED.size));
  const input = new MessageChannel();
  const data: ServerData = { shared, input: input.port2 };
  const worker = new Worker(__filename, { workerData: data, transferList: [input.port2] });
  const cells = startCells({
    folder: process.cwd(),
    root: process.env['ROOT'] ?? process.cwd(),
    shared,
    post: (message) => worker.postMessage(message),
    inputPort: input.port1,
    compileFile: (path) => {
      const ts = require('typescript') as typeof import('typescript');
      const source = readFileSync(path, 'utf8');
      if (source.includes('wrong')) {
        const diagnostic = {
          file: path,
          line: 2,
          column: 7,
          length: 5,
          code: 2322,
          text: 'a reason',
          source: 'const wrong = 1;',
        };
        return { ok: false, diagnostics: [diagnostic] };
      }
      const compilerOptions = {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        sourceMap: true,
        esModuleInterop: true,
      };
      const { outputText, sourceMapText = '' } = ts.transpileModule(source, { compilerOptions, fileName: path });
      const map = JSON.stringify({ ...(JSON.parse(sourceMapText) as object), sources: [path] });
      return { ok: true, code: outputText, map };
    },
  });
  const ending = handleEnding(cells);
  worker.on('message', (message: ToMain) => {
    if (message.type === 'shutdown') void ending.end(0);
    else cells.receive(message);
  });
}

function server({ shared, input }: ServerData): void {
  let quiet = false;
  let count = 0;
  const tell = (message: object): void => {
    writeSync(3, `${JSON.stringify(message)}\n`);
  };
  parentPort?.on('message', (message: ToServer) => {
    if (message.type === 'output') {
      Atomics.sub(shared, SHARED.queued, message.bytes);
      Atomics.notify(shared, SHARED.queued);
      count++;
      if (quiet) return;
    }
    tell(message.type === 'done' ? { ...message, count, rss: process.memoryUsage().rss } : message);
  });
  createInterface({ input: new Socket({ fd: 4, readable: true, writable: false }) }).on('line', (line) => {
    const command = JSON.parse(line) as Command;
    if (command.type === 'signal') process.kill(process.pid, 'SIGINT');
    else if (command.type === 'stop') Atomics.store(shared, SHARED.stop, 1);
    else if (command.type === 'quiet') quiet = true;
    else if (command.type === 'sleep') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, command.ms);
    else if (command.type === 'answer') {
      input.postMessage({ value: command.value });
      Atomics.add(shared, SHARED.wake, 1);
      Atomics.notify(shared, SHARED.wake);
    } else {
      if (command.type === 'execute') Atomics.store(shared, SHARED.stop, 0);
      parentPort?.postMessage(command);
    }
  });
  tell({ type: 'ready' });
}
