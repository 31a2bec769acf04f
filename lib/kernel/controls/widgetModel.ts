/**
 * One model of Jupyter's widget protocol: its state, and the comm that keeps the front end's copy the same. From the kernel
 * `{ method: 'update', state, buffer_paths }`; from the front end the same, which is answered by `echo_update`, `request_state`, and
 * `{ method: 'custom', content }`. No state here has buffers.
 *
 * Deviations: a value that is refused is answered by an `update` with the one that holds; of the changes that come within a turn of
 * the event loop only the newest is looked at; changes by the kernel are sent once in 20 ms at most.
 */
import { InputError, isObject } from '../../util/check';
import type { Comm, CommEvent, JsonObject, KernelApi } from '../messages';
import { frontEndHeard } from './frontEnd';
import { modelClosed, modelOpened } from './openModels';
import { openModel } from './widgetProtocol';

/** Milliseconds between two updates, at least. */
const SEND_MS = 20;

/** What becomes of messages from the front end. */
export interface FrontEndHandler {
  /** The entry that the front end may change; what it says of others is not looked at. */
  readonly key?: string | undefined;
  /** @throws InputError to refuse it */
  accept(value: unknown): Accepted;
  /** After a custom message. */
  custom(content: unknown): void;
}

/** An entry that the front end has changed. */
export interface Accepted {
  /** As it is kept. */
  readonly entry: unknown;
  /** To be called after the answer. */
  readonly after?: (() => void) | undefined;
}

/** What has come from the front end and is still to be looked at, the newest of each. */
interface Received {
  /** Of the newest message, which an answer names as its parent. */
  readonly parent: Uint8Array | undefined;
  value?: unknown;
  custom?: unknown;
}

export class WidgetModel {
  private opened: { readonly api: KernelApi; readonly comm: Comm } | undefined;
  private readonly unsent = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private sentAt = Number.NEGATIVE_INFINITY;
  private received: Received | undefined;

  /** @param state entries may be models and lists of models */
  constructor(
    private readonly state: Record<string, unknown>,
    private readonly handler?: FrontEndHandler,
  ) {}

  get(key: string): unknown {
    return this.state[key];
  }

  /** Changes entries, and tells the front end. */
  set(changes: Readonly<Record<string, unknown>>): void {
    Object.assign(this.state, changes);
    if (!this.opened) return;
    for (const key of Object.keys(changes)) this.unsent.add(key);
    this.update();
  }

  /** Makes the model known to the front end, where it is not yet, after those that it refers to. @returns its id */
  open(api: KernelApi): string {
    if (this.opened) return this.opened.comm.id;
    const comm = openModel(api, this.wire(api));
    this.opened = { api, comm };
    comm.onMessage((event) => {
      frontEndHeard(api);
      this.receive(event);
    });
    comm.onClose(() => this.forget());
    modelOpened(api, comm.id, () => this.wire(api));
    return comm.id;
  }

  /** Takes its views away, and those that it alone refers to: layout and style. It may be opened again. */
  close(): void {
    const comm = this.opened?.comm;
    this.forget();
    comm?.close();
    for (const part of [this.state['layout'], this.state['style']]) if (part instanceof WidgetModel) part.close();
  }

  private forget(): void {
    if (this.opened) modelClosed(this.opened.comm.id);
    clearTimeout(this.timer);
    this.timer = undefined;
    this.opened = undefined;
    this.unsent.clear();
  }

  /** Entries as comms have them: models by reference. */
  private wire(api: KernelApi, keys: Iterable<string> = Object.keys(this.state)): JsonObject {
    const reference = (value: unknown): unknown => {
      if (value instanceof WidgetModel) return `IPY_MODEL_${value.open(api)}`;
      return Array.isArray(value) ? value.map(reference) : value;
    };
    return Object.fromEntries([...keys].map((key) => [key, reference(this.state[key])]));
  }

  private update(): void {
    if (this.timer) return;
    const wait = this.sentAt + SEND_MS - performance.now();
    if (wait > 0) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.update();
      }, wait);
    } else if (this.unsent.size > 0) {
      this.sentAt = performance.now();
      this.send('update', this.unsent);
      this.unsent.clear();
    }
  }

  private send(method: 'update' | 'echo_update', keys?: Iterable<string>, parent?: Uint8Array): void {
    if (!this.opened) return;
    const { api, comm } = this.opened;
    comm.send({ method, state: this.wire(api, keys), buffer_paths: [] }, parent ? { parent } : {});
  }

  private receive({ data, parent }: CommEvent): void {
    const { method, state, content } = data;
    const key = this.handler?.key;
    if (method === 'request_state') this.send('update', undefined, parent);
    else if (method === 'custom') this.keep({ parent, custom: content });
    else if (method === 'update' && key && isObject(state) && Object.hasOwn(state, key)) this.keep({ parent, value: state[key] });
  }

  private keep(part: Received): void {
    if (!this.received) setImmediate(() => this.take());
    this.received = { ...this.received, ...part };
  }

  private take(): void {
    const { handler, received } = this;
    this.received = undefined;
    if (!handler || !received) return;
    if ('value' in received && handler.key) this.takeValue(handler, handler.key, received);
    if ('custom' in received) handler.custom(received.custom);
  }

  private takeValue(handler: FrontEndHandler, key: string, { value, parent }: Received): void {
    let accepted: Accepted;
    try {
      accepted = handler.accept(value);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.send('update', [key], parent);
      return;
    }
    this.state[key] = accepted.entry;
    this.unsent.delete(key);
    this.send('echo_update', [key], parent);
    accepted.after?.();
  }
}
