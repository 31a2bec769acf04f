/**
 * XML of annotations: elements and their text, each with its line. A small part of the language, read in one pass, so that no file can ask
 * for more time or memory than its size: no document type (and with it no entities of its own), five named entities and those by number,
 * attributes passed over, at most so many levels and elements.
 */
import { describe, type InputError, refusePhrase } from '../../util/check';

/** An element with what is in it. */
export interface XmlElement {
  readonly name: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** Of the element itself, without that of its children; trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const LEVELS = 32;
const ELEMENTS = 200_000;
const LINE_END = 0x0a;

const OPENING = /<([A-Za-z_][\w.:-]{0,99})((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const CLOSING = /<\/([A-Za-z_][\w.:-]{0,99})\s*>/y;
const ENTITY = /&([^;&\s]{0,10})(;?)/g;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Sections that are no element, with their end. */
const SECTIONS: readonly (readonly [start: string, end: string, what: 'text' | 'nothing'])[] = [
  ['<!--', '-->', 'nothing'],
  ['<![CDATA[', ']]>', 'text'],
  ['<?', '?>', 'nothing'],
];

/** The element that a text is. @param where the file, for errors @throws InputError `where: line 3: expected …, received …` */
export function parseXml(text: string, where: string): XmlElement {
  return new Reader(text.replace(/^\uFEFF/, ''), where).whole();
}

interface OpenElement {
  readonly name: string;
  readonly line: number;
  readonly texts: string[];
  readonly children: XmlElement[];
}

/** Walks through a text once. */
class Reader {
  private at = 0;
  private line = 1;
  private elements = 0;
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;

  constructor(
    private readonly text: string,
    private readonly where: string,
  ) {}

  whole(): XmlElement {
    while (this.at < this.text.length) {
      const next = this.text.indexOf('<', this.at);
      const end = next < 0 ? this.text.length : next;
      this.addText(this.unescaped(this.text.slice(this.at, end)));
      this.goTo(end);
      if (next >= 0) this.markup();
    }
    const unclosed = this.open.at(-1);
    if (unclosed) throw this.refuse(`</${unclosed.name}>, which was opened in line ${unclosed.line}`, 'the end of the text');
    if (!this.root) throw this.refuse('XML', 'no element');
    return this.root;
  }

  private markup(): void {
    for (const [start, end, what] of SECTIONS) {
      if (!this.text.startsWith(start, this.at)) continue;
      const stop = this.text.indexOf(end, this.at + start.length);
      if (stop < 0) throw this.refuse(`${end} at the end of ${start}`, 'the end of the text');
      if (what === 'text') this.addText(this.text.slice(this.at + start.length, stop));
      this.goTo(stop + end.length);
      return;
    }
    if (this.text.startsWith('<!', this.at)) {
      throw this.refuse('XML without a document type', this.seen(), 'remove <!DOCTYPE …>: entities of a file’s own are not read');
    }
    if (this.text.startsWith('</', this.at)) this.close();
    else this.openOne();
  }

  private openOne(): void {
    OPENING.lastIndex = this.at;
    const found = OPENING.exec(this.text);
    if (!found) throw this.refuse('an element, as <name>', this.seen());
    if (this.root) throw this.refuse('one element around all others', `<${found[1]}> after it`);
    if (this.open.length >= LEVELS) throw this.refuse(`at most ${LEVELS} elements within each other`, 'one more');
    if (++this.elements > ELEMENTS) throw this.refuse(`at most ${ELEMENTS} elements`, 'one more');
    this.open.push({ name: found[1] as string, line: this.line, texts: [], children: [] });
    this.goTo(OPENING.lastIndex);
    if (found[3] === '/') this.end();
  }

  private close(): void {
    CLOSING.lastIndex = this.at;
    const name = CLOSING.exec(this.text)?.[1];
    const opened = this.open.at(-1);
    if (name === undefined || name !== opened?.name) {
      const expected = opened ? `</${opened.name}>, which was opened in line ${opened.line}` : 'an element, as <name>';
      throw this.refuse(expected, name === undefined ? this.seen() : `</${name}>`);
    }
    this.goTo(CLOSING.lastIndex);
    this.end();
  }

  private end(): void {
    const { name, line, texts, children } = this.open.pop() as OpenElement;
    const element: XmlElement = { name, line, text: texts.join('').trim(), children };
    const around = this.open.at(-1);
    if (around) around.children.push(element);
    else this.root = element;
  }

  private addText(text: string): void {
    const around = this.open.at(-1);
    if (around) around.texts.push(text);
    else if (text.trim() !== '') throw this.refuse('one element around all text', describe(text.trim().slice(0, 40)));
  }

  private unescaped(text: string): string {
    if (!text.includes('&')) return text;
    let [result, at] = ['', 0];
    // Not by replace, which looks for all entities before it gives the first.
    for (const found of text.matchAll(ENTITY)) {
      const [all, name = '', end] = found;
      const value = end === ';' ? (NAMED.get(name) ?? numbered(name)) : undefined;
      if (value === undefined) {
        throw this.refuse('one of &amp; &lt; &gt; &quot; &apos;, or a character by its number', describe(all));
      }
      result += text.slice(at, found.index) + value;
      at = found.index + all.length;
    }
    return result + text.slice(at);
  }

  private goTo(at: number): void {
    // Within these bounds only: a search for the next line's end would read the rest of a file that has no lines, at every element.
    for (; this.at < at; this.at++) if (this.text.charCodeAt(this.at) === LINE_END) this.line++;
  }

  private seen(): string {
    return describe(this.text.slice(this.at, this.at + 20));
  }

  private refuse(expected: string, received: string, hint?: string): InputError {
    return refusePhrase(`${this.where}: line ${this.line}`, expected, received, hint);
  }
}

/** The character of `#38` or `#x26`. */
function numbered(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** The children of a name. */
export const childrenNamed = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((one) => one.name === name);
