/**
 * The look of a page: a column of text as in a book, figures a little wider, calm colours by day and by night, and on paper. By
 * night figures stand on white cards, a little dimmed: turned to dark, a heat map would show much as little.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfcf9; --ink: #26241f; --soft: #6d685d; --line: #e3dfd5; --block: #f5f2ea; --accent: #00639c;
  --keyword: #8a2f6b; --string: #35702f; --number: #a3500a; --title: #0b5c8f; --remark: #81796a; --bad: #a4281c; --bad-block: #fbeeea;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", "Source Serif Pro", Charter, "Bitstream Charter", Georgia, "Liberation Serif", serif;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181a; --ink: #d8d4cb; --soft: #98938a; --line: #33342f; --block: #1f2022; --accent: #6db8e8;
    --keyword: #d79ac0; --string: #9cc58d; --number: #e0a872; --title: #86c1ea; --remark: #837d72; --bad: #ee968b; --bad-block: #2b1e1c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.1875rem/1.62 var(--serif); font-kerning: normal; text-rendering: optimizeLegibility; }
main { width: min(42rem, 100% - 2.5rem); margin: 0 auto; padding: 4.5rem 0 5rem; overflow-wrap: break-word; }
h1, h2, h3, h4 { font-weight: 600; line-height: 1.22; text-wrap: balance; margin: 2.6em 0 .7em; }
h1 { font-size: 2.35rem; letter-spacing: -.012em; margin-top: 0; }
h2 { font-size: 1.58rem; }
h3 { font-size: 1.24rem; margin-top: 2em; }
h4 { font-size: 1.06rem; font-style: italic; margin-top: 1.8em; }
p, ul, ol, blockquote { margin: 0 0 1.05em; hanging-punctuation: first last; }
h1 + p { font-size: 1.14em; line-height: 1.55; color: var(--soft); }
ul, ol { padding-left: 1.35em; }
li > p { margin-bottom: .4em; }
li::marker { color: var(--soft); }
a { color: var(--accent); text-decoration-thickness: .06em; text-underline-offset: .18em; }
blockquote { margin-inline: 0; padding-left: 1.2em; border-left: 2px solid var(--line); color: var(--soft); font-style: italic; }
hr { width: 5em; margin: 3em auto; border: 0; border-top: 1px solid var(--line); }
code, pre, kbd { font-family: var(--mono); font-size: .815em; font-variant-ligatures: none; }
:not(pre) > code { padding: .08em .3em; border-radius: .25em; background: var(--block); }
code.tex { background: none; font-style: italic; }
math { font-size: 1.06em; }
p > math[display=block] { margin: 1.1em 0; padding-block: .2em; overflow: auto hidden; }
pre { margin-block: 1.3em; padding: .95em 1.15em; border-radius: .4rem; overflow-x: auto; line-height: 1.55; tab-size: 2; font-size: .78em; }
pre code { font-size: inherit; }
.code { background: var(--block); }
.cell { position: relative; margin: 1.5em 0 1.9em; }
.cell > .code { margin-block: 0; }
.cell > details > summary { color: var(--soft); font-size: .85em; cursor: pointer; }
.count { position: absolute; right: 100%; top: 1.25em; margin-right: 3.6rem; color: var(--soft); opacity: .7; font: .7em/1 var(--mono); }
.output { margin-top: .95em; }
.stream, .text { padding: 0 0 0 1.15em; border-left: 2px solid var(--line); border-radius: 0; margin-block: .95em; color: var(--soft); white-space: pre-wrap; }
.stderr { border-color: var(--number); }
.error { background: var(--bad-block); color: var(--bad); white-space: pre-wrap; margin-block: .95em; }
.error b { display: block; }
figure { margin: 1.2em 0; }
.chart, .picture, .cell > .code, .cell > details, .cell > pre, p:has(> math[display=block]) {
  --wide: min(47.5rem, 100vw - 2.5rem); width: var(--wide); margin-inline: calc((100% - var(--wide)) / 2);
}
.chart img, .picture img { mix-blend-mode: multiply; }
.chart img, .picture img { display: block; max-width: 100%; height: auto; margin: 0 auto; border-radius: .3rem; }
img { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; margin: 1.2em 0; }
table { border-collapse: collapse; margin: 0 auto; font-size: .88em; line-height: 1.4; font-variant-numeric: lining-nums tabular-nums; border-block: 1.5px solid var(--ink); }
caption { caption-side: top; padding-bottom: .6em; color: var(--soft); font-style: italic; }
th, td { padding: .38em .85em; text-align: left; vertical-align: baseline; }
th { font-weight: 600; border-bottom: 1px solid var(--ink); }
tbody tr + tr td { border-top: 1px solid var(--line); }
nav { display: none; }
footer { margin-top: 5em; padding-top: 1.2em; border-top: 1px solid var(--line); color: var(--soft); font-size: .8em; }
.hljs-keyword, .hljs-built_in, .hljs-literal { color: var(--keyword); }
.hljs-string, .hljs-regexp, .hljs-template-variable { color: var(--string); }
.hljs-number { color: var(--number); }
.hljs-title, .hljs-attr, .hljs-property { color: var(--title); }
.hljs-title.class_, .hljs-type { color: var(--number); }
.hljs-comment { color: var(--remark); font-style: italic; }
.hljs-variable.language_ { color: var(--keyword); }
@media (min-width: 78rem) {
  nav { display: block; position: fixed; top: 4.9rem; left: max(1.5rem, 50% - 38.5rem); width: 12.5rem; font-size: .78rem; line-height: 1.4; }
  nav a { display: block; padding: .28em 0; color: var(--soft); text-decoration: none; }
  nav a:hover { color: var(--accent); }
}
@media (max-width: 48rem) {
  body { font-size: 1.06rem; line-height: 1.56; }
  main { padding: 2rem 0 3rem; }
  h1 { font-size: 1.85rem; }
  h2 { font-size: 1.38rem; }
  .count { display: none; }
  pre { padding: .8em .9em; font-size: .76em; }
}
@media (prefers-color-scheme: dark) {
  .chart img, .picture img, .plot { mix-blend-mode: normal; background: #fff; border-radius: .5rem; filter: brightness(.92); }
  .picture img { padding: .9rem; }
  .chart img { padding: .3rem; }
  .plot { overflow: hidden; }
  .plot img { filter: none; }
}
@media print {
  body { font-size: 10.5pt; background: none; }
  main { width: 100%; padding: 0; }
  nav { display: none; }
  .cell, figure, table { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
