/**
 * The language thread. Requests come on two ports: the server's, and main's, which waits for its answer (a file that a cell
 * requires): so main is woken through shared memory once the answer lies in its port.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Language, LanguageReply, LanguageRequest } from '../messages';
import { LARGE_PACKAGE } from '../ownPackages';
import { createLanguage } from './language';

/** What the thread is started with; the ports are to be in its transfer list. */
export interface LanguageThread {
  /** The notebook's, absolute. */
  readonly folder: string;
  readonly server: MessagePort;
  readonly main: MessagePort;
  /** One cell, in shared memory: counts the answers to main, which are then in its port. */
  readonly answered: Int32Array;
}

/** So long nobody has asked for anything. */
const PAUSE_MS = 500;

const { folder, server, main, answered } = workerData as LanguageThread;
const language = createLanguage({ folder });

/** Set while the package is to be read, in a first pause: a cell that imports it is compiled several times as quick then. */
let pause: NodeJS.Timeout | undefined;

/** Reads it until somebody asks for something, who is answered at once; the rest comes in the next pause. */
function prepare(): void {
  let asked: (() => void) | undefined;
  pause = undefined;
  try {
    language.prepare(LARGE_PACKAGE, () => {
      asked ??= waiting();
      return asked !== undefined;
    });
  } catch {
    // a cell that imports it is told what is wrong
  }
  if (!asked) return;
  asked();
  pause = setTimeout(prepare, PAUSE_MS);
}

/** What answers a request that waits, main's first, since main stands still meanwhile. */
function waiting(): (() => void) | undefined {
  for (const [port, answer] of [
    [main, answerMain],
    [server, answerServer],
  ] as const) {
    const received = receiveMessageOnPort(port) as { readonly message: LanguageRequest } | undefined;
    if (received) return () => answer(received.message);
  }
  return undefined;
}

// The first program takes most of a second: it is made while nobody waits yet.
setImmediate(() => {
  reply({ id: 0, method: 'compile', args: [{ number: 0, source: '1 + 1', lasting: false }] });
  pause = setTimeout(prepare, PAUSE_MS);
});

server.on('message', answerServer);
main.on('message', answerMain);

function answerServer(request: LanguageRequest): void {
  server.postMessage(reply(request));
  pause?.refresh();
}

function answerMain(request: LanguageRequest): void {
  main.postMessage(reply(request));
  Atomics.add(answered, 0, 1);
  Atomics.notify(answered, 0);
}

/** A bug is an answer too: whoever asked goes on. */
function reply(request: LanguageRequest): LanguageReply {
  try {
    return { id: request.id, value: answer(language, request) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function answer(of: Language, request: LanguageRequest): unknown {
  switch (request.method) {
    case 'compile':
      return of.compile(...request.args);
    case 'complete':
      return of.complete(...request.args);
    case 'inspect':
      return of.inspect(...request.args);
    case 'isComplete':
      return of.isComplete(...request.args);
    case 'isCaught':
      return of.isCaught(...request.args);
    case 'compileFile':
      return of.compileFile(...request.args);
    default:
      throw new Error(`language: expected a method of the language, received ${JSON.stringify(request)}`);
  }
}
