/**
 * Tensors by their shape (TensorFlow.js): type, shape and values as text; those that look like an image, several images or a map have a
 * picture instead of their values, with the type and the shape below it.
 */

import { escapeHtml } from '../../util/text';
import type { DisplayKind, JsonObject } from '../messages';
import { type TensorPicture, tensorPicture } from './tensorPicture';

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly size: number;
  readonly isDisposed?: boolean;
  dataSync(): ArrayLike<number>;
  toString(): string;
}

/** Larger ones are not read: their values may have to come from a GPU. */
const MOST_VALUES = 4e6;

export const tensorKind: DisplayKind = {
  name: 'a tensor',
  matches: isTensorLike,
  bundle: (value) => tensorBundle(value as TensorLike),
};

function isTensorLike(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null || !('dtype' in value)) return false;
  const { shape, dtype, size, dataSync } = value as Partial<TensorLike>;
  return Array.isArray(shape) && typeof dtype === 'string' && typeof size === 'number' && typeof dataSync === 'function';
}

function tensorBundle(tensor: TensorLike): JsonObject {
  const { shape, dtype, size, isDisposed } = tensor;
  const head = `Tensor ${dtype} [${shape.join(', ')}]`;
  if (isDisposed) return { 'text/plain': `${head}, disposed of` };
  if (size > MOST_VALUES) return { 'text/plain': head };
  const plain = { 'text/plain': `${head}\n${tensor.toString().replace(/^Tensor\s*\n/, '')}` };
  const isNumeric = dtype === 'float32' || dtype === 'int32';
  const picture = isNumeric ? tensorPicture(shape, () => tensor.dataSync(), dtype === 'int32') : undefined;
  return picture ? { 'text/html': html(head, picture), ...plain } : plain;
}

/** Front ends show one type of a bundle: as HTML the picture and what it is are seen together. */
function html(head: string, { png, width, height, from, to }: TensorPicture): string {
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const text = escapeHtml(`${head}, values ${short(from)} to ${short(to)}`);
  const image = `<img alt="${text}" width="${width}" height="${height}" style="image-rendering:pixelated" src="${source}">`;
  return `<div>${image}<p style="margin:.3em 0;opacity:.7">${text}</p></div>`;
}

const short = (value: number): string => String(Number(value.toPrecision(4))).replace('-', '−');
