/** Tables as HTML and as text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataFrame } from 'iekd/dist/notebook/display/dataFrame';
import { type Row, showTable, type TableOptions, tableBundle } from 'iekd/dist/notebook/display/table';
import { shown } from '../shown';

const ROWS: readonly Row[] = [
  { method: 'alone', accuracy: 83.2123, images: 60000 },
  { method: 'IE-FT', accuracy: 87, images: 1234, note: 'ours' },
];

const TEXTS: readonly (readonly [string, readonly Row[], TableOptions, string])[] = [
  [
    'numbers to the right, words to the left, columns of all rows',
    ROWS,
    {},
    'method  accuracy  images  note\n──────  ────────  ──────  ────\nalone      83.21  60,000  –\nIE-FT      87.00    1234  ours',
  ],
  ['digits for all', ROWS, { digits: 1, columns: ['accuracy'] }, 'accuracy\n────────\n    83.2\n    87.0'],
  [
    'digits by column',
    ROWS,
    { digits: { accuracy: 0 }, columns: ['images', 'accuracy'] },
    'images  accuracy\n──────  ────────\n60,000        83\n  1234        87',
  ],
  [
    'a caption, and the number of rows left out',
    ROWS,
    { caption: 'Results', columns: ['method'], mostRows: 1 },
    'Results\n\nmethod\n──────\nalone\n… 2 rows in all',
  ],
  [
    'signs, infinities and nothing',
    [{ a: -0.5 }, { a: Number.POSITIVE_INFINITY }, { a: Number.NEGATIVE_INFINITY }, { a: Number.NaN }, { a: null }],
    {},
    '   a\n────\n−0.5\n   ∞\n  −∞\n   –\n   –',
  ],
  ['small numbers keep six digits after the point', [{ a: 0.000123456 }, { a: 2 }], {}, '       a\n────────\n0.000123\n2.000000'],
  ['words and numbers mixed stand to the left', [{ a: 'x' }, { a: 1.5 }], {}, 'a\n───\nx\n1.5'],
  ['no rows', [], { columns: ['a'] }, 'a\n─'],
];

describe('tables', () => {
  for (const [name, rows, options, text] of TEXTS) it(name, () => assert.equal(tableBundle(rows, options)['text/plain'], text));

  it('are escaped everywhere', () => {
    const html = tableBundle([{ '<i>&': '<script>alert("1")</script>' }], { caption: '<b>' })['text/html'];
    const expected =
      '<table>\n<caption style="text-align:left">&lt;b&gt;</caption>\n<thead><tr><th style="text-align:left">&lt;i&gt;&amp;</th></tr></thead>\n' +
      '<tbody>\n<tr><td style="text-align:left">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</td></tr>\n</tbody>\n</table>';
    assert.equal(html, expected);
  });

  it('set the best of a column in bold', () => {
    const html = String(
      tableBundle(ROWS, { columns: ['accuracy', 'images'], best: { accuracy: 'max', images: 'min' } })['text/html'],
    );
    assert.deepEqual(html.match(/<strong>[^<]*/g), ['<strong>87.00', '<strong>1234']);
  });

  it('take danfo frames, with their index where it says something', () => {
    const frame = dataFrame([
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
      { k: 'b', v: 5 },
    ]);
    assert.equal(tableBundle(frame)['text/plain'], 'k  v\n─  ─\na  1\nb  2\nb  5');
    assert.equal(tableBundle(frame.groupby(['k']).col(['v']).mean())['text/plain'], 'k  v_mean\n─  ──────\na     1.0\nb     3.5');
    const labelled = { columns: ['v'], values: [[1], [2]], index: ['x', 'y'] };
    assert.equal(tableBundle(labelled)['text/plain'], '   v\n─  ─\nx  1\ny  2');
  });

  it('are shown once', async () => {
    const [message, ...more] = await shown(() => showTable(ROWS));
    assert.deepEqual(more, []);
    assert.deepEqual(Object.keys(message?.data ?? {}), ['text/html', 'text/plain']);
  });

  const refused: readonly (readonly [object, string])[] = [
    [{ digit: 1 }, 'showTable: expected options among caption, columns, digits, best, mostRows, received "digit"'],
    [{ columns: ['Accuracy'] }, 'showTable: expected columns among method, accuracy, images, note, received "Accuracy"'],
    [{ best: { top1: 'max' } }, 'showTable: expected columns among method, accuracy, images, note, received "top1"'],
    [{ digits: { top1: 2 } }, 'showTable: expected columns among method, accuracy, images, note, received "top1"'],
  ];
  for (const [options, message] of refused) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.throws(() => tableBundle(ROWS, options as TableOptions), { message }));
  }
});
