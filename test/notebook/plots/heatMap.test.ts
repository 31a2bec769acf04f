/** Heat maps: colours, ink, squares and the names around them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Figure, figurePng, type HeatMap, heatMap } from 'iekd';
import { cividis, contrast, inkOn } from 'iekd/dist/notebook/plots/colourMap';
import { type Rgb, rgbOf } from 'iekd/dist/notebook/plots/theme';

const names = (count: number, name = 'b'): string[] => Array.from({ length: count }, (_, i) => `${name}${i + 1}`);
const square = (side: number): HeatMap => ({
  values: Array.from({ length: side }, (_, i) => Array.from({ length: side }, (_, j) => 1 - Math.abs(i - j) / side)),
  rows: names(side),
  columns: names(side),
});

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly l: number; readonly r: number; readonly b: number };
  readonly xaxis: Axis;
  readonly yaxis: Axis & { readonly scaleanchor: string };
}
interface Axis {
  readonly range: readonly number[];
  readonly ticktext: readonly string[];
  readonly tickangle: number;
}
interface Drawn {
  readonly z: readonly (readonly (number | null)[])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly xgap: number;
  readonly colorscale: readonly (readonly [number, string])[];
  readonly text: readonly string[];
  readonly textfont: { readonly size: number; readonly color: readonly string[] };
}
const layoutOf = ({ layout }: Figure): Layout => layout as unknown as Layout;
const tracesOf = ({ data }: Figure): readonly Drawn[] => data as unknown as readonly Drawn[];

describe('colour maps', () => {
  // viridisLite 0.4 (R): cividis(11), a fit of the same published map
  const golden = [
    ...['#00204d', '#00326f', '#31446b', '#4e576c', '#666970', '#7c7b78'],
    ...['#958f78', '#b0a473', '#cbba69', '#e7d159', '#ffea46'],
  ];
  it('Cividis is that of viridisLite, to 4 of 255', () => {
    for (const [i, colour] of golden.entries()) {
      const worst = Math.max(
        ...cividis(i, [0, 10]).map((value, channel) => Math.abs(value - (rgbOf(colour)[channel] as number))),
      );
      assert.ok(worst <= 4, `${i / 10}: ${worst}`);
    }
  });
  it('colours beyond the range are those of its ends', () => {
    assert.deepEqual(cividis(-1, [0, 1]), cividis(0, [0, 1]));
    assert.deepEqual(cividis(7, [0, 1]), cividis(1, [0, 1]));
  });
  it('ink is black or white, with a contrast above 4.5 on every colour of Cividis', () => {
    assert.equal(Math.round(contrast([0, 0, 0], [255, 255, 255]) * 100) / 100, 21);
    // W3C's example of the least grey that passes AA on white: #767676, 4.54 : 1
    assert.equal(Math.round(contrast(rgbOf('#767676'), [255, 255, 255]) * 100) / 100, 4.54);
    assert.deepEqual([inkOn([0, 32, 76]), inkOn([255, 233, 69])], ['#ffffff', '#000000']);
    for (let i = 0; i <= 100; i++) {
      const colour: Rgb = cividis(i, [0, 100]);
      assert.ok(contrast(rgbOf(inkOn(colour)), colour) > 4.5, `${i}`);
    }
  });
});

describe('heat maps', () => {
  it('print values where there are few, each in the ink of its square', () => {
    const map = {
      values: [
        [0, 1],
        [-0.001, Number.NaN],
      ],
      rows: ['a', 'b'],
      columns: ['c', 'd'],
      range: [0, 1] as const,
    };
    const [cells, printed] = tracesOf(heatMap(map)) as [Drawn, Drawn];
    assert.deepEqual(
      [cells.z, cells.zmin, cells.zmax],
      [
        [
          [0, 1],
          [-0.001, null],
        ],
        0,
        1,
      ],
    );
    assert.deepEqual(
      [cells.colorscale[0], cells.colorscale.at(-1)],
      [
        [0, '#00204c'],
        [1, '#ffe945'],
      ],
    );
    assert.deepEqual(printed.text, ['0.00', '1.00', '0.00', '']);
    assert.deepEqual(printed.textfont.color.slice(0, 3), ['#ffffff', '#000000', '#ffffff']);
    assert.deepEqual(tracesOf(heatMap({ ...map, digits: 3 }))[1]?.text, ['0.000', '1.000', '−0.001', '']);
  });

  const sizes: readonly (readonly [number, number, number])[] = [
    [2, 2, 1],
    [12, 2, 1],
    [13, 1, 1],
    [40, 1, 0],
  ];
  for (const [side, count, gap] of sizes) {
    it(`of ${side} × ${side} have ${count === 2 ? 'values' : 'no values'}, ${gap === 1 ? 'lines' : 'no lines'} between`, () => {
      const drawn = tracesOf(heatMap(square(side)));
      assert.deepEqual([drawn.length, drawn[0]?.xgap], [count, gap]);
    });
  }

  it('do not print what would be too small to read', () => {
    assert.equal(tracesOf(heatMap({ ...square(12), digits: 6 })).length, 1);
  });

  it('are square, first row at the top', () => {
    const { width, height, margin, xaxis, yaxis } = layoutOf(
      heatMap({ ...square(4), values: square(4).values.slice(1), rows: names(3) }),
    );
    const top = 20; // the theme's, without title and legend
    assert.equal((width - margin.l - margin.r) / 4, (height - top - margin.b) / 3);
    assert.deepEqual([xaxis.range, yaxis.range, yaxis.scaleanchor], [[-0.5, 3.5], [2.5, -0.5], 'x']);
  });

  it('turn long names, leave some out where squares are small, and have room for the title', () => {
    const { xaxis, yaxis, width } = layoutOf(heatMap({ ...square(30), columns: names(30, 'block'), title: 'A title' }));
    assert.deepEqual(
      [xaxis.tickangle, xaxis.ticktext.slice(0, 2), yaxis.ticktext.slice(0, 2)],
      [-50, ['block1', 'block3'], ['b1', 'b3']],
    );
    assert.equal(layoutOf(heatMap(square(30))).xaxis.tickangle, 0);
    const long = layoutOf(
      heatMap({ ...square(30), title: 'A title that is by far longer than the squares are wide: it takes more room than they' }),
    );
    assert.ok(long.width > width + 100);
  });

  it('take their range from the values; of equal ones too', () => {
    const ranges = [square(3).values, [[2, 2]], [[Number.NaN]]].map((values) => {
      const [first = []] = values;
      const [cells] = tracesOf(heatMap({ values, rows: names(values.length), columns: names(first.length) }));
      return [cells?.zmin, cells?.zmax];
    });
    assert.deepEqual(ranges, [
      [1 - 2 / 3, 1],
      [2, 3],
      [0, 1],
    ]);
  });

  it('become a picture of their size', async () => {
    const figure = heatMap({ ...square(3), title: 'CKA', x: 'teacher', y: 'student', label: 'CKA', range: [0, 1] });
    const png = await figurePng(figure);
    const { width, height } = layoutOf(figure);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2 * width, 2 * height]);
  });

  const refused: readonly (readonly [object, string])[] = [
    [{ rows: [] }, 'heatMap: number of rows: expected an integer from 1, received 0'],
    [{ columns: [] }, 'heatMap: number of columns: expected an integer from 1, received 0'],
    [{ rows: names(3) }, 'heatMap: expected 3 lists of values, one a row, received 2'],
    [{ columns: names(3) }, 'heatMap: b1: expected 3 values, one a column, received 2'],
    [{ range: [1, 0] }, 'heatMap: range: expected a lower and an upper end, received [1,0]'],
    [{ digits: 21 }, 'heatMap: digits: expected an integer in [0, 20], received 21'],
    [
      { colours: 'viridis' },
      'heatMap: expected options among values, rows, columns, title, x, y, label, range, digits, received "colours"',
    ],
  ];
  for (const [change, message] of refused) {
    it(`refuse: ${message}`, () => assert.throws(() => heatMap({ ...square(2), ...change }), { name: 'InputError', message }));
  }
});
