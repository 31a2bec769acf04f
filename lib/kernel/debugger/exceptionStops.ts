/**
 * At which exceptions main stops. V8 knows whether anything catches one, and the kernel catches whatever a cell throws. So V8 halts at
 * all of them, and the source says whether the user's code catches this one: a function on the stack, or one that awaits it.
 */

import type { Debugger, Runtime } from 'node:inspector';
import type { PausedFrame } from './callStack';
import type { CellSources } from './cellSources';
import type { DebuggedScripts } from './debuggedScripts';
import type { InspectorClient } from './inspectorClient';
import { sourceText } from './sourceText';

/** Whether the function at a place of a text catches what is thrown there. Both count from 1. */
export type IsCaught = (source: string, line: number, column: number) => Promise<boolean>;

export type ExceptionFilter = 'none' | 'uncaught' | 'all';

export interface ExceptionStops {
  set(filter: ExceptionFilter): Promise<void>;
  /** Whether main is to stop at this one. */
  stops(event: Debugger.PausedEventDataType, frames: readonly PausedFrame[]): Promise<boolean>;
}

export interface ExceptionOptions {
  readonly client: InspectorClient;
  readonly scripts: DebuggedScripts;
  readonly sources: CellSources;
  readonly isCaught: IsCaught;
}

type Place = Pick<PausedFrame, 'script' | 'at'>;

/** Calls that led here over an await or a timer. */
const ASYNC_DEPTH = 32;

export function exceptionStops({ client, scripts, sources, isCaught }: ExceptionOptions): ExceptionStops {
  let filter: ExceptionFilter = 'none';
  const caughtAt = async ({ script, at }: Place): Promise<boolean> => {
    const text = at && sourceText(script, at.source, sources);
    return text !== undefined && at !== undefined && isCaught(text, at.line, at.column).catch(() => false);
  };
  const awaiting = (trace: Runtime.StackTrace | undefined): readonly Place[] => {
    if (trace === undefined) return [];
    const places = trace.callFrames.flatMap(({ scriptId, lineNumber, columnNumber }) => {
      const script = scripts.byId(scriptId);
      return script === undefined ? [] : [{ script, at: script.positions().original({ lineNumber, columnNumber }) }];
    });
    return [...places, ...awaiting(trace.parent)];
  };
  return {
    set: async (wanted) => {
      filter = wanted;
      await client.post('Debugger.setAsyncCallStackDepth', { maxDepth: wanted === 'uncaught' ? ASYNC_DEPTH : 0 });
      await client.post('Debugger.setPauseOnExceptions', { state: wanted === 'none' ? 'none' : 'all' });
    },
    stops: async ({ asyncStackTrace, data }, frames) => {
      if (filter === 'all') return true;
      const places = [...frames, ...awaiting(asyncStackTrace)];
      for (const place of places) if (await caughtAt(place)) return false;
      // Where no cell is behind it, nobody but V8 knows who waits for it.
      return places.at(-1)?.script.cell !== undefined || (data as { uncaught?: boolean } | undefined)?.uncaught === true;
    },
  };
}
