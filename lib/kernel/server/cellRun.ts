/** One cell: compiled by the language thread, run by main. An interrupt ends either. */
import type { MessagePort } from 'node:worker_threads';
import { type CellFailure, type CompiledCell, type CompileResult, type JsonObject, SHARED, type ToMain } from '../messages';
import { importedOwnPackages } from '../ownPackages';
import { compileFailure, FIRST_UNSTORED, type Hint } from './compileFailure';
import type { LanguageClient } from './languageClient';
import type { CellRequest } from './requestLog';
import { objectOf } from './requests/fields';

export interface CellOutcome {
  readonly failure?: CellFailure;
  readonly userExpressions: JsonObject;
}

export interface RunParts {
  readonly language: LanguageClient;
  readonly main: Pick<MessagePort, 'postMessage'>;
  readonly shared: Int32Array;
  readonly hints: readonly Hint[];
  /** Awaited before main is given a cell. */
  readonly prepare: (cell: CompiledCell) => Promise<void>;
}

export interface CellRun {
  run(cell: CellRequest, code: string): Promise<CellOutcome>;
  done(number: number, outcome: CellOutcome): void;
  /** Ends a compilation; a cell that main has ends by main. */
  interrupt(): void;
  /** Whether main has a cell. */
  readonly atMain: boolean;
}

const INTERRUPTED: CellFailure = {
  ename: 'Interrupted',
  evalue: 'the cell was interrupted before it ran',
  traceback: ['Interrupted: the cell was interrupted before it ran'],
};

type Expressions = Readonly<Record<string, CompileResult>>;

export function cellRun({ language, main, shared, hints, prepare }: RunParts): CellRun {
  const post = (message: ToMain): void => main.postMessage(message);
  let unstored = FIRST_UNSTORED - 1;
  let running: { readonly number: number; readonly done: (outcome: CellOutcome) => void } | undefined;
  let giveUp: (() => void) | undefined;

  /** Undefined where it was interrupted. @param ready what is done with it, once it is there */
  function compiled(
    cell: Parameters<LanguageClient['compile']>[0],
    ready = async (_cell: CompiledCell): Promise<void> => undefined,
  ): Promise<CompileResult | undefined> {
    const interrupted = new Promise<undefined>((resolve) => {
      giveUp = () => resolve(undefined);
    });
    const made = language.compile(cell).then(async (result) => {
      if (result.ok) await ready(result.cell);
      return result;
    });
    return Promise.race([made, interrupted]);
  }
  async function expressions(request: CellRequest['request']): Promise<Expressions | undefined> {
    const results: [string, CompileResult][] = [];
    for (const [name, source] of Object.entries(objectOf(request.content['user_expressions']))) {
      const result = await compiled({ number: ++unstored, source: String(source), lasting: false });
      if (!result) return undefined;
      results.push([name, result]);
    }
    return Object.fromEntries(results);
  }
  function runByMain(message: Extract<ToMain, { type: 'execute' }>): Promise<CellOutcome> {
    Atomics.store(shared, SHARED.stop, 0);
    return new Promise((done) => {
      running = { number: message.request, done };
      post(message);
    });
  }
  return {
    async run({ number: request, stored, executionCount, silent, allowStdin, request: message }, code) {
      if (code.trim() === '' && Object.keys(objectOf(message.content['user_expressions'])).length === 0)
        return { userExpressions: {} };
      const specifiers = importedOwnPackages(code);
      if (specifiers.length > 0) post({ type: 'preload', specifiers });
      const number = stored ? executionCount : ++unstored;
      const result = await compiled({ number, source: code }, prepare);
      const userExpressions = result?.ok ? await expressions(message) : {};
      giveUp = undefined;
      if (!result || !userExpressions) return { failure: INTERRUPTED, userExpressions: {} };
      if (!result.ok) return { failure: compileFailure(number, result.diagnostics, hints), userExpressions: {} };
      const outcome = await runByMain({ type: 'execute', request, cell: result.cell, silent, allowStdin, userExpressions });
      return { ...outcome, userExpressions: { ...outcome.userExpressions, ...failures(userExpressions, hints) } };
    },
    done(number, outcome) {
      if (running?.number !== number) return;
      const { done } = running;
      running = undefined;
      done(outcome);
    },
    interrupt: () => giveUp?.(),
    get atMain() {
      return running !== undefined;
    },
  };
}

/** Expressions that did not compile, as `user_expressions` has them. */
function failures(expressions: Expressions, hints: readonly Hint[]): JsonObject {
  const failed = Object.entries(expressions).flatMap(([name, result]) => {
    return result.ok ? [] : [[name, { status: 'error', ...compileFailure(FIRST_UNSTORED, result.diagnostics, hints) }] as const];
  });
  return Object.fromEntries(failed);
}
