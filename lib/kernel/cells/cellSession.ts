/**
 * The cells of a kernel, one after the other. An error outside every awaited call fails the cell whose code it is, while that runs;
 * later it is published as that cell's output. It never fails another cell.
 */
import { nextTurn } from '../../util/stopSignal';
import { type CellFailure, type CompiledCell, type JsonObject, SHARED, type ToMain, type ToServer } from '../messages';
import type { CellContexts } from './cellContext';
import type { CellEvaluation } from './cellEvaluation';
import type { Displays } from './displays';
import { type FailurePlaces, failureOf, interruptFailure, uncaughtFailure } from './failure';
import { interrupts } from './interrupts';
import type { Publisher } from './publisher';
import type { Evaluated } from './replEvaluation';
import { type RunningCell, runningCell } from './runningCell';
import { isInterruption } from './stoppedError';

type Execute = Extract<ToMain, { type: 'execute' }>;

/** So long a cell may take to end by itself after an error that nobody caught. */
const FAILURE_GRACE_MS = 2_000;

export interface SessionOptions {
  readonly shared: Int32Array;
  readonly post: (message: ToServer) => void;
  readonly contexts: CellContexts;
  readonly publisher: Publisher;
  readonly displays: Displays;
  readonly evaluation: CellEvaluation;
  /** Where failures look up frames; the session adds the cells that it runs. */
  readonly places: FailurePlaces & { readonly cells: Map<number, CompiledCell> };
}

export interface CellSession {
  /** Runs a cell after those that were given before. */
  execute(message: Execute): void;
  /** The first time in a cell: asks it to stop. The second time: leaves it. */
  interrupt(): void;
  /** The same by SIGINT, which may come in addition to a message. */
  signalled(): void;
  /** A loop of a cell has seen the flag. @throws an interruption, where it is to end */
  stopped(): void;
  /** Takes an error that nobody caught. */
  uncaught(error: unknown): void;
  /** Interrupts a running cell; resolves once it has ended, or after so many milliseconds. */
  end(patienceMs: number): Promise<void>;
  /** Fails the running cell at once: the process is about to end. @returns whether one was running */
  abandon(failure: CellFailure): boolean;
}

export function cellSession(options: SessionOptions): CellSession {
  const { shared, post, contexts, publisher, evaluation, places } = options;
  const stopping = interrupts(shared, publisher);
  let running: RunningCell | undefined;
  let queue: Promise<void> = Promise.resolve();

  function done(request: number, failure?: CellFailure, userExpressions: JsonObject = {}): void {
    running = undefined;
    Atomics.store(shared, SHARED.running, 0);
    post({ type: 'done', request, userExpressions, ...(failure ? { failure } : {}) });
  }
  async function run(message: Execute): Promise<void> {
    const { request, cell, allowStdin } = message;
    const state = runningCell({ request, number: cell.number, allowStdin });
    running = state;
    stopping.begin();
    places.cells.set(cell.number, cell);
    Atomics.store(shared, SHARED.running, cell.number);
    const ended = evaluation.script(cell.script, state.context);
    const outcome = await Promise.race([ended, state.leaving]);
    if (outcome?.threw && isInterruption(outcome.thrown)) stopping.obeyed();
    if (outcome) await settle(outcome, message, state, options);
    else void ended.then((late) => lateEnd(late, request, options));
    const failure = state.interrupted ? interruptFailure(state.left) : state.failure;
    const userExpressions = failure ? {} : await evaluation.expressions(message.userExpressions, state.context);
    state.ended();
    if (!state.left) stopping.end();
    done(request, failure, userExpressions);
  }
  function uncaught(error: unknown): void {
    if (isInterruption(error)) return;
    const { request = 0 } = contexts.current() ?? {};
    const failure = uncaughtFailure(error, places);
    if (running?.context.request !== request) {
      publishFailure(publisher, failure, request);
      return;
    }
    running.failure ??= failure;
    stopping.stop('an error in the background');
    if (!running.interrupted) running.leaveAfter(FAILURE_GRACE_MS);
  }
  return {
    execute(message) {
      const { request } = message;
      queue = queue.then(() => run(message)).catch((error: unknown) => done(request, failureOf(error, places)));
    },
    interrupt: () => stopping.asked(running),
    signalled: () => stopping.signalled(running),
    stopped: () => stopping.seen(running),
    uncaught,
    async end(patienceMs) {
      if (running && !running.interrupted) stopping.asked(running);
      const until = performance.now() + patienceMs;
      while (running && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    abandon(failure) {
      const request = running?.context.request;
      if (request !== undefined) done(request, failure);
      return request !== undefined;
    },
  };
}

/** Takes what the cell threw, or shows the value of its last expression. */
async function settle(outcome: Evaluated, { silent }: Execute, state: RunningCell, options: SessionOptions): Promise<void> {
  const { contexts, displays, places } = options;
  if (outcome.threw) state.failure ??= failureOf(outcome.thrown, places);
  await nextTurn(); // rejections are reported after the microtasks in which a cell ends
  await Promise.race([displays.settled(), state.leaving]);
  const { context } = state;
  const value = context.result?.value;
  delete context.result;
  if (state.failure || state.interrupted || silent || value === undefined) return;
  await Promise.race([contexts.run(context, () => displays.result(context, value)), state.leaving]);
}

/** A cell that was left and then failed: its error is not lost, unless it is the end that was asked for. */
function lateEnd(outcome: Evaluated, request: number, { publisher, places }: SessionOptions): void {
  if (outcome.threw && !isInterruption(outcome.thrown)) publishFailure(publisher, failureOf(outcome.thrown, places), request);
}

function publishFailure(publisher: Publisher, failure: CellFailure, request: number): void {
  publisher.publish('error', { ...failure }, { request, bytes: 2 * failure.traceback.join('\n').length });
}
