/** Values from places of one array to places of another, by the addon: what transposes, slices, joins and repetitions come to. */
import { tf } from '../../tf';
import type { NativeCall } from './types';

/** An axis of a copy: how many, and how far apart in either array, in elements. */
export interface CopyAxis {
  readonly length: number;
  /** 0 repeats. */
  readonly from: number;
  readonly to: number;
}

export interface Copy {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly axes: readonly CopyAxis[];
  /** The first place in `x`, in `y`; default 0. */
  readonly from?: number;
  readonly to?: number;
}

/** How far apart neighbours along each axis are in a tensor of this shape. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, i) => tf.util.sizeFromShape(shape.slice(i + 1)));
}

/** The most axes that the addon takes (`kMostAxes` in native/src/kernels/Copy.cc). */
const MOST_AXES = 8;

const ONE: CopyAxis = { length: 1, from: 0, to: 0 };

/** Copies, each element of `axes` once. @returns false where there are more axes than the addon takes */
export function copy(call: NativeCall, { x, y, axes, from = 0, to = 0 }: Copy): boolean {
  const joined = readingOrder(join(axes));
  if (joined.length > MOST_AXES) return false;
  const padded = [...[ONE, ONE].slice(joined.length), ...joined];
  const numbers = padded.flatMap((axis) => [axis.length, axis.from, axis.to]);
  call.native('Copy')(x.length, y.length, from, to, padded.length, ...numbers, x, y);
  return true;
}

/** Copies all of `x` into an array as long, by the addon too: what JavaScript copies itself no recording sees. */
export function copyAll(call: NativeCall, x: Float32Array, y: Float32Array): void {
  copy(call, { x, y, axes: [{ length: x.length, from: 1, to: 1 }] });
}

/** The same copy with fewer axes: those of length 1 go, and neighbours that both arrays hold one after the other become one. */
function join(axes: readonly CopyAxis[]): CopyAxis[] {
  const joined: CopyAxis[] = [];
  for (const axis of axes) {
    if (axis.length === 1) continue;
    const before = joined[joined.length - 1];
    const one = before && before.from === axis.from * axis.length && before.to === axis.to * axis.length;
    if (one) joined[joined.length - 1] = { ...axis, length: before.length * axis.length };
    else joined.push(axis);
  }
  return joined;
}

/** Puts the axis along which `x` lies in one piece next to the last: the addon turns these two in tiles. */
function readingOrder(axes: CopyAxis[]): CopyAxis[] {
  const at = axes.findIndex(({ from }) => from === 1);
  if (at < 0 || at >= axes.length - 2) return axes;
  const [axis, ...rest] = [axes[at] as CopyAxis, ...axes.slice(0, at), ...axes.slice(at + 1)];
  return [...rest.slice(0, -1), axis, ...rest.slice(-1)];
}
