/**
 * The debugger beside the server: loaded when a front end first asks for it, and told of every cell that main is given. Its events belong
 * to what it was asked last.
 */
import type { KernelDebugger } from '../debugger/debugger';
import type { CompiledCell, JsonObject } from '../messages';
import type { LanguageClient } from './languageClient';
import type { DebuggerFactory } from './serverOptions';
import type { Outbox, Request } from './wire/outbox';

export interface DebugRequests {
  /** Answers a `debug_request`. */
  answer(request: Request): Promise<JsonObject>;
  /** To be awaited before main is given a cell. */
  prepare(cell: CompiledCell): Promise<void>;
  /** Lets main run on where it is stopped, so that it can be interrupted. */
  interrupt(): void;
  /** The same, for good: whoever ends the process calls it before. */
  close(): void;
}

/** @param isCaught of the language thread */
export function debugRequests(
  factory: DebuggerFactory,
  { publish }: Outbox,
  isCaught: LanguageClient['isCaught'],
): DebugRequests {
  const cells = new Map<string, CompiledCell>();
  let last: Request | undefined;
  let loading: Promise<KernelDebugger> | undefined;
  let loaded: KernelDebugger | undefined;
  const load = async (): Promise<KernelDebugger> => {
    loaded = await factory({ cells, isCaught, send: (event) => void publish(last?.header, 'debug_event', { ...event }) });
    return loaded;
  };
  return {
    async answer(request) {
      last = request;
      loading ??= load();
      return { ...(await (await loading).request(request.content)) };
    },
    async prepare(cell) {
      cells.set(`cell-${cell.number}.ts`, cell);
      await loaded?.prepare(cell).catch(() => undefined); // disconnected meanwhile
    },
    interrupt: () => void loaded?.interrupt().catch(() => undefined),
    close: () => loaded?.close(),
  };
}
