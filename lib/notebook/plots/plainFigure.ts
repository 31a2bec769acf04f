/**
 * A figure as JSON can hold it and Plotly draws it, whatever its arrays are made of: a notebook keeps figures as JSON, where a typed
 * array would become an object of numbered keys, and NaN a text that nobody draws.
 */
import { types } from 'node:util';
import { objectIn, refuse, refusePhrase } from '../../util/check';
import type { Figure } from '../render/plotly';

/** Deeper than any figure. */
const DEPTH = 64;

/**
 * The figure with plain values alone: typed arrays become arrays, dates ISO 8601, whole `bigint`s numbers; NaN and infinities null, where
 * a curve has a gap; keys without a value are left out.
 * @throws InputError that says where something is that no figure can hold
 */
export function plainFigure(figure: Figure): Figure {
  const { data, layout } = objectIn('showFigure', 'a figure, { data, layout }', figure, []);
  if (!Array.isArray(data)) throw refuse('showFigure: data', 'a list of traces', data);
  const traces = data.map((trace, i) => plainObject(`showFigure: data[${i}]`, trace));
  return { data: traces, ...(layout === undefined ? {} : { layout: plainObject('showFigure: layout', layout) }) };
}

function plainObject(where: string, value: unknown): Record<string, unknown> {
  if (!isPlain(value)) throw refusePhrase(where, 'a plain object', kindOf(value));
  return plain(where, value, DEPTH) as Record<string, unknown>;
}

function plain(where: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return wholeNumber(where, value);
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (depth === 0) throw refusePhrase(where, `at most ${DEPTH} levels`, 'more, or a value that holds itself');
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, (item) => plain(where, item, depth - 1));
  }
  if (Array.isArray(value)) return Array.from(value, (item, i) => plain(`${where}[${i}]`, item, depth - 1) ?? null);
  if (isPlain(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, plain(`${where}.${key}`, item, depth - 1)]));
  }
  throw refusePhrase(where, 'numbers, texts, dates, arrays and plain objects', kindOf(value), hintFor(value));
}

function wholeNumber(where: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw refuse(where, 'a number that a figure can hold exactly', value);
  return number;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A cell of a notebook has an Object of its own: what counts is that nothing is above the prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `a Map`, `a function`. */
function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  const name = (value.constructor as { name?: string } | undefined)?.name;
  return name ? `a ${name}` : 'an object of another kind';
}

function hintFor(value: unknown): string | undefined {
  if (types.isMap(value) || types.isSet(value)) return 'write [...it.values()]';
  if (typeof value === 'object' && value !== null && 'dataSync' in value) return 'write await it.array()';
  return typeof value === 'object' && value !== null && 'values' in value ? 'write it.values' : undefined;
}
