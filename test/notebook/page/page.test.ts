/** Pages of notebooks: what they show, and what they must never let through. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Cell, Notebook, Output, TextCell } from 'iekd/dist/notebook/jupyter/notebookFile';
import { highlighted, markdownHtml } from 'iekd/dist/notebook/page/markdown';
import { type PageOptions, renderPage } from 'iekd/dist/notebook/page/page';
import { codeCell } from '../cells';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const prose = (source: string, more: Partial<TextCell> = {}): TextCell => ({
  cell_type: 'markdown',
  source,
  metadata: {},
  ...more,
});
const code = (source: string, ...outputs: Output[]): Cell => ({ ...codeCell(source), execution_count: 1, outputs });
const shows = (data: Record<string, unknown>, metadata = {}): Output => ({ output_type: 'display_data', data, metadata });
const page = (cells: readonly Cell[], options: PageOptions = {}): string =>
  renderPage({ cells: [...cells], metadata: {}, nbformat: 4, nbformat_minor: 5 } satisfies Notebook, options);
/** The part of a page between the tags of `main`. */
const body = (cells: readonly Cell[], options?: PageOptions): string =>
  /<main>\n([\s\S]*)\n<\/main>/.exec(page(cells, options))?.[1] ?? '';

describe('prose', () => {
  it('names its headings once each', () => {
    const used = new Set<string>();
    const { headings, html } = markdownHtml('# A *title* & more\n\n## Same\n\n## Same\n\n## ???', used);
    assert.deepEqual(
      headings.map(({ id, level }) => [id, level]),
      [
        ['a-title-more', 1],
        ['same', 2],
        ['same-2', 2],
        ['section', 2],
      ],
    );
    assert.ok(html.includes('<h1 id="a-title-more">A <em>title</em> &amp; more</h1>'));
    assert.equal(headings[0]?.text, 'A title & more');
    assert.deepEqual(markdownHtml('## Same', used).headings[0]?.id, 'same-3');
  });
  it('colours code it knows, escapes the rest', () => {
    assert.match(highlighted('const a = 1;', 'ts'), /<span class="hljs-keyword">const<\/span>/);
    assert.equal(highlighted('<b>', 'klingon'), '&lt;b&gt;');
  });
});

