/**
 * Variables as the front end lists them: name, text, type, and a number under which what they hold is unfolded. More than a page of
 * elements is listed in ranges (`[0 … 99]`), for JupyterLab asks for all at once; who asks with `start` and `count` gets that part.
 */

import type { Runtime } from 'node:inspector';
import type { InspectorClient } from '../inspectorClient';
import { indexedSize, PAGE, type RemoteProperty, remoteProperties, remoteSize } from './remoteProperties';
import { remoteTensorText } from './remoteTensor';
import { remoteValueText } from './remoteValueText';
import type { Reference, VariableReferences } from './variableReferences';

/** What values are read with. */
export interface Inspection {
  readonly client: InspectorClient;
  readonly references: VariableReferences;
  readonly isTensorFlow: (scriptId: string) => boolean;
}

/** The protocol's `Variable`. Without a type, which JupyterLab would write in the place of the value; the text names the class. */
export type DebugVariable = {
  readonly name: string;
  readonly value: string;
  /** 0: nothing to unfold. */
  readonly variablesReference: number;
  readonly indexedVariables?: number;
};

/** Values that the debugger holds: released when main runs on, or when variables are listed anew. */
export const VALUES = 'debugger';

/** Variables that are asked for with `count`, and of a scope. */
const MOST = 1000;

/** A value under its name. */
export async function debugVariable(inspection: Inspection, { name, value }: RemoteProperty): Promise<DebugVariable> {
  if (typeof value === 'string') return { name, value: `(${value})`, variablesReference: 0 };
  const text = (await remoteTensorText(inspection.client, value, inspection.isTensorFlow)) ?? remoteValueText(value);
  const unfolds = value.type === 'object' && value.objectId !== undefined;
  const indexed = indexedSize(value);
  return {
    name,
    value: text,
    variablesReference: unfolds ? inspection.references.add({ kind: 'object', object: value }) : 0,
    ...(indexed > 0 ? { indexedVariables: indexed } : {}),
  };
}

/** Parts of an object, of the range that is asked for. */
export async function objectVariables(
  inspection: Inspection,
  { object, range }: Extract<Reference, { kind: 'object' }>,
  start: number | undefined,
  count: number | undefined,
): Promise<readonly DebugVariable[]> {
  const [from, to] = range ?? [0, totalOf(await remoteSize(inspection.client, object))];
  if (start === undefined && count === undefined && to - from > PAGE) return ranges(inspection, object, from, to);
  const first = from + (start ?? 0);
  const last = Math.min(to, first + Math.min(count || MOST, MOST));
  const properties = await remoteProperties(inspection.client, object, [first, last], VALUES);
  return Promise.all(properties.map((property) => debugVariable(inspection, property)));
}

const totalOf = ({ indexed, named }: { readonly indexed: number; readonly named: number }): number => Math.max(indexed, named);

/** At most a page of them: of a million elements each is 10,000 long, and unfolds into ranges again. */
function ranges(inspection: Inspection, object: Runtime.RemoteObject, from: number, to: number): readonly DebugVariable[] {
  let step = PAGE;
  while ((to - from) / step > PAGE) step *= PAGE;
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => {
    const range = [from + i * step, Math.min(to, from + (i + 1) * step)] as const;
    const variablesReference = inspection.references.add({ kind: 'object', object, range });
    return { name: `[${range[0]} … ${range[1] - 1}]`, value: '', variablesReference };
  });
}

/** Variables of scopes that are shown as one: an inner one hides those of its name. */
export async function scopeVariables(
  inspection: Inspection,
  scopes: readonly Runtime.RemoteObject[],
): Promise<readonly DebugVariable[]> {
  const found = new Map<string, RemoteProperty>();
  for (const scope of scopes) {
    for (const property of await remoteProperties(inspection.client, scope, [0, MOST], VALUES)) {
      if (!found.has(property.name) && isName(property.name)) found.set(property.name, property);
    }
  }
  return Promise.all([...found.values()].map((property) => debugVariable(inspection, property)));
}

/** V8 and compilers have variables of their own (`.result`, `__kernel`). */
export const isName = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && !name.startsWith('__');
