/**
 * The frames of a pause: those of the user's code, with positions in TypeScript; and their scopes. Blocks and locals of a function are
 * shown as one, closures each by itself, and what the cells declared under `Globals`, the name by which JupyterLab
 * knows that nothing is to be copied there; V8's own global scope would list Node.
 */

import type { Debugger } from 'node:inspector';
import { basename } from 'node:path';
import { integerIn, refusePhrase } from '../../util/check';
import type { JsonObject } from '../messages';
import type { DebuggedScript, DebuggedScripts } from './debuggedScripts';
import type { SourcePosition } from './scriptPositions';
import type { VariableReferences } from './values/variableReferences';

export interface PausedFrame {
  readonly id: number;
  readonly frame: Debugger.CallFrame;
  readonly script: DebuggedScript;
  /** Undefined within code that the compiler added. */
  readonly at: SourcePosition | undefined;
}

/** Frames that are shown, the innermost first. @param nextId numbers that were not given before */
export function pausedFrames(
  frames: readonly Debugger.CallFrame[],
  scripts: DebuggedScripts,
  nextId: () => number,
): readonly PausedFrame[] {
  return frames.flatMap((frame) => {
    const script = scripts.byId(frame.location.scriptId);
    if (script === undefined) return [];
    const { lineNumber, columnNumber = 0 } = frame.location;
    return [{ id: nextId(), frame, script, at: script.positions().original({ lineNumber, columnNumber }) }];
  });
}

/** The frame with an id; throws for one that is not, or no longer, there. */
export function frameById(where: string, frames: readonly PausedFrame[], id: unknown): PausedFrame {
  const found = frames.find((frame) => frame.id === integerIn(`${where} frameId`, id));
  if (found === undefined)
    throw refusePhrase(`${where} frameId`, 'a frame of this stop', `${String(id)}`, 'ask for the stack again');
  return found;
}

/** The protocol's `StackFrame`. */
export function stackFrameBody({ id, frame, script, at }: PausedFrame): JsonObject {
  const path = at?.source ?? script.positions().sources[0] ?? script.url;
  return {
    id,
    name: frameName(frame, script),
    line: at?.line ?? 1,
    column: at?.column ?? 1,
    source: { name: basename(path), path },
  };
}

function frameName(frame: Debugger.CallFrame, script: DebuggedScript): string {
  if (frame.functionName !== '') return frame.functionName;
  const inFunction = frame.scopeChain.some(({ type }) => type === 'local');
  return script.cell === undefined || inFunction ? '(anonymous)' : `cell ${script.cell}`;
}

/** The protocol's `Scope`s of a frame, the innermost first. */
export function scopeBodies({ id, frame }: PausedFrame, references: VariableReferences): readonly JsonObject[] {
  const chain = frame.scopeChain.filter(({ type }) => type !== 'global' && type !== 'script');
  const end = chain.findIndex(({ type }) => type === 'local' || type === 'closure' || type === 'module');
  const locals = end >= 0 && chain[end]?.type === 'local' ? end + 1 : end < 0 ? chain.length : end;
  const body = (name: string, scopes: readonly Debugger.Scope[]): JsonObject => ({
    name,
    variablesReference: references.add({ kind: 'scopes', objects: scopes.map(({ object }) => object), frame: id }),
    expensive: false,
  });
  return [
    ...(locals > 0 ? [body('Locals', chain.slice(0, locals))] : []),
    ...chain.slice(locals).map((scope) => body(scope.name ? `Closure (${scope.name})` : 'Closure', [scope])),
    { name: 'Globals', variablesReference: references.add({ kind: 'cells' }), expensive: false },
  ];
}
