/** Entries of a request's content. What is missing or of another kind is told to whoever asked. */
import { integerIn, isObject, refuse } from '../../../util/check';
import type { JsonObject } from '../../messages';
import type { Message } from '../wire/protocol';

/** @throws InputError `complete_request: code: expected a text, received …` */
export function textField({ type, content }: Pick<Message, 'type' | 'content'>, key: string): string {
  const value = content[key];
  if (typeof value !== 'string') throw refuse(`${type}: ${key}`, 'a text', value);
  return value;
}

/** @throws InputError for what is no integer from `min` on */
export function integerField({ type, content }: Pick<Message, 'type' | 'content'>, key: string, min?: number): number {
  return integerIn(`${type}: ${key}`, content[key], min);
}

/** True only where it says so; the default where it says nothing. */
export function flagField({ content }: Pick<Message, 'content'>, key: string, otherwise: boolean): boolean {
  const value = content[key];
  return typeof value === 'boolean' ? value : otherwise;
}

/** An empty object where there is none. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
