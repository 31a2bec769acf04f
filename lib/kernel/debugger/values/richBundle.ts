/** A variable as JupyterLab's rich view shows it: its text, with what it holds one level below. A text is shown as it is. */

import { refuse } from '../../../util/check';
import type { JsonObject } from '../../messages';
import type { PausedFrame } from '../callStack';
import { evaluate } from './debugEvaluation';
import { debugVariable, type Inspection, isName, objectVariables } from './debugVariables';

/** The body of `richInspectVariables`. @param frame absent: among the variables of the cells */
export async function richBundle(inspection: Inspection, name: string, frame: PausedFrame | undefined): Promise<JsonObject> {
  if (!isName(name)) throw refuse('richInspectVariables variableName', 'the name of a variable', name);
  const object = await evaluate(inspection.client, name, { frame, sideEffects: false });
  const text = object.type === 'string' ? String(object.value) : await unfolded(inspection, object);
  return { data: { 'text/plain': text }, metadata: {} };
}

async function unfolded(inspection: Inspection, object: Awaited<ReturnType<typeof evaluate>>): Promise<string> {
  const { value } = await debugVariable(inspection, { name: '', value: object });
  if (object.type !== 'object' || object.objectId === undefined) return value;
  const parts = await objectVariables(inspection, { kind: 'object', object }, undefined, undefined);
  return [value, ...parts.map((part) => `  ${part.name}: ${part.value}`)].join('\n');
}
