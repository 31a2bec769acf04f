/** Labels of images, by the names of their classes or by number; and the classes themselves, where nobody names them. */
import { tf } from '../../engine/tf';
import { type InputError, integerIn, notAmong, refuse, refusePhrase } from '../../util/check';
import { count, counted } from '../../util/text';
import type { Labels } from '../types';

/** The name of a class, or its number from 0. */
export type Label = string | number;

/** Labels of several images: a list, an array, or a tensor [count]. */
export type LabelList = readonly Label[] | Labels | tf.Tensor;

/** @throws InputError for what is no list of labels; each is looked at by `labelIn` */
export async function labelsIn(where: string, labels: unknown): Promise<readonly unknown[]> {
  if (labels instanceof tf.Tensor) {
    if (labels.rank === 2)
      throw refusePhrase(where, 'class numbers [count]', `[${labels.shape}], one-hot`, 'tf.argMax(labels, 1)');
    if (labels.rank !== 1) throw refuse(where, 'class numbers [count]', labels.shape);
    return Array.from(await labels.data<'float32'>());
  }
  if (Array.isArray(labels)) return labels;
  if (ArrayBuffer.isView(labels) && 'length' in labels) return Array.from(labels as unknown as ArrayLike<number>);
  throw refuse(where, 'a list of class names or numbers', labels);
}

/** One label. @throws InputError for what is none */
export function labelIn(where: string, label: unknown): Label {
  if (typeof label === 'string' && label !== '') return label;
  if (Number.isInteger(label) && (label as number) >= 0) return label as number;
  const isOneHot = Array.isArray(label) || ArrayBuffer.isView(label);
  const hint = isOneHot ? 'of a one-hot label: label.indexOf(1)' : undefined;
  throw refuse(where, 'the name of a class or its number, whole and from 0', label, hint);
}

/** Classes and the number of each label. */
export interface ClassLabels {
  readonly classNames: readonly string[];
  /** Part by part. */
  readonly labels: readonly Labels[];
}

/**
 * Classes as given, else those of the labels: names by their code units, numbers as they are.
 * @throws InputError naming part and image for a label that is no class; for names beside numbers, and for numbers that leave one out
 */
export function classLabels(
  where: string,
  parts: Readonly<Record<string, readonly Label[]>>,
  given?: readonly string[],
): ClassLabels {
  const all = Object.values(parts);
  const classNames = given ? checkedNames(where, given) : inferred(where, all);
  const numbers = new Map(classNames.map((name, i) => [name, i]));
  const labels = Object.entries(parts).map(([part, list]) =>
    list.map((label, i) => {
      const here = `${where}: ${part}: label ${i}`;
      if (typeof label === 'number') return classNumber(here, label, classNames.length, list);
      const number = numbers.get(label);
      if (number === undefined) throw notAmong(here, 'one of the classes', classNames, label);
      return number;
    }),
  );
  return { classNames, labels: labels.map((list) => narrow(list, classNames.length)) };
}

function checkedNames(where: string, given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.length === 0) throw refuse(`${where}: classes`, 'the names of the classes', given);
  for (const [i, name] of given.entries()) {
    if (typeof name !== 'string' || name === '') throw refuse(`${where}: classes: ${i}`, 'a name', name);
    if (given.indexOf(name) < i) throw refuse(`${where}: classes`, 'every class once', name);
  }
  return given;
}

function classNumber(where: string, label: number, classes: number, list: readonly Label[]): number {
  const fromOne = list.every((one) => typeof one === 'number' && one >= 1 && one <= classes);
  if (label < classes) return label;
  const hint = fromOne ? 'labels count from 0: subtract 1 from each' : undefined;
  throw refusePhrase(where, `a class from 0 to ${classes - 1}`, String(label), hint);
}

function inferred(where: string, parts: readonly (readonly Label[])[]): string[] {
  const names = new Set<string>();
  const numbers = new Set<number>();
  for (const list of parts) for (const label of list) typeof label === 'string' ? names.add(label) : numbers.add(label);
  if (names.size > 0 && numbers.size > 0) {
    const received = `"${[...names][0]}" and ${[...numbers][0]}`;
    throw refusePhrase(`${where}: labels`, 'names alone or numbers alone where classes are not given', received);
  }
  if (names.size > 0) return [...names].sort((a, b) => (a < b ? -1 : 1));
  return numbered(where, numbers);
}

/** `0`, `1`, …, as many as the largest says. */
function numbered(where: string, numbers: ReadonlySet<number>): string[] {
  const most = [...numbers].reduce((a, b) => Math.max(a, b), 0);
  if (most + 1 === numbers.size) return Array.from({ length: most + 1 }, (_, i) => String(i));
  throw gap(where, numbers, most);
}

function gap(where: string, numbers: ReadonlySet<number>, most: number): InputError {
  const left = numbers.has(0) ? [...numbers].map((n) => n + 1).find((n) => n < most && !numbers.has(n)) : 0;
  const fromOne = !numbers.has(0) && numbers.size === most;
  const hint = fromOne ? 'labels count from 0: subtract 1 from each' : 'give classes, a name for each number, or names as labels';
  const received = `${counted(numbers.size, 'number')} up to ${count(most)}, and not ${left}`;
  return refusePhrase(`${where}: labels`, 'class numbers from 0 that leave none out', received, hint);
}

/** An array as wide as the number of classes asks for. */
function narrow(labels: readonly number[], classes: number): Labels {
  integerIn('classes', classes, 1, 1_000_000);
  if (classes <= 2 ** 8) return Uint8Array.from(labels);
  return classes <= 2 ** 16 ? Uint16Array.from(labels) : Int32Array.from(labels);
}
