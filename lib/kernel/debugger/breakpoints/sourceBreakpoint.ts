/** A breakpoint as the front end asks for it (`SourceBreakpoint` of the protocol), and as it is answered. */

import { integerIn, isObject, refuse } from '../../../util/check';
import type { JsonObject } from '../../messages';
import { optionalText } from '../debugAdapterProtocol';
import type { ScriptPosition } from '../scriptPositions';
import { conditionOf } from './breakpointCondition';
import { hitExpression } from './hitCondition';

/** Breakpoints of one source. */
const MOST = 1000;

export interface SourceBreakpoint {
  readonly id: number;
  /** As it was asked for. */
  readonly requested: JsonObject & { readonly line: number };
  /** What V8 evaluates at each visit; undefined: it always stops. */
  readonly condition: string | undefined;
  /** Where it stands: another line than the requested where that one has no code. */
  line: number;
  verified: boolean;
  /** Why it can stop nowhere: its condition is none. */
  readonly invalid: string | undefined;
  /** V8's, by the URL of the script that each stands in; without an id where another breakpoint stands there already. */
  readonly v8: Map<string, { readonly id: string | undefined; readonly at: ScriptPosition }>;
}

/** Checks a list of breakpoints. One with a condition that is no expression is taken, not verified, and says why. */
export function sourceBreakpoints(list: unknown, nextId: () => number): SourceBreakpoint[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length > MOST) throw refuse('setBreakpoints breakpoints', `at most ${MOST} breakpoints`, list);
  return list.map((entry: unknown) => sourceBreakpoint(entry, nextId()));
}

function sourceBreakpoint(entry: unknown, id: number): SourceBreakpoint {
  if (!isObject(entry)) throw refuse('setBreakpoints breakpoints', 'an object with a line', entry);
  const line = integerIn('setBreakpoints line', entry['line'], 1, 10_000_000);
  const text = (key: string): string | undefined => optionalText(`setBreakpoints ${key}`, entry[key]);
  const [condition, hitCondition, logMessage] = [text('condition'), text('hitCondition'), text('logMessage')];
  const kept = Object.entries({ condition, hitCondition, logMessage }).filter(([, value]) => value !== undefined);
  const state = { id, requested: { line, ...Object.fromEntries(kept) }, line, v8: new Map() };
  try {
    const hits = hitCondition === undefined ? undefined : hitExpression(hitCondition, id);
    return { ...state, condition: conditionOf({ condition, hits, logMessage }), verified: true, invalid: undefined };
  } catch (error) {
    return { ...state, condition: 'false', verified: false, invalid: (error as Error).message };
  }
}

/** The protocol's `Breakpoint`. */
export function breakpointBody(breakpoint: SourceBreakpoint, path: string): JsonObject {
  const { id, verified, line, invalid = 'no code of this line is loaded' } = breakpoint;
  return { id, verified, line, source: { path }, ...(verified ? {} : { message: invalid }) };
}

/** Before there is a script: a line of a cell that is empty gives way to the next that is not. */
export function foresee(breakpoint: SourceBreakpoint, code: string | undefined, isCell: boolean): void {
  if (breakpoint.invalid !== undefined) return;
  const index = code?.split('\n').findIndex((text, i) => i >= breakpoint.line - 1 && text.trim() !== '');
  if (index !== undefined && index >= 0) breakpoint.line = index + 1;
  breakpoint.verified = isCell && index !== -1;
}
