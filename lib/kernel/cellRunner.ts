/**
 * tslab's executor made dependable: a cell with what tslab cannot do is refused with a sentence before it runs; an error
 * outside every awaited call fails the cell that is running; an interrupt first asks training to stop (`interruptSignal`), and
 * leaves the cell only when it does not end by itself.
 */
import { format } from 'node:util';
import { interruptSignal, nextTurn } from '../util/stopSignal';
import {
  type CellFailure,
  cellName,
  compilerFailure,
  failureOf,
  interruptFailure,
  problemFailure,
  type RunCell,
  uncaughtFailure,
} from './cellFailure';
import { cellProblems } from './cellProblems';
import { expandShorthand } from './shorthand';
import type { Converter, Executor, Tslab } from './tslab';

export interface CellRunnerOptions {
  readonly tslab: Tslab;
  /** The notebook's folder. */
  readonly folder: string;
  /** The project's folder: paths in errors are relative to it. */
  readonly root: string;
  /** How long an interrupted cell may take to end by itself: a training step and its checkpoint. */
  readonly interruptGraceMs: number;
  /** The same after an error that nobody caught. */
  readonly failureGraceMs: number;
}

export interface CellRunner {
  /** To be given to tslab's request handler. */
  readonly executor: Executor;
  /** Why the last cell failed; undefined when it did not. */
  failure(): CellFailure | undefined;
  /** The first time in a cell: asks it to stop. The second time: leaves it. */
  interrupt(): void;
  /** Takes an error that nobody caught. @returns whether a cell was running, which now fails */
  uncaught(error: unknown): boolean;
}

/** The state of the running cell. */
interface Running {
  readonly cell: RunCell;
  readonly diagnostics: string[];
  failure?: CellFailure;
  interrupted: boolean;
  left: boolean;
  grace?: NodeJS.Timeout;
}

export function cellRunner(options: CellRunnerOptions): CellRunner {
  const { tslab, folder, root, interruptGraceMs, failureGraceMs } = options;
  const cells = new Map<number, RunCell>();
  let running: Running | undefined;
  let failure: CellFailure | undefined;
  const fail = (why: CellFailure): void => {
    if (running) running.failure ??= why;
  };
  const inner = createExecutor(tslab, folder, {
    converted: (output) => {
      if (running) running.cell.output = output;
      return running ? `${output}\n//# sourceURL=${cellName(running.cell.number)}` : output;
    },
    thrown: (error) => fail(isInterrupt(error) ? interruptFailure(false) : failureOf(error, cells, root)),
    diagnosed: (message) => running?.diagnostics.push(message),
  });

  function leaveSoon(state: Running, ms: number): void {
    clearTimeout(state.grace);
    state.grace = setTimeout(() => {
      state.left = true;
      inner.interrupt();
    }, ms);
  }

  async function execute(source: string): Promise<boolean> {
    const cell: RunCell = { number: cells.size + 1, source, output: '' };
    cells.set(cell.number, cell);
    const state: Running = { cell, diagnostics: [], interrupted: false, left: false };
    running = state;
    interruptSignal().reset();
    const problems = cellProblems(source, folder);
    if (problems.length > 0) fail(problemFailure(cell, problems));
    const ok = problems.length === 0 && (await inner.execute(source));
    await nextTurn(); // rejections are reported after the microtasks in which a cell ends
    clearTimeout(state.grace);
    if (state.diagnostics.length > 0) fail(compilerFailure(cell, state.diagnostics));
    failure = state.interrupted ? interruptFailure(state.left) : state.failure;
    running = undefined;
    return ok && failure === undefined;
  }

  function interrupt(): void {
    if (!running) return;
    if (!running.interrupted)
      process.stderr.write('Interrupted: stopping after the current step; interrupt again to leave at once.\n');
    interruptSignal().request('interrupted');
    leaveSoon(running, running.interrupted ? 0 : interruptGraceMs);
    running.interrupted = true;
  }

  function uncaught(error: unknown): boolean {
    if (!running) return false;
    fail(uncaughtFailure(error, cells, root));
    interruptSignal().request('an error in the background');
    if (!running.interrupted) leaveSoon(running, failureGraceMs);
    return true;
  }

  return { executor: { ...inner, execute }, failure: () => failure, interrupt, uncaught };
}

const isInterrupt = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';

interface Hooks {
  /** The JavaScript of a cell before it runs; returns what is run. */
  converted(output: string): string;
  thrown(error: unknown): void;
  /** @param message `line:column - text` of the compiler */
  diagnosed(message: string): void;
}

/** tslab's executor, whose converter and console tell us what happens. */
function createExecutor(tslab: Tslab, folder: string, hooks: Hooks): Executor {
  const node = hooked(tslab.createConverter({ isJS: false, isBrowser: false }), hooks);
  const browser = node; // cells for a browser are not supported by tslab itself
  const error = (...parts: unknown[]): void => {
    if (parts.length === 1) hooks.thrown(parts[0]);
    else hooks.diagnosed(format(...parts));
  };
  return tslab.createExecutor(folder, { node, browser, close: () => node.close() }, { log: console.log, error });
}

function hooked(converter: Converter, hooks: Hooks): Converter {
  return {
    ...converter,
    convert(previous, source) {
      const converted = converter.convert(previous, expandShorthand(source));
      return converted.output ? { ...converted, output: hooks.converted(converted.output) } : converted;
    },
  };
}
