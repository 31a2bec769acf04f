/** HTML of notebooks: what may stand in a page, and what must never get through; each with the exact result. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mathMl } from 'iekd/dist/notebook/page/mathml';
import { sanitiseHtml } from 'iekd/dist/notebook/page/sanitise';

describe('sanitised HTML', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<p class="a">text <b>bold</b></p>', '<p class="a">text <b>bold</b></p>'],
    ['<script>alert(1)</script>x', 'x'],
    ['<img src="data:image/png;base64,AAAA" onerror="alert(1)">', '<img src="data:image/png;base64,AAAA">'],
    ['<img src="https://a.example/x.png" alt="x">', '<img alt="x">'],
    ['<img src="data:text/html,<script>">', '<img>'],
    ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href=" java\nscript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="JaVaScRiPt:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
    [
      '<a href="https://example.org/?a:b">x</a><a href="#top">y</a><a href="01.ipynb">z</a>',
      '<a href="https://example.org/?a:b">x</a><a href="#top">y</a><a href="01.ipynb">z</a>',
    ],
    ['<iframe src="https://a.example"></iframe><object data="x"></object><embed src="x">', ''],
    ['<meta http-equiv="refresh" content="0;url=https://a.example"><base href="https://a.example">', ''],
    ['<form action="https://a.example"><input name="a"><button>go</button></form>', 'go'],
    ['<style>body{display:none}</style><link rel="stylesheet" href="x">', ''],
    ['<p style="color:red">a</p>', '<p style="color:red">a</p>'],
    ['<p style="background:url(https://a.example/x)">a</p>', '<p>a</p>'],
    ['<p style="background:u\\72l(x)">a</p>', '<p>a</p>'],
    ['<div style="position: fixed">a</div>', '<div>a</div>'],
    [
      '<svg viewBox="0 0 1 1"><path d="M0 0" onclick="x"></path><script>1</script></svg>',
      '<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>',
    ],
    [
      '<svg><use href="https://a.example#x"></use><a href="javascript:x"><text>t</text></a></svg>',
      '<svg><a><text>t</text></a></svg>',
    ],
    [
      '<svg><foreignObject><p onclick="x">p</p></foreignObject><animate attributeName="href" to="javascript:x"></animate></svg>',
      '<svg></svg>',
    ],
    ['<!-- comment --><custom-thing onclick="x">inside</custom-thing>', 'inside'],
    [
      '<table><tr><td colspan="2" onmouseover="x">1</td></tr></table>',
      '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
    ],
    ['<noscript><img src=x onerror=alert(1)></noscript><textarea><img src=x></textarea>', ''],
    [
      '<math><mi>x</mi><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>',
      '<math><mi>x</mi></math>',
    ],
    // markup that a second reading would take differently
    [
      '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
      '<math><mtext><img><table></table></mtext></math>',
    ],
    ['<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>', '<math><mtext></mtext></math>'],
    ['<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">', '<svg></svg><p></p><img>"&gt;'],
    ['<svg><title><![CDATA[</title><img src=x onerror=alert(1)>]]></svg>', '<svg></svg>'],
    ['<template><img src=x onerror=alert(1)></template><xmp><img src=x></xmp><plaintext><b>x', ''],
    ['<p title="--&gt;">a</p>', '<p>a</p>'],
    // links
    ['<a href="vbscript:x">x</a>', '<a>x</a>'],
    ['<a href="\u0001javascript:x">x</a>', '<a>x</a>'],
    ['<a href="java&#10;script:x">x</a><a href="&#106;avascript:x">y</a>', '<a>x</a><a>y</a>'],
    ['<svg><a xlink:href="javascript:x">x</a></svg>', '<svg><a>x</a></svg>'],
    ['<math href="javascript:x"><mi xlink:href="javascript:x">x</mi></math>', '<math><mi>x</mi></math>'],
    ['<math><maction actiontype="statusline#https://a.example"><mi>x</mi></maction></math>', '<math><mi>x</mi></math>'],
    ['<a ping="https://a.example" target="_top" download href="#a">x</a>', '<a href="#a">x</a>'],
    // what would be loaded
    ['<img srcset="https://a.example/x 2x" src="data:image/png;base64,AA">', '<img src="data:image/png;base64,AA">'],
    ['<input type=image src="data:image/png;base64,AA">', ''],
    ['<video src="https://a.example/x"><source src="x"></video><audio src=x></audio>', ''],
    [
      '<svg><rect fill="url(#a)" width="1"></rect><rect fill="url(https://a.example/#a)"></rect></svg>',
      '<svg><rect fill="url(#a)" width="1"></rect><rect></rect></svg>',
    ],
    ['<svg><set attributeName="href" to="javascript:x"></set><image href="https://a.example/x"></image></svg>', '<svg></svg>'],
    ['<svg><style>@import "https://a.example"</style><text>t</text></svg>', '<svg><text>t</text></svg>'],
    ['<p style="behavior:expression(1)">a</p><p style="@import x">b</p>', '<p>a</p><p>b</p>'],
    ['<p style="background:image-set(x 1x)">a</p><p style="background:URL (x)">b</p>', '<p>a</p><p>b</p>'],
    ['<p style="position:sticky">a</p>', '<p>a</p>'],
    // events, names
    ['<p onclick\n=x ONLOAD=y>a</p>', '<p>a</p>'],
    ['<marquee onstart=alert(1)>m</marquee><dialog open>d</dialog><portal src=x></portal>', 'md'],
    ['<p name="body" data-x="1" aria-label="x" role="x" slot="y">a</p>', '<p>a</p>'],
    // harmless
    ['<h2 id="title">t</h2><h2 id="links">l</h2>', '<h2 id="title">t</h2><h2 id="links">l</h2>'],
    ['<p title="a: b">a</p><img alt="c: d">', '<p title="a: b">a</p><img alt="c: d">'],
    ['<b>unclosed <i>both', '<b>unclosed <i>both</i></b>'],
    ['', ''],
  ];
  for (const [html, expected] of cases) it(html || 'nothing', () => assert.equal(sanitiseHtml(html), expected));

  it('asks for each picture, and takes data URIs of pictures only', () => {
    const pictures: Readonly<Record<string, string>> = {
      'a.png': 'data:image/png;base64,AAAA',
      'b.png': 'https://a.example/b.png',
    };
    const html = '<img src="a.png"><img src="b.png"><img src="c.png">';
    assert.equal(
      sanitiseHtml(html, (src) => pictures[src]),
      '<img src="data:image/png;base64,AAAA"><img><img>',
    );
    assert.equal(sanitiseHtml(html), '<img><img><img>');
  });

  it('leaves every formula of the pages as Temml writes it', () => {
    const formulas = [
      'L = L_{task} + \\beta \\sum_{k} \\text{mean}\\,\\Big| \\frac{h_k(M_S)}{\\lVert M_S\\rVert_2} - \\sqrt{\\hat{y}} \\Big|',
      '\\mathbb{R}^{h \\times w},\\qquad \\left\\| F \\right\\|_1 \\underbrace{a}_{b}',
    ];
    for (const tex of formulas)
      for (const block of [true, false]) assert.equal(sanitiseHtml(mathMl(tex, block)), mathMl(tex, block));
  });
});
