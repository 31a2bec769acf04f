/**
 * Cells, one after the other: counted, compiled, run by main, answered. A cell that fails aborts those that came before its reply was
 * sent (`stop_on_error`). The reply is sent when all outputs of the cell are published, and then `idle`.
 */
import type { JsonObject } from '../messages';
import { type CellOutcome, cellRun, type RunParts } from './cellRun';
import { internalFailure } from './internalFailure';
import type { CellRequest, RequestLog } from './requestLog';
import { flagField, textField } from './requests/fields';
import type { Outbox, Request } from './wire/outbox';

export interface ExecutionQueue {
  add(request: Request): void;
  /** The cell that is compiled or run. */
  readonly current: CellRequest | undefined;
  /** Main is done with a cell. */
  done(number: number, outcome: CellOutcome): void;
  /** Ends the compilation of the current cell. */
  interrupt(): void;
  /** Whether main has a cell. */
  readonly atMain: boolean;
}

export interface ExecutionParts extends RunParts {
  readonly outbox: Outbox;
  readonly log: RequestLog;
  readonly history: { add(line: number, input: string): void };
  /** Resolves when all that main and other programs wrote for the cells until now is published. */
  readonly published: () => Promise<void>;
  /** Resolves when all requests that have come are in the queue. */
  readonly received: () => Promise<void>;
}

const failed = (error: unknown): CellOutcome => ({ failure: internalFailure(error), userExpressions: {} });

/** A client that sends more than this without waiting gets the rest back. */
const LONGEST_QUEUE = 10_000;

export function executionQueue(parts: ExecutionParts): ExecutionQueue {
  const { outbox, log, history, published, received } = parts;
  const queue: Request[] = [];
  const run = cellRun(parts);
  let current: CellRequest | undefined;
  let count = 0;

  const status = (request: Request, state: 'busy' | 'idle'): Promise<void> =>
    outbox.publish(request.header, 'status', { execution_state: state });

  async function answer(request: Request, content: JsonObject, started: string): Promise<void> {
    const metadata = { started, status: content['status'] };
    await outbox.reply(request, { ...content, execution_count: count }, { metadata });
    await status(request, 'idle');
  }
  function abort(request: Request): void {
    void status(request, 'busy');
    void answer(request, { status: 'aborted' }, new Date().toISOString());
  }
  function begin(request: Request, code: string): CellRequest {
    const silent = flagField(request, 'silent', false);
    const stored = !silent && flagField(request, 'store_history', true) && code.trim() !== '';
    if (stored) history.add(++count, code);
    if (!silent) void outbox.publish(request.header, 'execute_input', { code, execution_count: count });
    return log.add({ request, silent, stored, allowStdin: flagField(request, 'allow_stdin', false), executionCount: count });
  }
  async function perform(request: Request): Promise<void> {
    const started = new Date().toISOString();
    void status(request, 'busy');
    const code = textField(request, 'code');
    current = begin(request, code);
    const { failure, userExpressions } = await run.run(current, code).catch(failed);
    await published();
    if (!failure) {
      return answer(request, { status: 'ok', payload: [], user_expressions: userExpressions }, started);
    }
    if (!current.silent) void outbox.publish(request.header, 'error', { ...failure });
    await received();
    const aborted = flagField(request, 'stop_on_error', true) ? queue.splice(0) : [];
    await answer(request, { status: 'error', ...failure }, started);
    aborted.forEach(abort);
  }
  async function next(): Promise<void> {
    for (let request = queue.shift(); request; request = queue.shift()) {
      const taken = request;
      await perform(taken).catch((error: unknown) =>
        answer(taken, { status: 'error', ...internalFailure(error) }, new Date().toISOString()),
      );
      current = undefined;
    }
  }
  let working = false;
  return {
    add(request) {
      if (queue.length >= LONGEST_QUEUE) return abort(request);
      queue.push(request);
      if (working) return;
      working = true;
      void next().finally(() => {
        working = false;
      });
    },
    get current() {
      return current;
    },
    done: run.done,
    interrupt: run.interrupt,
    get atMain() {
      return run.atMain;
    },
  };
}
