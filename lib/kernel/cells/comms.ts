/**
 * Comms: channels between objects of the kernel and of the front end, such as widgets. Messages are delivered between turns of the
 * event loop, also while a cell awaits; what a listener writes belongs to the cell that set it.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
import { randomUUID } from 'node:crypto';
import { InputError, refuse } from '../../util/check';
import type { Comm, CommEvent, JsonObject, KernelApi } from '../messages';
import type { CellContexts } from './cellContext';
import type { OutputParts, Publisher } from './publisher';

type Listener = (event: CommEvent) => void;

/** What is kept of an open comm. */
interface OpenComm {
  readonly comm: Comm;
  message: Listener;
  closed: Listener;
}

type CommParts = Pick<OutputParts, 'metadata' | 'buffers' | 'parent'>;

export interface CommsOptions {
  readonly publisher: Publisher;
  readonly contexts: CellContexts;
  /** Given what a listener throws. */
  readonly failed: (error: unknown) => void;
}

export interface Comms extends Pick<KernelApi, 'openComm' | 'onComm'> {
  /** Takes a message of the front end. */
  receive(event: CommEvent): void;
}

export function comms({ publisher, contexts, failed }: CommsOptions): Comms {
  const open = new Map<string, OpenComm>();
  const targets = new Map<string, (comm: Comm, event: CommEvent) => void>();

  function send(message: 'comm_open' | 'comm_msg' | 'comm_close', content: JsonObject, data: JsonObject, parts: CommParts): void {
    const text = JSON.stringify(data);
    publisher.publish(message, { ...content, data: JSON.parse(text) as JsonObject }, { bytes: 2 * text.length, ...parts });
  }
  function create(id: string): Comm {
    const state: OpenComm = { message: () => undefined, closed: () => undefined, comm: commOf() };
    function commOf(): Comm {
      const opened = (): void => {
        if (open.get(id) !== state) throw new InputError(`comm ${id}: expected an open comm, received one that was closed`);
      };
      return {
        id,
        send(data, parts = {}) {
          opened();
          send('comm_msg', { comm_id: id }, data, parts);
        },
        close(data = {}) {
          if (open.get(id) !== state) return;
          open.delete(id);
          send('comm_close', { comm_id: id }, data, {});
        },
        onMessage(listener) {
          state.message = guarded(listener);
        },
        onClose(listener) {
          state.closed = guarded(listener);
        },
      };
    }
    open.set(id, state);
    return state.comm;
  }
  /** In the context of now; what it throws fails nobody else. */
  function guarded<A extends unknown[]>(listener: (...args: A) => void): (...args: A) => void {
    return contexts.bind((...args: A) => {
      try {
        const promised: unknown = listener(...args);
        if (promised instanceof Promise) promised.catch(failed);
      } catch (error) {
        failed(error);
      }
    });
  }
  function receive(event: CommEvent): void {
    const { id, target } = event;
    const state = open.get(id);
    const opened = targets.get(target);
    if (event.event === 'msg') state?.message(event);
    else if (event.event === 'close') {
      open.delete(id);
      state?.closed(event);
    } else if (opened) opened(create(id), event);
    // As the protocol asks for: a comm that nobody takes is closed at once.
    else send('comm_close', { comm_id: id }, {}, {});
  }
  return {
    receive,
    openComm(target, data, { id = randomUUID(), ...parts } = {}) {
      if (open.has(id)) throw refuse('openComm', 'an id of its own', id);
      const comm = create(id);
      send('comm_open', { comm_id: id, target_name: target }, data, parts);
      return comm;
    },
    onComm(target, opened) {
      targets.set(target, guarded(opened));
    },
  };
}
