/** Kinds of values, and what is shown of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { representations, type Shown } from 'iekd/dist/kernel/display/representation';

const { of } = representations();
const data = (value: unknown): Record<string, unknown> => (of(value) as Shown).bundle.data;

/** What tfjs's tensors have, as far as it is read. */
function tensor(shape: readonly number[], values: readonly number[], dtype = 'float32', more: object = {}): object {
  return {
    shape,
    dtype,
    size: values.length,
    dataSync: () => Float32Array.from(values),
    toString: () => `Tensor\n    ${values.join(',')}`,
    ...more,
  };
}

const image = (shape: readonly number[], value = 0.5): object =>
  tensor(shape, new Array<number>(shape.reduce((a, b) => a * b)).fill(value));

const FRAME = {
  columns: ['name', 'error'],
  values: [
    ['a<b', 8.75],
    [null, 1 / 3],
  ],
  index: [0, 'row'],
  dtypes: ['string', 'float32'],
};

const SIGNED = (bytes: readonly number[]): Uint8Array => Uint8Array.from([...bytes, ...new Array<number>(20).fill(0)]);

/** A value, and its data by MIME type. */
const SHOWN: readonly (readonly [name: string, value: unknown, data: Record<string, unknown>])[] = [
  ['a number', 42, { 'text/plain': '42' }],
  ['a text', 'a\nb', { 'text/plain': "'a\\nb'" }],
  ['nested objects', { a: { b: { c: { d: 1 } } } }, { 'text/plain': '{ a: { b: { c: [Object] } } }' }],
  [
    'an object that throws when it is looked at',
    {
      get [Symbol.for('nodejs.util.inspect.custom')]() {
        throw new Error('no');
      },
    },
    { 'text/plain': '{}' },
  ],
  [
    'PNG bytes',
    SIGNED([137, 80, 78, 71, 13, 10, 26, 10]),
    { 'image/png': `iVBORw0KGgo${'A'.repeat(27)}==`, 'text/plain': 'PNG picture, 28 bytes' },
  ],
  ['JPEG bytes', Uint8Array.from([0xff, 0xd8, 0xff]), { 'image/jpeg': '/9j/', 'text/plain': 'JPEG picture, 3 bytes' }],
  ['GIF bytes', Buffer.from('GIF89a'), { 'image/gif': 'R0lGODlh', 'text/plain': 'GIF picture, 6 bytes' }],
  ['WebP bytes', Buffer.from('RIFF1234WEBP'), { 'image/webp': 'UklGRjEyMzRXRUJQ', 'text/plain': 'WebP picture, 12 bytes' }],
  ['other bytes', Uint8Array.from([1, 2]), { 'text/plain': 'Uint8Array(2) [ 1, 2 ]' }],
  [
    'a Plotly figure',
    { data: [{ x: Float32Array.from([1, 2]) }], layout: {} },
    { 'application/vnd.plotly.v1+json': { data: [{ x: [1, 2] }], layout: {} }, 'text/plain': 'Plotly figure with 1 trace' },
  ],
  ['what is like a figure, and none', { data: [1], layout: {} }, { 'text/plain': '{ data: [ 1 ], layout: {} }' }],
  ['an element', { outerHTML: '<p>x</p>' }, { 'text/html': '<p>x</p>', 'text/plain': '<p>x</p>' }],
  [
    'an SVG element',
    { outerHTML: '<svg width="1"></svg>' },
    { 'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg" width="1"></svg>', 'text/plain': '<svg width="1"></svg>' },
  ],
  ['a tensor', tensor([2], [1, 2]), { 'text/plain': 'Tensor float32 [2]\n    1,2' }],
  [
    'a tensor that is disposed of',
    tensor([2], [1, 2], 'int32', { isDisposed: true }),
    { 'text/plain': 'Tensor int32 [2], disposed of' },
  ],
  [
    'a series',
    { columns: ['x'], values: [1, 2], index: [0, 1] },
    { 'text/html': SERIES_HTML(), 'text/plain': '   x\n0  1\n1  2\n2 rows, 1 column' },
  ],
];

