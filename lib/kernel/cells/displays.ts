/**
 * What a cell shows besides its text: the value of its last expression (`execute_result`), `display(value)`, bundles of libraries,
 * and `clearOutput()`. https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data
 */
import { randomBytes } from 'node:crypto';
import { knownKeys } from '../../util/check';
import { type MimeBundle, mimeBundle } from '../display/mimeBundle';
import { type Representations, representations, type Shown } from '../display/representation';
import type { JsonObject, KernelApi } from '../messages';
import type { CellContext } from './cellContext';
import type { Publisher } from './publisher';

/** Options of `display`. */
export interface DisplayOptions {
  /** Whether the value is itself the data, by MIME type. Default false. */
  readonly raw?: boolean;
  /** By MIME type: width and height of pictures, in pixels. */
  readonly metadata?: JsonObject;
  /** Names what is shown. Default: a new one. */
  readonly id?: string;
  /** Replaces, in place, what was shown under this `id`. Default false. */
  readonly update?: boolean;
}

/** Something that was shown, and can be replaced in place. */
export interface DisplayHandle {
  readonly id: string;
  update(value: unknown, options?: DisplayOptions): void;
}

export interface Displays extends Pick<KernelApi, 'display' | 'clearOutput' | 'registerDisplay'> {
  /** As `show` of the interface for libraries. */
  value(value: unknown): Promise<void>;
  /** The function that cells find among their globals. */
  show(value: unknown, options?: DisplayOptions): DisplayHandle;
  /** Resolves once all that was shown since the last call was published, values of asynchronous kinds too. */
  settled(): Promise<unknown>;
  /** Publishes what a cell's last expression evaluated to. */
  result(context: CellContext, value: unknown): Promise<void>;
  /** A value as Jupyter's `user_expressions` has it. */
  expression(value: unknown): Promise<JsonObject>;
}

interface Sent {
  readonly metadata?: JsonObject;
  readonly id?: string;
  readonly update?: boolean;
}

/**
 * @param problem given a sentence where a value could not be shown in its own way
 * @param tidy what becomes of a value's text, which may hold stacks
 */
export function displays(publisher: Publisher, problem: (sentence: string) => void, tidy: (text: string) => string): Displays {
  const known: Representations = representations();
  const handles = new WeakSet<DisplayHandle>();
  let pending: Promise<void>[] = [];

  function send({ data, bytes }: MimeBundle, { metadata = {}, id, update = false }: Sent): void {
    const transient = id === undefined ? {} : { display_id: id };
    publisher.publish(update ? 'update_display_data' : 'display_data', { data, metadata, transient }, { bytes });
  }
  function told({ bundle, problem: sentence }: Shown): MimeBundle {
    if (sentence !== undefined) problem(sentence);
    const { 'text/plain': text } = bundle.data;
    return typeof text === 'string' ? { ...bundle, data: { ...bundle.data, 'text/plain': tidy(text) } } : bundle;
  }
  /** Calls `then` at once where the value's kind is not asynchronous, so that displays keep their order. */
  function represented(value: unknown, then: (bundle: MimeBundle) => void): void {
    const take = (shown: Shown): void => then(told(shown));
    const shown = known.of(value);
    if (shown instanceof Promise) pending.push(shown.then(take));
    else take(shown);
  }
  function show(value: unknown, options: DisplayOptions = {}): DisplayHandle {
    knownKeys('display', options, ['raw', 'metadata', 'id', 'update']);
    const { raw = false, metadata = {}, id = randomBytes(8).toString('hex'), update = false } = options;
    if (raw) send(mimeBundle('display', value), { id, update, metadata });
    else represented(value, (bundle) => send(bundle, { id, update, metadata }));
    const handle: DisplayHandle = { id, update: (next, more = {}) => void show(next, { ...more, id, update: true }) };
    handles.add(handle);
    return handle;
  }
  const bundleOf = async (value: unknown): Promise<MimeBundle> => told(await known.of(value));
  return {
    registerDisplay: known.register,
    display: (data, options = {}) => send(mimeBundle('display', data), options),
    clearOutput: (wait = false) => publisher.publish('clear_output', { wait }, { bytes: 0 }),
    show,
    async value(value) {
      if (!handles.has(value as DisplayHandle)) send(await bundleOf(value), {});
    },
    settled() {
      const begun = pending;
      pending = [];
      return Promise.all(begun);
    },
    async result({ request, number }, value) {
      // A cell that ends in `display(…)` has shown what it shows.
      if (handles.has(value as DisplayHandle)) return;
      const { data, bytes } = await bundleOf(value);
      publisher.publish('execute_result', { execution_count: number, data, metadata: {} }, { request, bytes });
    },
    expression: async (value) => ({ status: 'ok', data: (await bundleOf(value)).data, metadata: {} }),
  };
}
