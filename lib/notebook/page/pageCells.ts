/** The cells of a notebook as parts of a page: prose, code, and of each output the form that says most on paper. */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { inside } from '../../util/files';
import { escapeHtml } from '../display/display';
import type { Cell, CodeCell, DataOutput, MimeData, Output, TextCell } from '../jupyter/notebookFile';
import { PLOTLY_MIME } from '../plots/figure';
import { type Heading, highlighted, markdownHtml } from './markdown';
import { sanitiseHtml } from './sanitise';

/** One cell of a page. */
export interface CellPart {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Number of interactive figures. */
  readonly figures: number;
}

export interface CellOptions {
  /** Names of headings that the page has; new ones are added. */
  readonly used: Set<string>;
  readonly folder: string | undefined;
  readonly interactive: boolean;
}

export function cellPart(cell: Cell, options: CellOptions): CellPart {
  if (cell.cell_type === 'code') return codePart(cell, options);
  if (cell.cell_type === 'raw') return { html: '', headings: [], figures: 0 };
  const { html, headings } = markdownHtml(cell.source, options.used);
  const safe = sanitiseHtml(html, (src) => prosePicture(src, cell, options.folder));
  return { html: safe.replace(/<table[\s\S]*?<\/table>/g, '<div class="scroll" tabindex="0">$&</div>'), headings, figures: 0 };
}

function codePart(cell: CodeCell, { interactive }: CellOptions): CellPart {
  const outputs = cell.outputs.map((output) => outputHtml(output, interactive));
  const code = `<pre class="code" tabindex="0"><code>${highlighted(cell.source, 'typescript')}</code></pre>`;
  const shown = hidden(cell) ? `<details><summary>Code</summary>${code}</details>` : code;
  const count = cell.execution_count === null ? '' : `<div class="count" aria-hidden="true">${cell.execution_count}</div>`;
  const input = cell.source.trim() ? count + shown : '';
  const html = `<div class="cell">${input}\n${outputs.join('\n')}</div>`;
  const figures = interactive ? cell.outputs.filter((output) => 'data' in output && PLOTLY_MIME in output.data).length : 0;
  return { html: input || outputs.length > 0 ? html : '', headings: [], figures };
}

/** Jupyter's own mark, and the tag that Jupyter Book uses. */
function hidden({ metadata }: CodeCell): boolean {
  const { jupyter, tags } = metadata as { jupyter?: { source_hidden?: unknown }; tags?: unknown };
  return jupyter?.source_hidden === true || (Array.isArray(tags) && tags.includes('hide-input'));
}

function outputHtml(output: Output, interactive: boolean): string {
  if (output.output_type === 'stream') {
    const name = output.name === 'stderr' ? 'stream stderr' : 'stream';
    return `<pre class="${name}">${escapeHtml(withoutColours(output.text.trimEnd()))}</pre>`;
  }
  if (output.output_type === 'error') {
    const [first = '', ...rest] = output.traceback.length > 0 ? output.traceback : [`${output.ename}: ${output.evalue}`];
    const lines = escapeHtml(withoutColours(rest.join('\n')));
    return `<pre class="error" role="alert"><b>${escapeHtml(withoutColours(first))}</b>${lines}</pre>`;
  }
  return dataHtml(output, interactive);
}

/** SVG is a text; as the source of an image nothing in it runs. */
const SVG = 'image/svg+xml';
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', SVG] as const;

function dataHtml({ data, metadata }: DataOutput, interactive: boolean): string {
  const mime = PICTURES.find((type) => typeof data[type] === 'string');
  if (mime) {
    const picture = pictureHtml(mime, data, metadata[mime]);
    if (!(PLOTLY_MIME in data)) return `<figure class="picture">${picture}</figure>`;
    if (!interactive) return `<figure class="chart">${picture}</figure>`;
    const json = JSON.stringify(data[PLOTLY_MIME]).replace(/</g, '\\u003c');
    return `<figure class="chart"><div class="plot">${picture}</div><script type="application/json">${json}</script></figure>`;
  }
  const { 'text/html': html, 'text/markdown': markdown, 'text/plain': text } = data;
  if (typeof html === 'string') return `<div class="output scroll" tabindex="0">${sanitiseHtml(html)}</div>`;
  if (typeof markdown === 'string') return `<div class="output">${sanitiseHtml(markdownHtml(markdown).html)}</div>`;
  return typeof text === 'string' ? `<pre class="text">${escapeHtml(withoutColours(text))}</pre>` : '';
}

function pictureHtml(mime: string, data: MimeData, size: unknown): string {
  const { width, height } = (size ?? {}) as { width?: unknown; height?: unknown };
  const known = typeof width === 'number' && typeof height === 'number' ? ` width="${width}" height="${height}"` : '';
  const given = String(data[mime]);
  const base64 = mime === SVG ? Buffer.from(given).toString('base64') : given.replace(/[^A-Za-z0-9+/=]/g, '');
  return `<img alt="${escapeHtml(data['text/plain'] ?? '')}"${known} src="data:${mime};base64,${base64}">`;
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.gif': 'image/gif', '.webp': 'image/webp' },
  ...{ '.svg': 'image/svg+xml' },
};
const LARGEST_PICTURE = 10 * 2 ** 20;

/** A picture of the prose as a data URI: pasted into the cell, or a file in the notebook's folder. */
function prosePicture(src: string, { attachments = {} }: TextCell, folder: string | undefined): string | undefined {
  if (src.startsWith('attachment:')) {
    const data = attachments[decodeURIComponent(src.slice('attachment:'.length))] ?? {};
    const [mime, base64] = Object.entries(data)[0] ?? [];
    return mime === undefined ? undefined : `data:${mime};base64,${String(base64)}`;
  }
  const type = TYPES[extname(src).toLowerCase()];
  if (!folder || !type || /^[a-z][a-z0-9+.-]*:|^\//i.test(src)) return undefined;
  try {
    const path = inside(folder, decodeURIComponent(src));
    if (statSync(path).size > LARGEST_PICTURE) return undefined;
    return `data:${type};base64,${readFileSync(path).toString('base64')}`;
  } catch {
    return undefined; // not there: the page shows the picture's text instead
  }
}

/** Terminal colours mean nothing on a page. */
function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
