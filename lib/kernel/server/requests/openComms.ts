/**
 * Comms that are open, whoever opened them, for `comm_info_reply`. Messages of the front end go on to main; one for a comm that is not
 * open, as after a restart, is answered with `comm_close`.
 */
import type { MessagePort } from 'node:worker_threads';
import type { CommEvent, JsonObject, Output, ToMain } from '../../messages';
import type { Message } from '../wire/protocol';
import { objectOf, textField } from './fields';

export interface OpenComms {
  /** Content of `comm_info_reply`. */
  info(request: Message): JsonObject;
  /** Takes a comm message of the front end. @returns content of a `comm_close` where there is no such comm */
  take(request: Message): JsonObject | undefined;
  /** Notes what main opens and closes. */
  note(output: Output): void;
}

const EVENTS: Readonly<Record<string, CommEvent['event']>> = { comm_open: 'open', comm_msg: 'msg', comm_close: 'close' };

export const isCommMessage = (type: string): boolean => Object.hasOwn(EVENTS, type);

export function openComms(main: Pick<MessagePort, 'postMessage'>): OpenComms {
  const targets = new Map<string, string>();

  function change(event: CommEvent['event'], id: string, target: string): void {
    if (event === 'open') targets.set(id, target);
    if (event === 'close') targets.delete(id);
  }
  return {
    info({ content }) {
      const wanted = content['target_name'];
      const found = [...targets].filter(([, target]) => typeof wanted !== 'string' || wanted === target);
      return { status: 'ok', comms: Object.fromEntries(found.map(([id, target]) => [id, { target_name: target }])) };
    },
    take(request) {
      const event = EVENTS[request.type] as CommEvent['event'];
      const id = textField(request, 'comm_id');
      if (event !== 'open' && !targets.has(id)) return event === 'msg' ? { comm_id: id, data: {} } : undefined;
      const target = event === 'open' ? textField(request, 'target_name') : (targets.get(id) as string);
      change(event, id, target);
      const data = objectOf(request.content['data']);
      const buffers = request.buffers.map((buffer) => new Uint8Array(buffer)); // nothing else shares their memory
      const transfer = buffers.map(({ buffer }) => buffer);
      const parent = new Uint8Array(request.header); // nor its
      const message: ToMain = { type: 'comm', event, id, parent, target, data, metadata: request.metadata, buffers };
      main.postMessage(message, transfer);
      return undefined;
    },
    note({ message, content }) {
      const event = EVENTS[message];
      const { comm_id: id, target_name: target } = content;
      if (event !== undefined && typeof id === 'string') change(event, id, typeof target === 'string' ? target : '');
    },
  };
}