function SERIES_HTML(): string {
  const head = '<th></th><th style="text-align:right">x<br><small style="font-weight:normal;opacity:.7">number</small></th>';
  const rows = [0, 1].map((i) => `<tr><th>${i}</th><td style="text-align:right">${i + 1}</td></tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table><p style="margin:.3em 0;opacity:.7">2 rows, 1 column</p>`;
}

describe('values as they are shown', () => {
  for (const [name, value, expected] of SHOWN) it(name, () => assert.deepEqual(data(value), expected));

  it('a long text is cut, and says how much is left', () => {
    const { 'text/plain': text } = data(Array.from({ length: 100 }, (_, i) => ({ i, long: 'x'.repeat(3000) })));
    assert.ok(String(text).length < 100_100);
    assert.match(String(text), /\n… [\d,]+ more characters$/);
  });

  it('a data frame is a table with types, its text aligned, its HTML escaped', () => {
    const { 'text/html': html, 'text/plain': text } = data(FRAME);
    assert.equal(text, '     name      error\n0    a<b        8.75\nrow  –     0.3333333\n2 rows, 2 columns');
    assert.match(String(html), /<th style="text-align:left">name<br><small[^>]*>string<\/small><\/th>/);
    assert.match(String(html), /<th>0<\/th><td style="text-align:left">a&lt;b<\/td>/);
  });

  it('of a long frame the first rows are shown; arquero’s are read by its methods', () => {
    const rows = Array.from({ length: 60 }, (_, i) => i);
    const table = { columnNames: () => ['i'], numRows: () => 60, get: (_: string, row: number) => rows[row] };
    const lines = String(data(table)['text/plain']).split('\n');
    assert.equal(lines.length, 52);
    assert.equal(lines.at(-1), '60 rows, 1 column; the first 50 are shown');
  });

  it('images and maps among tensors have a picture, the smaller the larger their pixels', () => {
    const cases: readonly (readonly [value: object, size: readonly number[] | undefined, values?: string])[] = [
      [image([8, 8, 1]), [112, 112], '0.5 to 0.5'],
      [image([2, 32, 32, 3]), [2 * 96 + 4, 96], '0.5 to 0.5'],
      [image([20, 8, 16, 3]), [16 * 112 + 15 * 4, 56], '0.5 to 0.5'],
      [tensor([8, 8, 1], new Array<number>(64).fill(255), 'int32'), [112, 112], '255 to 255'],
      [image([8, 8, 3], -1.00004), [112, 112], '−1 to −1'],
      [image([8, 16]), [112, 56], '0.5 to 0.5'],
      ...[image([8, 8, 2]), image([4, 4, 3]), image([8, 8, 3], Number.NaN), image([8, 7])].map(
        (value) => [value, undefined] as const,
      ),
    ];
    for (const [value, size, values] of cases) {
      const html = data(value)['text/html'];
      const { shape, dtype } = value as { shape: readonly number[]; dtype: string };
      if (!size) assert.equal(html, undefined);
      else {
        assert.deepEqual(pngSize(pngOf(html)), size);
        assert.match(
          String(html),
          new RegExp(`alt="Tensor ${dtype} \\[${shape.join(', ')}\\], values ${values}" width="${size[0]}" height="${size[1]}"`),
        );
      }
    }
  });

  it('values that are no brightnesses are scaled from black to white; those of images from 0 to 1 are not', () => {
    const ramp = (from: number, to: number): number[] => Array.from({ length: 64 }, (_, i) => from + ((to - from) * i) / 63);
    const ends = (value: object): readonly unknown[] => {
      const pixels = pngPixels(pngOf(data(value)['text/html']));
      return [pixels[1], pixels.at(-1)]; // a filter byte stands before each line
    };
    assert.deepEqual(ends(tensor([8, 8, 1], ramp(0.2, 0.6))), [51, 153]);
    assert.deepEqual(ends(tensor([8, 8, 1], ramp(-3, 5))), [0, 255]);
    assert.deepEqual(ends(tensor([8, 8], ramp(0.2, 0.6))), [0, 255]);
    assert.deepEqual(ends(tensor([8, 8], ramp(2, 2))), [0, 0]);
  });
});

const pngOf = (html: unknown): Buffer => Buffer.from(/base64,([^"]*)/.exec(String(html))?.[1] ?? '', 'base64');

const pngSize = (png: Buffer): readonly number[] => [png.readUInt32BE(16), png.readUInt32BE(20)];

const pngPixels = (png: Buffer): Buffer => inflateSync(png.subarray(png.indexOf('IDAT') + 4, png.length - 16));
