/**
 * The kernel's debugger: the Debug Adapter Protocol with Jupyter's additions (`debugInfo`, `dumpCell`, `inspectVariables`,
 * `richInspectVariables`, `copyToGlobals`, `modules`; JEP 47), answered by V8's inspector over the main thread. It runs in a worker, so
 * that it answers while main is busy or stopped. Nothing is enabled in V8 before `attach` and after `disconnect`: cells cost then what
 * they cost without a debugger.
 */

import { refusePhrase, unknownName } from '../../util/check';
import type { CompiledCell, JsonObject } from '../messages';
import { cellSources } from './cellSources';
import {
  type DebugEvent,
  type DebugRequest,
  type DebugResponse,
  parseRequest,
  type RequestHandlers,
} from './debugAdapterProtocol';
import type { DebugConnection } from './debugConnection';
import { debugLifecycle } from './debugLifecycle';
import type { IsCaught } from './exceptionStops';
import type { InspectorSession } from './inspectorClient';
import { executionRequests } from './requests/executionRequests';
import { inspectionRequests } from './requests/inspectionRequests';
import { lifecycleRequests } from './requests/lifecycleRequests';
import { sourceRequests } from './requests/sourceRequests';

export interface DebuggerOptions {
  /** Connects a new session to the main thread. */
  readonly connect: () => InspectorSession;
  /** Sends a `debug_event`. */
  readonly send: (event: DebugEvent) => void;
  readonly isCaught: IsCaught;
  /** Cells that main was given, by the name of their script (`cell-7.ts`). */
  readonly cells: ReadonlyMap<string, CompiledCell>;
  /** A path of this kernel alone, below which the paths of cells stand; nothing is written there. */
  readonly folder: string;
  /** Beginnings of the URLs of code that is the kernel's own: it is not shown, and not stepped into. */
  readonly hidden: readonly string[];
}

export interface KernelDebugger {
  /** Answers a `debug_request`; a failure is told in the response. */
  request(message: unknown): Promise<DebugResponse>;
  /** To be awaited before main is given a cell: sets its breakpoints. */
  prepare(cell: CompiledCell): Promise<void>;
  /** Lets main run on, and not stop again before the next cell: what is to interrupt it can end it then. */
  interrupt(): Promise<void>;
  /** Disconnects, as before the process ends: Node waits for sessions otherwise. */
  close(): void;
}

export function createDebugger(options: DebuggerOptions): KernelDebugger {
  const { send, cells, folder } = options;
  const sources = cellSources(cells, folder);
  let seq = 0;
  const sendEvent = (event: string, body: JsonObject): void => send({ type: 'event', seq: ++seq, event, body });
  const lifecycle = debugLifecycle({ ...options, sources, send: sendEvent });
  const own = lifecycleRequests(lifecycle, sources, sendEvent);

  const byConnection = new WeakMap<DebugConnection, RequestHandlers>();
  const handlersOf = (connection: DebugConnection): RequestHandlers => {
    const handlers = byConnection.get(connection) ?? {
      ...sourceRequests(connection, sources),
      ...executionRequests(connection),
      ...inspectionRequests(connection, cells),
    };
    byConnection.set(connection, handlers);
    return handlers;
  };
  const answer = async ({ command, arguments: args }: DebugRequest): Promise<JsonObject> => {
    const handler = Object.hasOwn(own, command) ? own[command] : undefined;
    if (handler !== undefined) return handler(args);
    const handlers = handlersOf(lifecycle.connection());
    if (!Object.hasOwn(handlers, command)) {
      throw unknownName('debug_request command', [...Object.keys(own), ...Object.keys(handlers)], command);
    }
    if (lifecycle.attached() === undefined && !WITHOUT_ATTACHING.has(command)) {
      throw refusePhrase(command, 'a debugger that is attached', 'none', 'send initialize and attach');
    }
    return (handlers[command] as RequestHandlers[string])(args);
  };

  return {
    request: async (message) => {
      let request: DebugRequest = { seq: 0, command: '', arguments: {} };
      const response = (success: boolean, rest: Pick<DebugResponse, 'body' | 'message'>): DebugResponse => {
        const { command, seq: request_seq } = request;
        return { type: 'response', seq: ++seq, request_seq, command, success, ...rest };
      };
      try {
        request = parseRequest(message);
        return response(true, { body: await answer(request) });
      } catch (error) {
        return response(false, { message: error instanceof Error ? error.message : String(error), body: {} });
      }
    },
    prepare: async (cell) => {
      const connection = lifecycle.attached();
      if (connection === undefined) return;
      await lifecycle.skipPauses(false);
      const script = connection.scripts.addCell(cell);
      await connection.breakpoints.bind(script);
      await connection.execution.prepare(script);
    },
    interrupt: async () => {
      const execution = lifecycle.attached()?.execution;
      await lifecycle.skipPauses(true);
      if (execution?.stop() !== undefined) await execution.run('resume');
    },
    close: lifecycle.close,
  };
}

/** Requests about values and sources that need no stop. */
const WITHOUT_ATTACHING = new Set(
  'evaluate variables inspectVariables richInspectVariables modules threads stackTrace'.split(' '),
);
