/** Formulas of the prose as MathML, and what is no formula. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markdownHtml } from 'iekd/dist/notebook/page/markdown';
import { mathMl } from 'iekd/dist/notebook/page/mathml';

describe('formulas', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['x', '<mi>x</mi>'],
    ['2.5a', '<mrow><mn>2.5</mn><mi>a</mi></mrow>'],
    ['a-b', '<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>'],
    ['\\alpha\\cdot\\beta', '<mrow><mi>α</mi><mo>⋅</mo><mi>β</mi></mrow>'],
    ['x_i^2', '<msubsup><mi>x</mi><mi>i</mi><mn class="tml-sml-pad">2</mn></msubsup>'],
    ['x^{a+1}', '<msup><mi>x</mi><mrow class="tml-sml-pad"><mi>a</mi><mo>+</mo><mn>1</mn></mrow></msup>'],
    ['\\sum_i x', '<mrow><msub><mo movablelimits="false">∑</mo><mi>i</mi></msub><mi>x</mi></mrow>'],
    ['\\frac{1}{n}', '<mfrac><mn>1</mn><mi>n</mi></mfrac>'],
    ['\\mathcal{L}_{\\text{ce a}}', '<msub><mi class="mathcal">ℒ</mi><mtext>ce\u00a0a</mtext></msub>'],
    ['\\mathbb{R}\\mathcal{T}', '<mrow><mi>ℝ</mi><mi class="mathcal">𝒯</mi></mrow>'],
    ['\\hat{y}', '<mover><mi>y</mi><mo stretchy="false" class="chr-sml wbk-sml-acc" style="math-depth:0;">ˆ</mo></mover>'],
    [
      '\\left\\| f \\right\\|_2',
      '<msub><mrow><mo fence="true" form="prefix" stretchy="true">‖</mo><mi>f</mi><mo fence="true" form="postfix" stretchy="true">‖</mo></mrow><mn>2</mn></msub>',
    ],
    ['a < b & c', ''],
    ['\\unknown{x}', ''],
    ['{x', ''],
    ['x}', ''],
    ['\\text{<script>}', '<mtext>&lt;script&gt;</mtext>'],
    ['\\href{javascript:x}{y}', ''],
    ['\\includegraphics{https://a.example/x.png}', ''],
    ['\\def\\a{\\a\\a}\\a', ''],
    [`${'{'.repeat(3000)}`, ''],
  ];
  for (const [tex, expected] of cases) {
    it(tex.slice(0, 40), () => {
      const escaped = tex.replace('&', '&amp;').replace('<', '&lt;');
      const wanted = expected ? `<math>${expected}</math>` : `<code class="tex">${escaped}</code>`;
      assert.equal(mathMl(tex, false), wanted);
    });
  }
  it('stand between dollars, prices do not', () => {
    assert.match(markdownHtml('it is $a_1 * b_1$ here').html, /^<p>it is <math>.*<\/math> here<\/p>/);
    assert.match(markdownHtml('$$\na\n$$\n').html, /^<p><math display="block" /);
    for (const text of ['costs $5 and $6', 'a $ b $ c', 'only $one']) assert.equal(markdownHtml(text).html, `<p>${text}</p>\n`);
    assert.equal(markdownHtml('`$a$`').html, '<p><code>$a$</code></p>\n');
  });
});
