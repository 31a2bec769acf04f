/**
 * How a value is shown: by its own method `Symbol.for('Jupyter.display')` (as in Deno), else as the first kind that it matches,
 * else as text. Where a method or kind fails, the value is shown as text, and a sentence says why.
 */
import type { DisplayKind } from '../messages';
import { dataFrameKind } from './dataFrames';
import { inspectedText } from './inspectedText';
import { markupKind } from './markup';
import { type MimeBundle, mimeBundle } from './mimeBundle';
import { pictureKind } from './pictureBytes';
import { plotlyKind } from './plotlyFigures';
import { tensorKind } from './tensors';

const KINDS: readonly DisplayKind[] = [pictureKind, tensorKind, dataFrameKind, plotlyKind, markupKind];

/** Methods by which a value shows itself. */
const METHODS = [Symbol.for('Jupyter.display'), Symbol.for('jupyter.display')];

/** A value, ready to be shown. */
export interface Shown {
  readonly bundle: MimeBundle;
  /** Why it is shown as text only. */
  readonly problem?: string;
}

export interface Representations {
  /** A promise only where the value's own method or its kind returns one. */
  of(value: unknown): Shown | Promise<Shown>;
  /** A kind that goes before those that are there. @returns takes it away again */
  register(kind: DisplayKind): () => void;
}

export function representations(): Representations {
  let registered: readonly DisplayKind[] = [];
  return {
    of: (value) => represent(value, [...registered, ...KINDS]),
    register(kind) {
      registered = [kind, ...registered];
      return () => {
        registered = registered.filter((one) => one !== kind);
      };
    },
  };
}

function represent(value: unknown, kinds: readonly DisplayKind[]): Shown | Promise<Shown> {
  let where = 'display';
  const failed = (error: unknown): Shown => {
    const text = error instanceof Error ? error.message : inspectedText(error);
    return asText(value, `${text.startsWith(where) ? '' : `${where}: `}${text}; shown as text`);
  };
  const finish = (found: unknown): Shown => (found === undefined ? asText(value) : { bundle: completed(where, found, value) });
  try {
    const method = methodOf(value);
    if (method) where = `Symbol.for('Jupyter.display') of ${nameOf(value)}`;
    const kind = method ? undefined : kinds.find((one) => one.matches(value));
    if (kind) where = `display of ${kind.name}`;
    const found: unknown = method ? method.call(value) : kind?.bundle(value);
    return isPromiseLike(found) ? Promise.resolve(found).then(finish).catch(failed) : finish(found);
  } catch (error) {
    return failed(error);
  }
}

/** With `text/plain`, which every front end can show. */
function completed(where: string, found: unknown, value: unknown): MimeBundle {
  const bundle = mimeBundle(where, found);
  if ('text/plain' in bundle.data) return bundle;
  const text = inspectedText(value);
  return { data: { ...bundle.data, 'text/plain': text }, bytes: bundle.bytes + 2 * text.length };
}

function asText(value: unknown, problem?: string): Shown {
  const text = inspectedText(value);
  const bundle = { data: { 'text/plain': text }, bytes: 2 * text.length };
  return problem === undefined ? { bundle } : { bundle, problem };
}

function methodOf(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  const found = METHODS.map((name): unknown => Reflect.get(value, name)).find((method) => typeof method === 'function');
  return found as (() => unknown) | undefined;
}

function nameOf(value: unknown): string {
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? name : 'an object';
}

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