describe('a page', () => {
  it('is the same for the same notebook, with the title of its first heading', () => {
    const cells = [
      prose('# My *title* <b>x</b>'),
      code('const a = 1;', shows({ 'image/png': PIXEL, 'text/plain': 'a "dot"' }, { 'image/png': { width: 3, height: 4 } })),
    ];
    assert.equal(page(cells), page(cells));
    assert.match(page(cells), /<title>My title x<\/title>/);
    assert.match(page([prose('# a & <script>x</script>')]), /<title>a &amp; x<\/title>/);
    assert.match(page([], { title: '<x>' }), /<title>&lt;x&gt;<\/title>/);
    assert.ok(
      body(cells).includes(
        `<figure class="picture"><img alt="a &quot;dot&quot;" width="3" height="4" src="data:image/png;base64,${PIXEL}"></figure>`,
      ),
    );
  });

  it('stands figures on white by night, in their own colours', () => {
    const night = page([]).split('@media (prefers-color-scheme: dark)').at(-1) ?? '';
    assert.match(night, /\.chart img, \.picture img, \.plot \{ [^}]*background: #fff; border-radius/);
    assert.doesNotMatch(night, /invert|hue-rotate/);
  });

  it('refuses options it does not know', () => {
    const message = 'page: expected options among title, folder, interactive, received "theme"';
    assert.throws(() => page([], { theme: 'dark' } as PageOptions), { message });
  });

  it('lets nothing load and nothing run', () => {
    const hostile = '<script src="https://a.example/x.js"></script><img src="https://a.example/p.png" onerror="alert(1)">';
    const cells = [
      prose(`${hostile}\n\n![x](https://a.example/y.png) [l](javascript:alert(1))`),
      code(
        '"</code><script>alert(1)</script>"',
        shows({ 'text/html': hostile }),
        shows({ 'text/markdown': hostile }),
        {
          output_type: 'stream',
          name: 'stdout',
          text: hostile,
        },
        { output_type: 'error', ename: 'E', evalue: hostile, traceback: [hostile, hostile] },
        shows({ 'image/png': `${PIXEL}" onload="alert(1)` }),
        shows({ 'text/plain': hostile }),
      ),
    ];
    const html = page(cells);
    assert.ok(
      html.includes(
        `content="default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"`,
      ),
    );
    assert.equal(html.match(/<script/g), null);
    assert.equal(html.match(/<[^>]*\son\w+=/g), null);
    assert.equal(html.match(/<[^>]*(src|href)="(?!data:image\/|#)[^"]*"/g), null);
  });

  it('shows of each output the richest form that paper can hold', () => {
    const plotly = { 'application/vnd.plotly.v1+json': { data: [] }, 'image/png': PIXEL, 'text/plain': 'figure' };
    const cells = [
      code(
        '1',
        shows(plotly),
        shows({ 'text/html': '<b>b</b>', 'text/plain': 'b' }),
        shows({ 'image/svg+xml': '<svg onload="alert(1)">ü</svg>', 'text/plain': 'drawn' }),
        shows({ 'text/plain': 'c' }),
        shows({ 'application/json': {} }),
      ),
    ];
    const html = body(cells);
    assert.ok(html.includes('<figure class="chart"><img alt="figure"'));
    assert.ok(html.includes('<div class="output scroll" tabindex="0"><b>b</b></div>'));
    const svg = Buffer.from('<svg onload="alert(1)">ü</svg>').toString('base64');
    assert.ok(html.includes(`<figure class="picture"><img alt="drawn" src="data:image/svg+xml;base64,${svg}"></figure>`));
    assert.ok(html.includes('<pre class="text">c</pre>'));
  });

  it('shows errors and streams without their colours', () => {
    const cells = [
      code(
        '1',
        { output_type: 'stream', name: 'stderr', text: '\u001b[31mred\u001b[0m\n' },
        { output_type: 'error', ename: 'E', evalue: 'v', traceback: [] },
      ),
    ];
    assert.ok(body(cells).includes('<pre class="stream stderr">red</pre>\n<pre class="error" role="alert"><b>E: v</b></pre>'));
  });

  it('folds code away where the notebook does, and leaves raw and empty cells out', () => {
    const folded: Cell = { ...codeCell('secret()'), metadata: { jupyter: { source_hidden: true } } };
    assert.match(body([folded]), /^<div class="cell"><details><summary>Code<\/summary>/);
    assert.match(body([{ ...folded, metadata: { tags: ['hide-input'] } }]), /<details>/);
    assert.equal(body([{ cell_type: 'raw', source: 'raw', metadata: {} }, codeCell('')]), '\n');
  });

  it('lists its sections from three on', () => {
    assert.ok(!page([prose('## One\n\n## Two')]).includes('<nav'));
    const html = page([prose('## One'), prose('## Two & a half\n\n## Three')]);
    assert.match(
      html,
      /<nav[^>]*>\n<a href="#one">One<\/a>\n<a href="#two-a-half">Two &amp; a half<\/a>\n<a href="#three">Three<\/a>\n<\/nav>/,
    );
  });

  it('takes pictures of the prose from the cell and from the notebook’s folder, from nowhere else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'iekd-page-'));
    try {
      writeFileSync(join(folder, 'a b.png'), Buffer.from(PIXEL, 'base64'));
      const found = `src="data:image/png;base64,${PIXEL}"`;
      const attached = prose('![x](attachment:p.png)', { attachments: { 'p.png': { 'image/png': PIXEL } } });
      assert.ok(body([attached]).includes(found));
      assert.ok(body([prose('![x](a%20b.png)')], { folder }).includes(found));
      for (const path of ['a%20b.png', '../../etc/passwd.png', '/etc/passwd.png', 'file:///a.png', 'none.png', '%E0%A4.png']) {
        const options = path === 'a%20b.png' ? {} : { folder };
        assert.ok(!body([prose(`![x](${path})`)], options).includes('src='), path);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('with interactive figures runs two scripts of its own, named by their hashes, and no other', () => {
    const plotly = { data: [{ name: '</script><script>alert(1)</script>' }], layout: {} };
    const cells = [
      code('1', shows({ 'application/vnd.plotly.v1+json': plotly, 'image/png': PIXEL, 'text/plain': 'f' })),
      prose('<script>alert(2)</script>'),
    ];
    const html = page(cells, { interactive: true });
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
    assert.equal(scripts.length, 2);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
    assert.ok(policy.includes(`script-src ${hashes.join(' ')};`));
    assert.equal(html.match(/alert\(2\)/), null);
    const json = /<script type="application\/json">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    assert.deepEqual(JSON.parse(json), plotly);
    assert.ok(!page([prose('no figures')], { interactive: true }).includes('<script'));
  });
});
