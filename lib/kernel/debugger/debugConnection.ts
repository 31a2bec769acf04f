/** The debugger's connection to the main thread, with what is known through it: scripts, breakpoints, the stop, values. */

import type { Debugger } from 'node:inspector';
import type { CompiledCell } from '../messages';
import { type Breakpoints, createBreakpoints } from './breakpoints/breakpoints';
import type { CellSources } from './cellSources';
import type { SendEvent } from './debugAdapterProtocol';
import { type DebuggedScripts, debuggedScripts } from './debuggedScripts';
import { type ExceptionStops, exceptionStops, type IsCaught } from './exceptionStops';
import { createExecution, type Execution } from './execution';
import { type InspectorClient, type InspectorSession, inspectorClient } from './inspectorClient';
import { VALUES } from './values/debugVariables';
import { type VariableReferences, variableReferences } from './values/variableReferences';

export interface DebugConnection {
  readonly client: InspectorClient;
  readonly scripts: DebuggedScripts;
  readonly breakpoints: Breakpoints;
  readonly exceptions: ExceptionStops;
  readonly execution: Execution;
  readonly references: VariableReferences;
  /** Forgets the values that were shown; their numbers are refused from now on. */
  release(): Promise<void>;
}

export interface ConnectionOptions {
  readonly session: InspectorSession;
  readonly cells: ReadonlyMap<string, CompiledCell>;
  readonly sources: CellSources;
  /** Beginnings of the URLs whose code is not shown and not stepped into. */
  readonly hidden: readonly string[];
  readonly isCaught: IsCaught;
  readonly send: SendEvent;
}

export function debugConnection({ session, cells, sources, hidden, isCaught, send }: ConnectionOptions): DebugConnection {
  const client = inspectorClient(session);
  const scripts = debuggedScripts(cells, sources.pathOf, hidden);
  const references = variableReferences();
  const release = async (): Promise<void> => {
    references.clear();
    await client.post('Runtime.releaseObjectGroup', { objectGroup: VALUES });
  };
  const breakpoints = createBreakpoints({ client, scripts, sources, send });
  const exceptions = exceptionStops({ client, scripts, sources, isCaught });
  const execution = createExecution({ client, scripts, breakpoints, exceptions, send, onResume: release });
  client.on<Debugger.ScriptParsedEventDataType>('Debugger.scriptParsed', (parsed) => {
    const script = scripts.add(parsed);
    // Of a cell it was done before; a local file waits for it; a file of a package may run already.
    if (script !== undefined && script.cell === undefined) breakpoints.bind(script).catch(() => undefined);
  });
  client.on<Debugger.BreakpointResolvedEventDataType>('Debugger.breakpointResolved', ({ breakpointId, location }) =>
    breakpoints.resolved(breakpointId, location),
  );
  client.on<Debugger.PausedEventDataType>('Debugger.paused', execution.paused);
  return { client, scripts, breakpoints, exceptions, execution, references, release };
}

/** From now on main stops: V8 tells of the scripts that there are, and costs what it costs. */
export async function enableDebugger({ client }: DebugConnection, hidden: readonly string[]): Promise<void> {
  await client.post('Debugger.enable');
  const patterns = ['^node:', '^evalmachine', ...hidden.map((start) => `^${start.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')}`)];
  await client.post('Debugger.setBlackboxPatterns', { patterns });
}
