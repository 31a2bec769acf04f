/** Evaluates scripts of cells: anew after each module that has to be imported first; and Jupyter's `user_expressions` beside them. */
import type { CompileResult, JsonObject } from '../messages';
import type { CellContext, CellContexts } from './cellContext';
import type { Displays } from './displays';
import { type FailurePlaces, failureOf } from './failure';
import { type CellRequire, ImportFirst } from './modules/cellRequire';
import type { Evaluated, ReplEvaluation } from './replEvaluation';
import { isError } from './stoppedError';

export interface CellEvaluation {
  /** Runs a script as code of `context`, which then has its result. */
  script(script: string, context: CellContext): Promise<Evaluated>;
  /** Each expression with its value, or why there is none. */
  expressions(wanted: Readonly<Record<string, CompileResult>>, of: CellContext): Promise<JsonObject>;
}

export interface EvaluationParts {
  readonly contexts: CellContexts;
  readonly displays: Displays;
  readonly modules: CellRequire;
  readonly places: FailurePlaces;
  readonly repl: ReplEvaluation;
}

export function cellEvaluation({ contexts, displays, modules, places, repl }: EvaluationParts): CellEvaluation {
  async function evaluated(script: string): Promise<Evaluated> {
    for (;;) {
      const outcome = await repl.evaluate(script);
      if (!outcome.threw || !isError(outcome.thrown) || !(outcome.thrown instanceof ImportFirst)) return outcome;
      try {
        await outcome.thrown.load();
      } catch (thrown) {
        return { threw: true, thrown };
      }
    }
  }
  function run(script: string, context: CellContext): Promise<Evaluated> {
    try {
      modules.refresh();
    } catch (thrown) {
      return Promise.resolve({ threw: true, thrown }); // a folder that cannot be read any more
    }
    return contexts.run(context, () => evaluated(script));
  }
  async function expression(compiled: CompileResult, of: CellContext): Promise<JsonObject> {
    if (!compiled.ok) {
      const evalue = compiled.diagnostics[0]?.text ?? 'it could not be compiled';
      return { status: 'error', ename: 'TypeScript', evalue, traceback: [evalue] };
    }
    const context: CellContext = { ...of };
    const outcome = await run(compiled.cell.script, context);
    if (outcome.threw) return { status: 'error', ...failureOf(outcome.thrown, places) };
    return contexts.run(context, () => displays.expression(context.result?.value));
  }
  return {
    script: run,
    async expressions(wanted, of) {
      const found: JsonObject = {};
      for (const [name, compiled] of Object.entries(wanted)) found[name] = await expression(compiled, of);
      return found;
    },
  };
}
