/** The prose of a notebook as HTML: Markdown as GitHub reads it, formulas between dollars, code in colours, headings with names. */
import { escapeHtml } from '../display/display';
import { mathMl } from './mathml';

// marked is an ES module, which Node 20.19 lets `require` load; TypeScript wants that said.
type MarkedModule = typeof import('marked', { with: { 'resolution-mode': 'import' }});
type MarkedExtension = import('marked', { with: { 'resolution-mode': 'import' }}).MarkedExtension;
type HeadingToken = import('marked', { with: { 'resolution-mode': 'import' }}).Tokens.Heading;
type CodeToken = import('marked', { with: { 'resolution-mode': 'import' }}).Tokens.Code;
type GenericToken = import('marked', { with: { 'resolution-mode': 'import' }}).Tokens.Generic;

/** A heading, for a table of contents. */
export interface Heading {
  readonly level: number;
  /** Plain text, to be escaped. */
  readonly text: string;
  readonly id: string;
}

export interface Prose {
  /** Not yet sanitised: Markdown may hold HTML. */
  readonly html: string;
  readonly headings: readonly Heading[];
}

/** @param used names of headings that the page has already; new ones are added */
export function markdownHtml(source: string, used: Set<string> = new Set()): Prose {
  const { Marked } = require('marked') as MarkedModule;
  const headings: Heading[] = [];
  const marked = new Marked(mathExtension, {
    renderer: {
      heading({ tokens, depth }: HeadingToken) {
        const text = this.parser.parseInline(tokens, this.parser.textRenderer).replace(/<[^>]*>/g, '');
        const id = headingId(text, used);
        headings.push({ level: depth, text, id });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code({ text, lang = '' }: CodeToken) {
        return `<pre class="code"><code>${highlighted(text, lang)}</code></pre>\n`;
      },
    },
  });
  return { html: marked.parse(source, { async: false, gfm: true }), headings };
}

function headingId(text: string, used: Set<string>): string {
  const base =
    text
      .toLowerCase()
      .replace(/&\w+;/g, '')
      .match(/[\p{L}\p{N}]+/gu)
      ?.join('-') ?? 'section';
  let id = base;
  for (let n = 2; used.has(id); n++) id = `${base}-${n}`;
  used.add(id);
  return id;
}

/** Code as HTML with a class for each kind of word; languages that are not known are only escaped. */
export function highlighted(code: string, language: string): string {
  const hljs = highlighter();
  const name = { ts: 'typescript', js: 'javascript', sh: 'bash', shell: 'bash' }[language] ?? language;
  return hljs.getLanguage(name) ? hljs.highlight(code, { language: name, ignoreIllegals: true }).value : escapeHtml(code);
}

type Highlighter = typeof import('highlight.js').default;

let loaded: Highlighter | undefined;

/** Only the languages that notebooks use: all of them would take longer to load than the page to make. */
function highlighter(): Highlighter {
  if (loaded) return loaded;
  const hljs = require('highlight.js/lib/core') as Highlighter;
  for (const name of ['typescript', 'javascript', 'json', 'bash', 'python']) {
    hljs.registerLanguage(name, require(`highlight.js/lib/languages/${name}`) as Parameters<Highlighter['registerLanguage']>[1]);
  }
  loaded = hljs;
  return hljs;
}

/** `$…$` in a line (no space inside the dollars, so that prices stay prices), `$$…$$` also over several. */
const mathExtension: MarkedExtension = {
  extensions: [
    {
      name: 'mathBlock',
      level: 'block',
      start: (source) => source.indexOf('$$'),
      tokenizer: (source) => mathToken('mathBlock', /^\$\$([^$]+)\$\$[^\S\n]*(?:\n|$)/.exec(source)),
      renderer: ({ text }) => `<p>${mathMl(String(text), true)}</p>\n`,
    },
    {
      name: 'mathInline',
      level: 'inline',
      start: (source) => source.indexOf('$'),
      tokenizer: (source) => mathToken('mathInline', /^\$\$?((?!\s)[^$\n]*[^$\s\\])\$\$?(?!\d)/.exec(source)),
      renderer: ({ text }) => mathMl(String(text), false),
    },
  ],
};

function mathToken(type: string, match: RegExpExecArray | null): GenericToken | undefined {
  return match ? { type, raw: match[0], text: (match[1] ?? '').trim() } : undefined;
}
