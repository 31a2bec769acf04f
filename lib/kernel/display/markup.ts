/** Elements of a document, whatever document it is (jsdom, linkedom, Observable Plot's): their `outerHTML`, as SVG where it is SVG. */
import type { DisplayKind } from '../messages';

interface ElementLike {
  readonly outerHTML: string;
}

/** So much stands for an element where only text is shown. */
const LONGEST_TEXT = 200;

export const markupKind: DisplayKind = {
  name: 'an element',
  matches: (value) => {
    if (typeof value !== 'object' || value === null || !('outerHTML' in value)) return false;
    return typeof value.outerHTML === 'string';
  },
  bundle: (value) => {
    const { outerHTML: text } = value as ElementLike;
    const plain = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
    return { [/^<svg[\s>]/.test(text) ? 'image/svg+xml' : 'text/html']: withNamespace(text), 'text/plain': plain };
  },
};

/** SVG as a picture of its own needs its namespace, which a document leaves out. */
const withNamespace = (text: string): string =>
  /^<svg(?![^>]*\sxmlns=)/.test(text) ? text.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"') : text;
