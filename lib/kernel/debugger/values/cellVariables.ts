/** Names that the cells declared, and variables that the front end writes: into a frame, an object or the cells. */

import type { Runtime } from 'node:inspector';
import { refuse } from '../../../util/check';
import type { CompiledCell } from '../../messages';
import type { PausedFrame } from '../callStack';
import type { InspectorClient } from '../inspectorClient';
import { evaluate } from './debugEvaluation';
import { isName } from './debugVariables';
import type { Reference } from './variableReferences';

/** Of more the latest are listed. */
const MOST_NAMES = 1000;

/** What the cells declared, in the order in which it was declared last. */
export function cellNames(cells: ReadonlyMap<string, CompiledCell>): readonly string[] {
  const latestFirst = [...cells.values()].reverse().flatMap(({ declares }) => [...declares].reverse());
  return [...new Set(latestFirst.filter(isName))].slice(0, MOST_NAMES).reverse();
}

/** Sets a variable to the value of an expression, which it returns. @param frame where the expression is evaluated */
export async function assign(
  client: InspectorClient,
  reference: Reference,
  name: string,
  expression: string,
  frame: PausedFrame | undefined,
): Promise<Runtime.RemoteObject> {
  if (reference.kind !== 'object') {
    const where = reference.kind === 'cells' ? undefined : frame;
    return evaluate(client, `${nameIn('setVariable name', name)} = (${expression}\n)`, { frame: where, sideEffects: true });
  }
  const value = await evaluate(client, `(${expression}\n)`, { frame, sideEffects: true });
  const { exceptionDetails } = await client.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
    functionDeclaration: 'function (name, value) { "use strict"; this[name] = value; }',
    objectId: reference.object.objectId,
    arguments: [{ value: name }, argumentOf(value)],
    silent: true,
  });
  if (exceptionDetails === undefined) return value;
  throw new Error(exceptionDetails.exception?.description?.split('\n', 1)[0] ?? exceptionDetails.text);
}

function argumentOf({ objectId, unserializableValue, value }: Runtime.RemoteObject): Runtime.CallArgument {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value } : { unserializableValue };
}

/** Copies a variable of a frame to one of the cells, or to a new global one. */
export async function copyToGlobal(
  client: InspectorClient,
  from: string,
  to: string,
  frame: PausedFrame,
  names: readonly string[],
): Promise<void> {
  const source = nameIn('copyToGlobals srcVariableName', from);
  const target = nameIn('copyToGlobals dstVariableName', to);
  // In two steps: within the frame, its own variable may hide that of the cells.
  await evaluate(client, `void (globalThis.__copied = ${source})`, { frame, sideEffects: true });
  const place = names.includes(target) ? target : `globalThis.${target}`;
  await evaluate(client, `void (${place} = globalThis.__copied, delete globalThis.__copied)`, { sideEffects: true });
}

function nameIn(where: string, name: string): string {
  if (!isName(name)) throw refuse(where, 'the name of a variable', name);
  return name;
}
