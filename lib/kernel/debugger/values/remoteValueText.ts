/**
 * A value of the main thread as one line of text, made of the preview that V8 gives along: no getter, no `toString` and no proxy of the
 * user runs for it.
 */

import type { Runtime } from 'node:inspector';

/** UTF-16 units of a value's text. */
const LONGEST = 1000;
const INDEX = /^\d+$/;
/** UTF-16 units of an element's text within it. */
const LONGEST_PART = 100;

export function remoteValueText(value: Runtime.RemoteObject): string {
  if (value.type === 'string') return cut(JSON.stringify(cut(String(value.value), LONGEST)), LONGEST + 2);
  if (value.type === 'function') return cut(signature(value.description ?? ''), LONGEST_PART);
  if (value.type !== 'object') return primitiveText(value);
  if (value.subtype === 'null') return 'null';
  return cut(objectText(value), LONGEST);
}

/** @param longest at least 1; what is cut ends in `…` */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function primitiveText(value: Runtime.RemoteObject): string {
  return cut(value.unserializableValue ?? value.description ?? String(value.value), LONGEST);
}

/** `f(a, b)`, `class A`: the first line of its source, up to the parenthesis that ends the parameters. */
function signature(source: string): string {
  const line = source.split('\n', 1)[0] ?? '';
  const open = /^[^{(]*\(/u.exec(line)?.[0].length;
  if (open === undefined || line.startsWith('class')) return line.replace(/\s*(=>|\{).*$/u, '');
  let depth = 1;
  const end = [...line.slice(open)].findIndex((letter) => {
    if (letter === '(') depth++;
    return letter === ')' && --depth === 0;
  });
  return end < 0 ? line : line.slice(0, open + end + 1);
}

function objectText(value: Runtime.RemoteObject): string {
  const { preview, subtype, description = value.className ?? 'Object' } = value;
  if (subtype === 'error') return description.split('\n', 1)[0] ?? '';
  if (preview === undefined || subtype === 'date' || subtype === 'regexp') return description;
  const listed = subtype === 'array' || subtype === 'typedarray';
  const name = description === 'Object' ? '' : `${description} `;
  const shown = preview.properties.filter(({ name }) =>
    subtype === 'typedarray' ? INDEX.test(name) : !name.startsWith('Symbol('),
  );
  const parts = preview.entries?.map(entryText) ?? shown.map((part) => propertyText(part, listed));
  const all = preview.overflow ? [...parts, '…'] : parts;
  return listed ? `${name}[${all.join(', ')}]` : `${name}{${all.join(', ')}}`;
}

function entryText({ key, value }: Runtime.EntryPreview): string {
  return key === undefined ? partText(value) : `${partText(key)} => ${partText(value)}`;
}

function propertyText(property: Runtime.PropertyPreview, listed: boolean): string {
  const text = property.type === 'accessor' ? '(getter)' : partText({ ...property, description: property.value ?? '' });
  return listed && INDEX.test(property.name) ? text : `${property.name}: ${text}`;
}

interface Part {
  readonly type: string;
  readonly description?: string | undefined;
}

function partText({ type, description = '' }: Part): string {
  if (type === 'string') return JSON.stringify(cut(description, LONGEST_PART));
  if (type === 'function') return 'function';
  return type === 'undefined' ? 'undefined' : cut(description, LONGEST_PART);
}
