/** Values of options, checked while the command line is read: what is wrong there ends the command with exit code 2. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { isObject } from '../../util/check';
import { nearest } from '../../util/names';

/** An integer of at least `least`. */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`expected an integer of at least ${least}.`);
    }
    return value;
  };
}

/** A finite number of at least `least`. */
export function number(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least) {
      throw new InvalidArgumentError(`expected a number of at least ${least}.`);
    }
    return value;
  };
}

/** A number from 0 to 1. */
export function fraction(text: string): number {
  const value = number(0)(text);
  if (value > 1) throw new InvalidArgumentError('expected a number from 0 to 1.');
  return value;
}

/** Whole numbers above 0 separated by commas; none for an empty text. */
export function numbers(text: string): number[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => integer(1)(part));
}

/** Seeds: how many (`3` is 0, 1, 2), or which (`0,2`, or `1,` for one alone). */
export function seeds(text: string): number[] {
  const isList = text.includes(',');
  if (!isList && !/^\s*[1-9]\d{0,5}\s*$/.test(text)) throw new InvalidArgumentError('expected how many (3), or which (0,2).');
  if (!isList) return Array.from({ length: Number(text) }, (_, seed) => seed);
  const which = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [integer(0)(part)]));
  if (which.length === 0) throw new InvalidArgumentError('expected how many (3), or which (0,2).');
  return [...new Set(which)];
}

/** Texts separated by commas. */
export function texts(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

/** Names separated by commas, each one of `known`. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(',').map((part) => {
      const name = known.find((candidate) => candidate === part.trim());
      if (name === undefined) {
        throw new InvalidArgumentError(
          `expected names among ${known.join(', ')}, separated by commas.${meant(part.trim(), known)}`,
        );
      }
      return name;
    });
}

/** Names gathered from a repeated option. */
export function names(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/**
 * `name=value` pairs gathered from a repeated option; a value that is JSON is taken as such, any other as text. `name.entry=value` is an
 * entry of a value that has several.
 */
export function settings(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected NAME=VALUE.');
  return withEntry(before, text.slice(0, at).split('.'), jsonOrText(text.slice(at + 1)));
}

/** The settings with one more, at the end of a path of names. */
function withEntry(
  settings: Readonly<Record<string, unknown>>,
  [name = '', ...path]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (path.length === 0) return { ...settings, [name]: value };
  const before = Object.hasOwn(settings, name) ? settings[name] : undefined;
  return { ...settings, [name]: withEntry(isObject(before) ? before : {}, path, value) };
}

/** `name=file` pairs gathered from a repeated option; paths are then absolute. */
export function places(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at + 1 === text.length) throw new InvalidArgumentError('expected NAME=FILE.');
  return { ...before, [text.slice(0, at)]: resolve(text.slice(at + 1)) };
}

/** `name=expression` pairs gathered from a repeated option, the expressions as they were typed. */
export function expressions(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || text.slice(at + 1).trim() === '') throw new InvalidArgumentError('expected NAME=EXPRESSION.');
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An option with one of several names; a wrong one is told which it may have been. */
export function oneOf(flags: string, description: string, known: readonly string[]): Option {
  const option = new Option(flags, description).choices(known);
  return option.argParser((text: string) => {
    if (known.includes(text)) return text;
    throw new InvalidArgumentError(`Allowed choices are ${known.join(', ')}.${meant(text, known)}`);
  });
}

/** ` Did you mean onednn?`, nothing where no name is near. */
function meant(text: string, known: readonly string[]): string {
  const name = nearest(known, text);
  return name === undefined ? '' : ` Did you mean ${name}?`;
}
