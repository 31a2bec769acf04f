/**
 * Expressions of the front end: in a frame of the stop, or among the variables of the cells. Not in V8's REPL mode, in which the cells run:
 * its answer waits for a microtask, and there is none while main is stopped or busy. An expression of a hover may not have side effects:
 * V8 refuses it before it has one.
 */

import type { Runtime } from 'node:inspector';
import { refusePhrase } from '../../../util/check';
import type { PausedFrame } from '../callStack';
import { whyNoExpression } from '../expressions';
import type { InspectorClient } from '../inspectorClient';
import { VALUES } from './debugVariables';

export interface EvaluateOptions {
  /** Absent: among the variables of the cells. */
  readonly frame?: PausedFrame | undefined;
  readonly sideEffects: boolean;
}

/** Main does nothing else meanwhile. */
const TIMEOUT_MS = 5_000;

/** Its value, with a preview; rejects with the error that it threw, in one line. */
export async function evaluate(
  client: InspectorClient,
  expression: string,
  { frame, sideEffects }: EvaluateOptions,
): Promise<Runtime.RemoteObject> {
  const common = {
    expression: evaluable(expression, frame === undefined),
    objectGroup: VALUES,
    generatePreview: true,
    silent: true,
    throwOnSideEffect: !sideEffects,
    timeout: TIMEOUT_MS,
  };
  const method = frame === undefined ? 'Runtime.evaluate' : 'Debugger.evaluateOnCallFrame';
  const where = frame === undefined ? {} : { callFrameId: frame.frame.callFrameId };
  const { result, exceptionDetails } = await client
    .post<Runtime.EvaluateReturnType>(method, { ...common, ...where })
    .catch((error: Error) => {
      if (error.message !== 'Execution was terminated') throw error;
      throw refusePhrase('evaluate', `a value within ${TIMEOUT_MS / 1000} s`, 'none', 'main has been set free');
    });
  if (exceptionDetails === undefined) return result;
  const { exception, text } = exceptionDetails;
  throw new Error((exception?.description ?? String(exception?.value ?? text)).split('\n', 1)[0]);
}

/**
 * Statements go by `eval` among the variables of the cells: what they declare ends with them. V8 would keep it, and then refuse a cell
 * that declares the same name.
 */
function evaluable(text: string, amongCells: boolean): string {
  if (whyNoExpression(text) === undefined) return `(${text}\n)`;
  return amongCells ? `(0, eval)(${JSON.stringify(text)})` : text;
}

/**
 * The values of variables by name, among those of the cells. Left out are those that are not initialised yet, or no longer there.
 */
export async function cellValues(
  client: InspectorClient,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly value: Runtime.RemoteObject }[]> {
  const values = names.map(async (name) => {
    try {
      return [{ name, value: await evaluate(client, name, { sideEffects: false }) }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(values)).flat();
}
