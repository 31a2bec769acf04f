/**
 * The outputs of a function that is run again and again: the first of a run takes the place of the first of the run before, and so on.
 * Each place is a display of its own that is updated, so that the controls above them stay as they are.
 */
import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { isObject } from '../../util/check';
import type { CapturedOutput, JsonObject, KernelApi } from '../messages';

/** Characters of the printed text of one place. */
const LONGEST = 100_000;
const NOTHING: JsonObject = { 'text/plain': '' };

export interface ShownOutputs {
  /** Shows what `work` shows, prints and returns. @throws what it throws; what it has shown until then stays */
  run(work: () => unknown): Promise<void>;
  /** Shows an error as the one output. */
  fail(error: unknown): void;
}

export function shownOutputs(api: KernelApi): ShownOutputs {
  const ids: string[] = [];
  const put = (place: number, data: JsonObject, metadata: JsonObject = {}): void => {
    const known = ids[place];
    const id = known ?? randomUUID();
    ids[place] = id;
    api.display(data, { metadata, id, update: known !== undefined });
  };
  const clearFrom = (place: number): void => {
    for (let i = place; i < ids.length; i++) put(i, NOTHING);
  };
  return {
    async run(work) {
      const run = newRun(api, put);
      try {
        // What is shown for the run is no output of the run.
        const take = AsyncResource.bind((output: CapturedOutput) => run.take(output));
        await api.capture(async () => {
          const value = await work();
          if (value !== undefined) await api.show(value);
        }, take);
      } finally {
        clearFrom(run.places());
      }
    },
    fail(error) {
      put(0, { 'text/plain': error instanceof Error ? `${error.name}: ${error.message}` : inspect(error) });
      clearFrom(1);
    },
  };
}

interface OneRun {
  take(output: CapturedOutput): void;
  /** How many places it has used. */
  places(): number;
}

function newRun(api: KernelApi, put: (place: number, data: JsonObject, metadata?: JsonObject) => void): OneRun {
  let next = 0;
  let printed: { readonly place: number; readonly text: string } | undefined;
  const named = new Map<unknown, number>();
  const display = (data: JsonObject, metadata?: JsonObject, id?: unknown): void => {
    printed = undefined;
    if (id !== undefined) named.set(id, next);
    put(next++, data, metadata);
  };
  const print = (text: string): void => {
    printed = { place: printed?.place ?? next++, text: `${printed?.text ?? ''}${text}`.slice(-LONGEST) };
    put(printed.place, { 'text/plain': printed.text });
  };
  const update = (data: JsonObject, metadata: JsonObject, id: unknown): void => {
    const place = named.get(id);
    if (place !== undefined) put(place, data, metadata);
    else if (typeof id === 'string') api.display(data, { metadata, id, update: true });
  };
  const take = ({ message, content }: CapturedOutput): void => {
    const [data, metadata, transient] = [content['data'], content['metadata'], content['transient']].map(objectOf);
    const id = transient?.['display_id'];
    if (message === 'stream') print(String(content['text']));
    else if (message === 'error') print(`${content['ename']}: ${content['evalue']}\n`);
    else if (message === 'clear_output') [next, printed] = [0, undefined];
    else if (message === 'update_display_data') update(data ?? {}, metadata ?? {}, id);
    else display(data ?? {}, metadata, id);
  };
  return { take, places: () => next };
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? { ...value } : {});
