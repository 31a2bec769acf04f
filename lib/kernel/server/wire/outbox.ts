/** What a kernel sends: replies to whoever asked, messages to all who listen, questions to whoever runs a cell. */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../messages';
import { iopubTransmitter, subscriptions } from './iopub';
import { encode, type Message, type Outgoing } from './protocol';
import { type Send, sendQueue } from './sendQueue';
import type { Sockets } from './sockets';
import { sentToClient } from './stdin';

/** A request with the channel that it came on. */
export interface Request extends Message {
  readonly channel: 'shell' | 'control';
}

/** Metadata and buffers of a message that goes out. */
type Extra = Pick<Outgoing, 'metadata' | 'buffers'>;

/** All resolve once the message was handed to its socket, or cannot be, and never reject. */
export interface Outbox {
  reply(request: Request, content: JsonObject, extra?: Extra): Promise<void>;
  /** @param parent header of the request that it belongs to */
  publish(parent: Uint8Array | undefined, type: string, content: JsonObject, extra?: Extra): Promise<void>;
  /** @returns the message's number once it was sent; undefined where the client has no stdin channel */
  askInput(request: Request, content: JsonObject): Promise<string | undefined>;
}

export function outbox(key: string, sockets: Sockets): Outbox {
  const session = randomUUID();
  const iopub = sendQueue(iopubTransmitter(sockets.iopub));
  const shell: Send = sendQueue((frames) => sockets.shell.send(frames));
  const control: Send = sendQueue((frames) => sockets.control.send(frames));
  const frames = (type: string, message: Omit<Outgoing, 'id' | 'type' | 'session'>, id: string = randomUUID()) =>
    encode(key, { id, type, session, ...message });

  // A new subscriber learns in this way that it now hears all (JEP 65).
  void subscriptions(sockets.iopub, (subscription) => {
    const identities = [subscription || 'iopub_welcome'];
    void iopub(frames('iopub_welcome', { content: { subscription }, identities }));
  });
  return {
    reply({ channel, type, header, identities }, content, extra = {}) {
      const message = frames(type.replace(/_request$/, '_reply'), { content, parent: header, identities, ...extra });
      return (channel === 'shell' ? shell : control)(message);
    },
    publish(parent, type, content, extra = {}) {
      const topic = type === 'stream' ? `stream.${String(content['name'])}` : type;
      return iopub(frames(type, { content, identities: [topic], ...(parent ? { parent } : {}), ...extra }));
    },
    async askInput({ header, identities }, content) {
      const id = randomUUID();
      const question = frames('input_request', { content, parent: header, identities }, id);
      return (await sentToClient(sockets.stdin, question)) ? id : undefined;
    },
  };
}
