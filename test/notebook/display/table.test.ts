/** Tables as HTML and as text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataFrame } from 'iekd/dist/notebook/display/dataFrame';
import { fittedTable, type Row, showTable, type TableOptions, tableBundle } from 'iekd/dist/notebook/display/table';
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
    '   a\n────\n−0.5\n   ∞\n  −∞\n NaN\n   –',
  ],
  [
    'what six digits would show as 0',
    [{ a: 1e-12 }, { a: 0.5 }, { a: -1.23456e-7 }, { a: 0 }],
    {},
    '        a\n─────────\n    1e-12\n      0.5\n−1.235e-7\n      0.0',
  ],
  [
    'what would be a row of digits',
    [{ a: 1e21 }, { a: 123_456 }, { a: 1.5e300 }],
    {},
    '      a\n───────\n   1e21\n123,456\n1.5e300',
  ],
  ['digits that were asked for', [{ a: 1e-12 }], { digits: 2 }, '   a\n────\n0.00'],
  [
    'whatever a cell holds',
    [
      { a: 12345n },
      { a: new Date(0) },
      { a: new Date('x') },
      { a: [1, [2, { b: 3 }]] },
      { a: new Float32Array([1, 2]) },
      { a: new Map([['k', 1]]) },
      { a: { toString: 1 } },
      { a: Symbol('s') },
      { a: true },
      { a: undefined },
    ],
    {},
    [
      ...['a', '────────────────────────', '12,345', '1970-01-01T00:00:00.000Z', 'no date', '[ 1, [ 2, { b: 3 } ] ]'],
      ...['Float32Array(2) [ 1, 2 ]', "Map(1) { 'k' => 1 }", '{ toString: 1 }', 'Symbol(s)', 'true', '–'],
    ].join('\n'),
  ],
  [
    'a long text is cut, and its line breaks do not tear the table',
    [{ a: `x\ny${'z'.repeat(600)}`, b: 1 }],
    { columns: ['b', 'a'] },
    `b  a\n─  ${'─'.repeat(500)}\n1  x y${'z'.repeat(496)}…`,
  ],
  [
    'many columns are counted',
    [Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`c${i}`, i]))],
    { mostColumns: 2 },
    'c0  c1\n──  ──\n 0   1\n… 60 columns in all',
  ],
  [
    'many rows and columns',
    [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
    { mostColumns: 1, mostRows: 1 },
    'a\n─\n1\n… 2 rows and 2 columns in all',
  ],
  ['small numbers keep six digits after the point', [{ a: 0.000123456 }, { a: 2 }], {}, '       a\n────────\n0.000123\n2.000000'],
  ['words and numbers mixed stand to the left', [{ a: 'x' }, { a: 1.5 }], {}, 'a\n───\nx\n1.5'],
  ['no rows', [], { columns: ['a'] }, 'a\n─\nno rows'],
  ['nothing at all', [], {}, 'no rows'],
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

  it('take NaN of a frame for what danfo means by it: missing', () => {
    assert.equal(tableBundle({ columns: ['v'], values: [[Number.NaN], [2]], index: [0, 1] })['text/plain'], 'v\n─\n–\n2');
  });

  const rows: readonly (readonly [unknown, string])[] = [
    [undefined, 'showTable: expected a list of plain objects, one a row, or a data frame, received undefined'],
    [{ a: 1 }, 'showTable: expected a list of plain objects, one a row, or a data frame, received {"a":1}'],
    [[{ a: 1 }, 3], 'showTable: row 1: expected a plain object: values by column, received 3'],
  ];
  for (const [given, message] of rows) {
    it(`refuse ${JSON.stringify(given)}`, () => assert.throws(() => tableBundle(given as Row[]), { message }));
  }

  const refused: readonly (readonly [object, string])[] = [
    [
      { digit: 1 },
      'showTable: expected options among caption, columns, digits, best, mostRows, mostColumns, received "digit"; did you mean "digits"?',
    ],
    [{ mostRows: 0 }, 'showTable: mostRows: expected an integer from 1, received 0'],
    [{ columns: ['Accuracy'] }, 'showTable: expected columns among method, accuracy, images, note, received "Accuracy"'],
    [{ best: { top1: 'max' } }, 'showTable: expected columns among method, accuracy, images, note, received "top1"'],
    [{ digits: { top1: 2 } }, 'showTable: expected columns among method, accuracy, images, note, received "top1"'],
  ];
  for (const [options, message] of refused) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.throws(() => tableBundle(ROWS, options as TableOptions), { message }));
  }
});

const REASONS: readonly Row[] = [
  { engine: 'tensorflow', usable: 'no', threads: 12, reason: 'the optional package is not installed; run npm install' },
  { engine: 'portable', usable: 'yes', threads: 1, reason: '/a/path/without/any/space/in/it' },
];

describe('tables fitted to a width', () => {
  const table: readonly (readonly [number, string])[] = [
    [
      60,
      `engine      usable  threads  reason
──────────  ──────  ───────  ───────────────────────────────
tensorflow  no           12  the optional package is not
                             installed; run npm install
portable    yes           1  /a/path/without/any/space/in/it`,
    ],
    [
      43,
      `engine      usable  threads  reason
──────────  ──────  ───────  ──────────────
tensorflow  no           12  the optional
                             package is not
                             installed; run
                             npm install
portable    yes           1  /a/path/withou
                             t/any/space/in
                             /it`,
    ],
    [
      30,
      `engine   tensorflow
usable   no
threads  12
reason   the optional package
         is not installed; run
         npm install

engine   portable
usable   yes
threads  1
reason   /a/path/without/any/s
         pace/in/it`,
    ],
  ];
  for (const [width, text] of table) it(`${width} characters`, () => assert.equal(fittedTable(REASONS, width), text));
  it('are as the others where there is room', () =>
    assert.equal(fittedTable(REASONS, 200, { caption: 'A' }), tableBundle(REASONS, { caption: 'A' })['text/plain']));
  it('never have a longer line, however narrow', () => {
    for (let width = 1; width < 90; width++) {
      for (const line of fittedTable(REASONS, width, { caption: 'what can compute here' }).split('\n')) {
        assert.ok(line.length <= Math.max(width, 4), `${width}: ${line}`); // 4: a character of each name and value, and the gap
      }
    }
  });
});
