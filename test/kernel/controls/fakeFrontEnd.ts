/** A kernel with a front end, in process: what code sends is written down, and messages of the front end are played. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';
import { JUPYTER_DISPLAY } from 'iekd/dist/kernel/controls/kernelApi';
import type { CapturedOutput, Comm, CommEvent, JsonObject, KernelApi } from 'iekd/dist/kernel/messages';

const KERNEL = Symbol.for('jupyter.kernel');

export interface Opened {
  readonly id: string;
  readonly target: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject | undefined;
}

export interface Displayed {
  readonly data: JsonObject;
  readonly id?: string | undefined;
  readonly update?: boolean | undefined;
}

interface Served {
  message: (event: CommEvent) => void;
  close: (event: CommEvent) => void;
}

export class FakeFrontEnd {
  readonly opened: Opened[] = [];
  readonly sent: { readonly id: string; readonly data: JsonObject; readonly parent?: Uint8Array }[] = [];
  readonly closed: string[] = [];
  readonly displays: Displayed[] = [];
  private readonly served = new Map<string, Served>();
  private readonly targets = new Map<string, (comm: Comm, event: CommEvent) => void>();
  private readonly captured = new AsyncLocalStorage<(output: CapturedOutput) => void>();
  readonly api: KernelApi;

  constructor() {
    this.api = {
      show: async (value) => this.api.display(bundleOf(value)),
      display: (data, { id, update } = {}) => {
        const take = this.captured.getStore();
        if (take) take(displayOutput(data, id, update));
        else this.displays.push({ data, id, update });
      },
      clearOutput: () => this.captured.getStore()?.({ message: 'clear_output', content: {} }),
      openComm: (target, data, { metadata, id = `comm-${this.opened.length + 1}` } = {}) => {
        this.opened.push({ id, target, data: structuredClone(data), metadata });
        return this.comm(id);
      },
      onComm: (target, opened) => this.targets.set(target, opened),
      registerDisplay: () => () => undefined,
      capture: (work, take) => this.captured.run(take, work),
    };
  }

  /** Code finds the kernel from now on. */
  install(): this {
    Reflect.set(globalThis, KERNEL, this.api);
    return this;
  }

  static remove(): void {
    Reflect.deleteProperty(globalThis, KERNEL);
  }

  /** What code prints, as the kernel would take it. */
  print(text: string): void {
    this.captured.getStore()?.({ message: 'stream', content: { name: 'stdout', text } });
  }

  /** The model that was opened last. */
  get last(): Opened {
    return this.opened.at(-1) as Opened;
  }

  /** A message of the front end on a comm. */
  says(id: string, data: unknown, parent?: Uint8Array): void {
    this.served.get(id)?.message({ ...event('msg', id, data), ...(parent ? { parent } : {}) });
  }

  /** The front end opens a comm. */
  opens(target: string, id: string): void {
    this.targets.get(target)?.(this.comm(id), event('open', id, {}));
  }

  closes(id: string): void {
    this.served.get(id)?.close(event('close', id, {}));
  }

  /** Messages to a model since it was opened. */
  to(id: string): JsonObject[] {
    return this.sent.filter((one) => one.id === id).map(({ data }) => data);
  }

  private comm(id: string): Comm {
    const served: Served = { message: () => undefined, close: () => undefined };
    this.served.set(id, served);
    return {
      id,
      send: (data, { parent } = {}) => this.sent.push({ id, data: structuredClone(data), ...(parent ? { parent } : {}) }),
      close: () => this.closed.push(id),
      onMessage: (listener) => {
        served.message = listener;
      },
      onClose: (listener) => {
        served.close = listener;
      },
    };
  }
}

/** As the kernel would show a value. */
function bundleOf(value: unknown): JsonObject {
  const show = typeof value === 'object' && value !== null ? Reflect.get(value, JUPYTER_DISPLAY) : undefined;
  return typeof show === 'function' ? Reflect.apply(show, value, []) : { 'text/plain': inspect(value) };
}

function displayOutput(data: JsonObject, id: string | undefined, update: boolean | undefined): CapturedOutput {
  const message = update ? 'update_display_data' : 'display_data';
  return { message, content: { data, metadata: {}, transient: id === undefined ? {} : { display_id: id } } };
}

const event = (kind: CommEvent['event'], id: string, data: unknown): CommEvent => ({
  event: kind,
  id,
  target: '',
  data: data as JsonObject,
  metadata: {},
  buffers: [],
});

/** Lets what is due in this turn of the event loop and the next be done. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
