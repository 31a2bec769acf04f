/**
 * An executed notebook as one HTML file that needs nothing else: prose, code and outputs on a page to read. Nothing is loaded
 * from anywhere and no script of the notebook runs: its HTML is sanitised, and the page's content security policy allows
 * pictures that stand in the page and, where interactive figures are asked for, the two scripts that this file puts there.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { knownKeys } from '../../util/check';
import { writeAtomic } from '../../util/files';
import { escapeHtml } from '../display/display';
import type { Notebook } from '../jupyter/notebookFile';
import type { Heading } from './markdown';
import { cellPart } from './pageCells';
import { PAGE_STYLE } from './pageStyle';

export interface PageOptions {
  /** Where the notebook has no heading of its own. */
  readonly title?: string;
  /** The notebook's folder: pictures that its prose names are taken from there. Default: none are. */
  readonly folder?: string;
  /** Figures that can be zoomed, with plotly.js in the page: 11 MB more. Default false. */
  readonly interactive?: boolean;
}

/** Writes a notebook's page, whole or not at all. */
export function writePage(path: string, notebook: Notebook, options: PageOptions = {}): void {
  writeAtomic(path, renderPage(notebook, { title: basename(path, '.html'), ...options }));
}

/** The page of a notebook; the same text for the same notebook. */
export function renderPage(notebook: Notebook, options: PageOptions = {}): string {
  knownKeys('page', options, ['title', 'folder', 'interactive']);
  const { title, folder, interactive = false } = options;
  const used = new Set<string>();
  const parts = notebook.cells.map((cell) => cellPart(cell, { used, folder, interactive }));
  const headings = parts.flatMap((part) => part.headings);
  const name = headings.find(({ level }) => level === 1)?.text ?? title ?? 'Notebook';
  const scripts = interactive && parts.some((part) => part.figures > 0) ? [plotlySource(), DRAW_FIGURES] : [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(name)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${contents(headings)}<main>
${parts.map((part) => part.html).join('\n')}
</main>
${scripts.map((script) => `<script>${script}</script>\n`).join('')}</body>
</html>
`;
}

/** Links to the sections, beside the text where there is room. */
function contents(headings: readonly Heading[]): string {
  const sections = headings.filter(({ level }) => level === 2);
  if (sections.length < 3) return '';
  const links = sections.map(({ id, text }) => `<a href="#${id}">${escapeHtml(text)}</a>`).join('\n');
  return `<nav aria-label="Sections">\n${links}\n</nav>\n`;
}

function policy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  const script = hashes.length > 0 ? `script-src ${hashes.join(' ')}; ` : '';
  return `default-src 'none'; ${script}style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
}

function plotlySource(): string {
  return readFileSync(require.resolve('plotly.js-dist'), 'utf8').replace(/<\/(script)/gi, '<\\/$1');
}

/** Puts the live figure where its picture stands; its data stands behind it. */
const DRAW_FIGURES = `
for (const place of document.querySelectorAll('.plot')) {
  const figure = JSON.parse(place.nextElementSibling.textContent);
  place.textContent = '';
  Plotly.newPlot(place, figure.data, { ...figure.layout, width: undefined, autosize: true }, { responsive: true, displaylogo: false });
}
`;
