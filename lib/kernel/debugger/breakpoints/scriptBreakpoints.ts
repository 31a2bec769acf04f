/** V8's breakpoints: those of one source stand in every script of it, by the script's URL. */

import type { Debugger } from 'node:inspector';
import type { DebuggedScript } from '../debuggedScripts';
import type { InspectorClient } from '../inspectorClient';
import type { SourceBreakpoint } from './sourceBreakpoint';

export interface ScriptBreakpoints {
  /** Sets a breakpoint where the script has the line that was asked for; anew, where the script has changed. */
  set(path: string, breakpoint: SourceBreakpoint, script: DebuggedScript): Promise<void>;
  /** From all scripts. */
  remove(breakpoint: SourceBreakpoint): Promise<void>;
  find(v8Id: string): { readonly breakpoint: SourceBreakpoint; readonly path: string } | undefined;
}

export function scriptBreakpoints(client: InspectorClient): ScriptBreakpoints {
  const byV8Id = new Map<string, { readonly breakpoint: SourceBreakpoint; readonly path: string }>();

  const removeFrom = async (breakpoint: SourceBreakpoint, url: string): Promise<void> => {
    const breakpointId = breakpoint.v8.get(url)?.id;
    breakpoint.v8.delete(url);
    if (breakpointId === undefined) return;
    byV8Id.delete(breakpointId);
    await client.post('Debugger.removeBreakpoint', { breakpointId });
  };
  return {
    set: async (path, breakpoint, script) => {
      if (breakpoint.invalid !== undefined) return;
      const { url } = script;
      const at = script.positions().generated(path, breakpoint.requested.line);
      const known = breakpoint.v8.get(url)?.at;
      if (at !== undefined && at.lineNumber === known?.lineNumber && at.columnNumber === known.columnNumber) return;
      await removeFrom(breakpoint, url);
      breakpoint.verified = at !== undefined;
      if (at === undefined) return;
      const { condition } = breakpoint;
      const found = await setByUrl(client, { url, ...at, ...(condition === undefined ? {} : { condition }) });
      // Undefined: another breakpoint of this source moved to the same place. V8 keeps one, which stops for both.
      const { lineNumber, columnNumber = 0 } = found?.locations[0] ?? at;
      breakpoint.line = script.positions().original({ lineNumber, columnNumber })?.line ?? breakpoint.line;
      breakpoint.v8.set(url, { id: found?.breakpointId, at });
      if (found !== undefined) byV8Id.set(found.breakpointId, { breakpoint, path });
    },
    remove: async (breakpoint) => {
      for (const url of breakpoint.v8.keys()) await removeFrom(breakpoint, url);
    },
    find: (v8Id) => byV8Id.get(v8Id),
  };
}

/** Undefined where one stands there already. */
async function setByUrl(
  client: InspectorClient,
  place: Debugger.SetBreakpointByUrlParameterType,
): Promise<Debugger.SetBreakpointByUrlReturnType | undefined> {
  try {
    return await client.post<Debugger.SetBreakpointByUrlReturnType>('Debugger.setBreakpointByUrl', place);
  } catch (error) {
    if (/already exists/u.test((error as Error).message)) return undefined;
    throw error;
  }
}
