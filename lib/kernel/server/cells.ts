/** All that belongs to running cells: the queue, what main posts for them, their questions, comms and history. */
import { type CellFailure, type CompiledCell, type Output, SHARED, type ToServer } from '../messages';
import { readDescriptors } from './descriptors';
import { executionQueue } from './executionQueue';
import { inputRequests } from './inputRequests';
import { type Interruption, wake } from './interruption';
import { type LanguageClient, languageClient } from './languageClient';
import { type OutputJoiner, outputJoiner } from './outputJoiner';
import { outputPublisher } from './outputPublisher';
import { type RequestLog, requestLog } from './requestLog';
import type { CellHistory } from './requests/cellHistory';
import { objectOf } from './requests/fields';
import { type OpenComms, openComms } from './requests/openComms';
import type { ServerOptions } from './serverOptions';
import type { Outbox, Request } from './wire/outbox';
import type { Message } from './wire/protocol';

export interface Cells {
  readonly language: LanguageClient;
  readonly history: CellHistory;
  readonly comms: OpenComms;
  /** The request whose cell is compiled or run. */
  readonly current: Request | undefined;
  execute(request: Request): void;
  takeComm(request: Request): void;
  takeInput(message: Message): void;
  interrupt(): void;
  /** Interrupts, and asks main to end the process, which is killed after `graceMs`. */
  end(restart: boolean, graceMs: number): void;
}

interface CellParts {
  readonly out: Outbox;
  readonly history: CellHistory;
  readonly stop: Interruption;
  /** Resolves when all requests that have come are in the queue. */
  readonly received: () => Promise<void>;
  readonly prepare: (cell: CompiledCell) => Promise<void>;
}

/** Output of other programs is read while less than this waits. */
const MOST_WAITING = 8 * 2 ** 20;

const STUCK =
  'Interrupted: nothing can end what the cell computes (after an await, or in native code); restart the kernel to end it.\n';

export function serveCells(options: ServerOptions, { out, history, stop, received, prepare }: CellParts): Cells {
  const { main, shared, input, hints = [] } = options;
  const log = requestLog();
  const language = languageClient(options.language);
  const comms = openComms(main);
  const outputs = outputJoiner(outputPublisher(out.publish, log), (bytes) => taken(shared, bytes));
  const drain = captureOutputs(options, outputs, log);
  const published = (): Promise<void> => {
    drain();
    return outputs.flush();
  };
  const queue = executionQueue({ outbox: out, log, history, language, main, shared, hints, prepare, published, received });
  const inputs = inputRequests(out.askInput, (answer) => {
    input.postMessage(answer);
    wake(shared);
  });
  const atMain = (): boolean => queue.atMain;
  const stuck = (): void => {
    const content = { name: 'stderr', text: STUCK };
    if (queue.current && !queue.current.silent) void out.publish(queue.current.request.header, 'stream', content);
  };

  main.on('message', (message: ToServer) => {
    if (message.type === 'output') {
      comms.note(message);
      noteResult(history, log, message);
      outputs.add(message);
    } else if (message.type === 'done') {
      queue.done(message.request, outcomeOf(message));
    } else if (message.type === 'input') {
      void outputs.flush(); // what was printed before the question
      inputs.ask(message, queue.current?.number === message.request ? queue.current : undefined);
    } else if (message.type === 'interrupted') stop.acknowledged();
  });
  return {
    language,
    history,
    comms,
    get current() {
      return queue.current?.request;
    },
    execute: queue.add,
    takeInput: inputs.take,
    takeComm(request) {
      try {
        const closed = comms.take(request);
        if (closed) void out.publish(request.header, 'comm_close', closed);
      } catch {
        // without a number, or with data that cannot be sent on: nobody is told, as there is no reply to a comm
      }
    },
    interrupt() {
      queue.interrupt();
      stop.interrupt(atMain, stuck);
      inputs.cancel('interrupted');
    },
    end(restart, graceMs) {
      queue.interrupt();
      stop.end(atMain, restart, graceMs);
      inputs.cancel('the kernel ends');
    },
  };
}

type Done = Extract<ToServer, { type: 'done' }>;

const outcomeOf = ({ failure, userExpressions }: Done): { failure?: CellFailure; userExpressions: Done['userExpressions'] } =>
  failure ? { failure, userExpressions } : { userExpressions };

/** Main waits while too much output is under way. */
function taken(shared: Int32Array, bytes: number): void {
  Atomics.sub(shared, SHARED.queued, bytes);
  Atomics.notify(shared, SHARED.queued);
}

function noteResult(history: CellHistory, log: RequestLog, { request, message, content }: Output): void {
  const text = message === 'execute_result' ? objectOf(content['data'])['text/plain'] : undefined;
  const cell = log.find(request);
  if (typeof text === 'string' && cell?.stored) history.result(cell.executionCount, text);
}

/** What child processes and native code write belongs to the cell that runs, or ran last. @returns reads what is there by now */
function captureOutputs({ descriptors, shared }: ServerOptions, outputs: OutputJoiner, log: RequestLog): () => void {
  if (!descriptors) return () => undefined;
  const write = (name: string, text: string): void => {
    Atomics.add(shared, SHARED.queued, text.length); // as if main had posted it
    outputs.add({ request: log.last?.number ?? 0, message: 'stream', content: { name, text }, bytes: text.length });
  };
  const room = (): Promise<void> | undefined => (outputs.waiting > MOST_WAITING ? outputs.flush() : undefined);
  return readDescriptors(descriptors, write, room);
}
