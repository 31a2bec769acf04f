/** V8's inspector protocol with promises, over a session that is connected to the main thread. */

import type { Session } from 'node:inspector';

/** What the debugger needs of `inspector.Session`. */
export type InspectorSession = Pick<Session, 'post' | 'on' | 'disconnect'>;

export interface InspectorClient {
  /** Rejects with V8's message; or with "closed" once the session is. */
  post<T = object>(method: string, params?: object): Promise<T>;
  on<T>(event: string, listener: (params: T) => void): void;
  /** Disconnects: V8 drops every breakpoint, and main runs on where it was paused. */
  close(): void;
}

export function inspectorClient(session: InspectorSession): InspectorClient {
  // A session that disconnects forgets its callbacks: without this who waits would wait for ever.
  const pending = new Set<(reason: Error) => void>();
  let closed = false;
  const post = <T>(method: string, params: object = {}): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (closed) throw new Error('the debugger is disconnected');
      pending.add(reject);
      session.post(method, params, (error: Error | null, result?: object) => {
        pending.delete(reject);
        if (error === null) resolve(result as T);
        else reject(new Error(error.message.replace(/^Inspector error -?\d+: /u, '')));
      });
    });
  return {
    post,
    on: (event, listener) => {
      session.on(event, (message: { params: unknown }) => listener(message.params as Parameters<typeof listener>[0]));
    },
    close: () => {
      if (closed) return;
      closed = true;
      session.disconnect();
      for (const reject of pending) reject(new Error('the debugger was disconnected'));
    },
  };
}
