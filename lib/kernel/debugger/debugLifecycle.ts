/** From the first request to `disconnect`: the connection to main, and whether V8 stops it. */

import { type ConnectionOptions, type DebugConnection, debugConnection, enableDebugger } from './debugConnection';
import type { InspectorSession } from './inspectorClient';

export interface DebugLifecycle {
  isStarted(): boolean;
  initialize(): void;
  attach(): Promise<void>;
  /** Main runs on, without breakpoints. */
  close(): void;
  /** Connects, where it is not connected yet. */
  connection(): DebugConnection;
  /** Undefined before `attach`. */
  attached(): DebugConnection | undefined;
  /** Whether nothing stops main for now. */
  skipPauses(skip: boolean): Promise<void>;
}

export interface LifecycleOptions extends Omit<ConnectionOptions, 'session'> {
  readonly connect: () => InspectorSession;
}

export function debugLifecycle({ connect, ...options }: LifecycleOptions): DebugLifecycle {
  let state: 'off' | 'initialized' | 'attached' = 'off';
  let connected: DebugConnection | undefined;
  let skips = false;
  const connection = (): DebugConnection => {
    connected ??= debugConnection({ ...options, session: connect() });
    return connected;
  };
  const attached = (): DebugConnection | undefined => (state === 'attached' ? connected : undefined);
  return {
    isStarted: () => state !== 'off',
    initialize: () => {
      if (state === 'off') state = 'initialized';
    },
    attach: async () => {
      await enableDebugger(connection(), options.hidden);
      state = 'attached';
    },
    close: () => {
      connected?.client.close();
      [connected, state, skips] = [undefined, 'off', false];
    },
    connection,
    attached,
    skipPauses: async (skip) => {
      if (skip === skips || state !== 'attached') return;
      skips = skip;
      await connected?.client.post('Debugger.setSkipAllPauses', { skip });
    },
  };
}
