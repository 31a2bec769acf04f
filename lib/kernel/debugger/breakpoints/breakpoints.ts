/**
 * Breakpoints by source. A source may be there before its script is, and several times: a cell that is run again is another script. So
 * they are kept with the source, and set in each script that shows it: in those that are there at once, in later ones before they run.
 */

import type { Debugger } from 'node:inspector';
import type { JsonObject } from '../../messages';
import type { CellSources } from '../cellSources';
import type { SendEvent } from '../debugAdapterProtocol';
import type { DebuggedScript, DebuggedScripts } from '../debuggedScripts';
import type { InspectorClient } from '../inspectorClient';
import { scriptBreakpoints } from './scriptBreakpoints';
import { breakpointBody, foresee, type SourceBreakpoint, sourceBreakpoints } from './sourceBreakpoint';

export interface Breakpoints {
  /** Replaces those of a source; answers with the protocol's bodies, in order. */
  set(path: string, list: unknown): Promise<readonly JsonObject[]>;
  /** Sets those of the script's sources in a script that is about to run, or was just parsed. */
  bind(script: DebuggedScript): Promise<void>;
  /** Those that V8 stopped at. */
  hit(v8Ids: readonly string[]): readonly SourceBreakpoint[];
  /** V8 found the place for one that was set ahead. */
  resolved(v8Id: string, location: Debugger.Location): void;
  /** As `debugInfo` lists them. */
  listed(): readonly JsonObject[];
}

export interface BreakpointsOptions {
  readonly client: InspectorClient;
  readonly scripts: DebuggedScripts;
  readonly sources: CellSources;
  readonly send: SendEvent;
}

export function createBreakpoints({ client, scripts, sources, send }: BreakpointsOptions): Breakpoints {
  const bySource = new Map<string, readonly SourceBreakpoint[]>();
  const v8 = scriptBreakpoints(client);
  const inTurn = turns();
  let last = 0;

  /** The front end is told where what it knows of a breakpoint is no longer so. */
  const changed = (path: string, breakpoint: SourceBreakpoint, from: { line: number; verified: boolean }): void => {
    if (from.line === breakpoint.line && from.verified === breakpoint.verified) return;
    send('breakpoint', { reason: 'changed', breakpoint: breakpointBody(breakpoint, path) });
  };
  const replace = async (path: string, breakpoints: readonly SourceBreakpoint[]): Promise<void> => {
    for (const breakpoint of bySource.get(path) ?? []) await v8.remove(breakpoint);
    if (breakpoints.length > 0) bySource.set(path, breakpoints);
    else bySource.delete(path);
    const shown = breakpoints.length > 0 ? scripts.showing(path) : [];
    for (const breakpoint of breakpoints) {
      if (shown.length === 0) foresee(breakpoint, sources.codeOf(path), sources.isCell(path));
      for (const script of shown) await v8.set(path, breakpoint, script);
    }
  };
  const bind = async (script: DebuggedScript): Promise<void> => {
    for (const [path, breakpoints] of bySource) {
      if (!scripts.shows(script, path)) continue;
      for (const breakpoint of breakpoints) {
        const { line, verified } = breakpoint;
        await v8.set(path, breakpoint, script);
        changed(path, breakpoint, { line, verified });
      }
    }
  };
  return {
    set: async (path, list) => {
      const breakpoints = sourceBreakpoints(list, () => ++last);
      await inTurn(() => replace(path, breakpoints));
      return breakpoints.map((breakpoint) => breakpointBody(breakpoint, path));
    },
    bind: async (script) => {
      if (bySource.size > 0) await inTurn(() => bind(script));
    },
    hit: (v8Ids) => v8Ids.flatMap((id) => v8.find(id)?.breakpoint ?? []),
    resolved: (v8Id, location) => {
      const [found, script] = [v8.find(v8Id), scripts.byId(location.scriptId)];
      if (found === undefined || script === undefined) return;
      const { line, verified } = found.breakpoint;
      const { lineNumber, columnNumber = 0 } = location;
      found.breakpoint.line = script.positions().original({ lineNumber, columnNumber })?.line ?? line;
      changed(found.path, found.breakpoint, { line, verified });
    },
    listed: () =>
      [...bySource].map(([source, breakpoints]) => ({
        source,
        breakpoints: breakpoints.map(({ requested, line }) => ({ ...requested, line })),
      })),
  };
}

/** One piece of work after the other, whether those before succeeded or not. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const own = last.then(work, work);
    last = own;
    return own;
  };
}
