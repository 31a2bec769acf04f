/** Bars: where they stand, what the axis says, the dots of single runs; the figure of an experiment's table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Bar, type BarsOptions, bars, type Figure, figurePng } from 'iekd';
import type { TableLine } from 'iekd/dist/experiments/tables/experimentTable';
import { scoreStyle } from 'iekd/dist/experiments/tables/testScore';
import { PALETTE } from 'iekd/dist/notebook/plots/theme';
import { scoreFigure } from 'iekd/dist/notebook/views/scoreFigure';
import { summarise } from 'iekd/dist/util/stats';

interface Drawn {
  readonly type: string;
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly width: readonly number[];
  readonly marker: { readonly color: string };
  readonly error_y: { readonly array: readonly number[]; readonly visible: boolean };
  readonly hovertext: readonly string[];
  readonly showlegend?: boolean;
}

interface Axis {
  readonly title?: { readonly text: string };
  readonly range: readonly number[];
  readonly ticktext: readonly string[];
  readonly tickangle: number;
}

const traces = (figure: Figure): readonly Drawn[] => figure.data as unknown as readonly Drawn[];
const axes = ({ layout = {} }: Figure): { x: Axis; y: Axis } => ({ x: layout['xaxis'] as Axis, y: layout['yaxis'] as Axis });

const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1e6) / 1e6);

const ROWS: readonly Bar[] = [
  { name: 'kd', value: 80, spread: 1, points: [79, 80, 81] },
  { name: 'ft', value: 90, spread: 2, points: [88, 90, 92] },
];
const SETS: readonly Bar[] = [
  { name: 'kd', group: 'CIFAR-10', value: 1 },
  { name: 'kd', group: 'CIFAR-100', value: 2 },
  { name: 'ft', group: 'CIFAR-100', value: 3 },
];

describe('bars', () => {
  it('stand at 0, 1, … with their spread, and a dot for each run over its bar', () => {
    const [own, dots] = traces(bars(ROWS)) as [Drawn, Drawn];
    assert.deepEqual(
      [own.x, own.y, own.width],
      [
        [0, 1],
        [80, 90],
        [0.76, 0.76],
      ],
    );
    assert.deepEqual([own.error_y.array, own.error_y.visible, own.showlegend], [[1, 2], true, false]);
    assert.deepEqual(own.hovertext, ['kd: 80 ± 1', 'ft: 90 ± 2']);
    assert.deepEqual([dots.name, dots.y], ['one run', [79, 80, 81, 88, 90, 92]]);
    assert.deepEqual(rounded(dots.x), [-0.2128, 0, 0.2128, 0.7872, 1, 1.2128]);
  });

  it('of one name stand side by side, a colour a group; what is missing leaves its place free', () => {
    const [ten, hundred, ...others] = traces(bars(SETS)) as [Drawn, Drawn];
    assert.equal(others.length, 0);
    assert.deepEqual([ten.name, ten.marker.color, rounded(ten.x)], ['CIFAR-10', PALETTE[0], [-0.19]]);
    assert.deepEqual([hundred.name, hundred.marker.color, rounded(hundred.x)], ['CIFAR-100', PALETTE[1], [-0.19 + 0.38, 1.19]]);
    assert.deepEqual(rounded(hundred.width), [0.38, 0.38]);
  });

  it('keep a group’s colour where another has no bars', () => {
    const one = bars([{ name: 'a', value: 1, group: 'second' }], { groups: ['first', 'second'] });
    assert.deepEqual(
      traces(one).map(({ name, marker }) => [name, marker.color]),
      [['second', PALETTE[1]]],
    );
  });

  it('are compared with a broken line over the whole width', () => {
    const { data } = bars(ROWS, { baseline: { name: 'alone', value: 75 } });
    const { name, x, y, line } = data[1] as unknown as Drawn & { line: { dash: string } };
    assert.deepEqual([name, x, y, line.dash], ['alone', [-1, 2], [75, 75], 'dash']);
  });

  const ranges: readonly (readonly [string, readonly Bar[], BarsOptions, readonly number[]])[] = [
    ['0 to a little beyond the last mark', ROWS, {}, [0, 92 * 1.05]],
    ['the baseline', ROWS, { baseline: { name: 'b', value: 100 } }, [0, 105]],
    [
      'both sides of 0',
      [
        { name: 'a', value: -1 },
        { name: 'b', value: 3 },
      ],
      {},
      [-1.2, 3.2],
    ],
    ['below 0 alone', [{ name: 'a', value: -2 }], {}, [-2.1, 0]],
    ['no bar at all', [{ name: 'a', value: 0 }], {}, [0, 0.05]],
    ['what is asked for', ROWS, { range: [70, 95] }, [70, 95]],
  ];
  for (const [what, rows, options, expected] of ranges) {
    it(`have an axis with ${what}`, () => assert.deepEqual(rounded(axes(bars(rows, options)).y.range), rounded(expected)));
  }

  const notes: readonly (readonly [readonly Bar[], BarsOptions, string])[] = [
    [[{ name: 'a', value: 1 }], { y: 'loss' }, 'loss'],
    [ROWS, { y: 'top-1 (%)' }, 'mean ± sd; n = 3'],
    [ROWS, { spread: 'median, quartiles', range: [70, 95] }, 'median, quartiles; n = 3; axis from 70, not 0'],
    [[{ name: 'a', value: -3, n: 2 }], { range: [-4, -1] }, 'n = 2; axis from -4, not 0'],
    [
      [
        { name: 'a', value: 1, n: 2 },
        { name: 'b', value: 1 },
      ],
      {},
      'n in brackets',
    ],
  ];
  for (const [rows, options, note] of notes) {
    it(`say below the title of the axis: ${note}`, () => {
      const text = axes(bars(rows, options)).y.title?.text ?? '';
      assert.equal(text.replace(/^.*<span[^>]*>(.*)<\/span>$/, '$1'), note);
    });
  }

  it('name the number of runs where it is not the same for all, and turn long names', () => {
    const few: readonly Bar[] = [
      { name: 'a', value: 1, n: 3 },
      { name: 'b', value: 1, points: [1] },
      { name: 'c', value: 1 },
    ];
    assert.deepEqual(axes(bars(few)).x.ticktext, ['a (3)', 'b (1)', 'c (?)']);
    assert.equal(axes(bars(few)).x.tickangle, 0);
    const many = Array.from({ length: 12 }, (_, i) => ({ name: `a long name ${i}`, value: i }));
    assert.equal(axes(bars(many)).x.tickangle, -50);
    assert.equal(axes(bars(many, { width: 2000 })).x.tickangle, 0);
  });

  it('become a picture', async () => {
    const options = {
      title: 'Sets',
      x: 'method',
      y: 'top-1 (%)',
      baseline: { name: 'alone', value: 1 },
      width: 500,
      height: 300,
    };
    const png = await figurePng(bars(SETS, options));
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1000, 600]);
  });

  const refused: readonly (readonly [readonly object[], object, string])[] = [
    [[], {}, 'bars: number of rows: expected an integer from 1, received 0'],
    [
      ROWS,
      { colour: 1 },
      'bars: expected options among title, x, y, spread, groups, baseline, range, width, height, received "colour"',
    ],
    [
      [{ name: 'a', value: 1, sd: 2 }],
      {},
      'bars: a: expected options among name, value, spread, group, n, points, received "sd"',
    ],
    [[{ name: 'a', value: Number.NaN }], {}, 'bars: a: expected a finite number, received NaN'],
    [[{ name: 'a', value: 1, n: 3, points: [1, 1] }], {}, 'bars: a: points: expected n = 3 of them, received 2'],
    [SETS, { groups: ['CIFAR-10'] }, 'bars: kd: group: expected one of CIFAR-10, received "CIFAR-100"'],
    [[...ROWS, { name: 'kd', value: 1 }], {}, 'bars: kd: expected one row a name and group, received two'],
    [ROWS, { range: [79.5, 95] }, 'bars: range: expected every mark in [79.5, 95], received 79 of kd'],
    [ROWS, { range: [95, 70] }, 'bars: range: expected a lower and an upper end, received [95,70]'],
  ];
  for (const [rows, options, message] of refused) {
    it(`refuse: ${message}`, () => assert.throws(() => bars(rows as readonly Bar[], options), { name: 'InputError', message }));
  }
});

const ERRORS = scoreStyle({});

describe('the figure of an experiment', () => {
  const line = (label: string, ie: boolean, ...errors: number[]): TableLine => {
    const runs = errors.map((score, seed) => ({ seed, score }));
    const about = { group: 'A', label, ie, runs, teacher: label === 'teacher', baseline: label === 'alone' };
    return errors.length > 0 ? { ...about, score: summarise(errors) } : about;
  };
  const lines = [line('teacher', false, 1), line('alone', false, 18, 20), line('dml', false, 17), line('odd-name', true, 13, 16)];

  it('colours by whether a method splits, shows every run, and says where its axis starts', async () => {
    const figure = scoreFigure([...lines, line('none', true)], ERRORS);
    const [plain, ie, alone, dots] = traces(figure) as [Drawn, Drawn, Drawn, Drawn];
    assert.deepEqual([plain.name, plain.x], ['plain', [0]]);
    assert.deepEqual([ie.name, ie.x, ie.marker.color], ['under IE', [1], PALETTE[1]]);
    assert.deepEqual(rounded(ie.error_y.array), [2.12132]);
    assert.deepEqual([alone.name, alone.y, dots.y], ['alone', [19, 19], [17, 13, 16]]);
    // the least mark is the mean of 13 and 16 less its sd, and room of half a point
    assert.deepEqual(axes(figure).y.range, [11, 21]);
    assert.match(axes(figure).y.title?.text ?? '', /mean ± sd; n in brackets; axis from 11, not 0/);
    assert.ok((await figurePng(figure)).length > 10_000);
  });

  it('has one colour and no name for it where all are of a kind, and no line without the student alone', () => {
    assert.deepEqual(
      traces(scoreFigure([line('kd', false, 0.1), line('at', false, 0.3)], ERRORS)).map(({ name }) => name),
      ['plain', 'one run'],
    );
    assert.deepEqual(axes(scoreFigure([line('kd', false, 0.1)], ERRORS)).y.range, [0, 1]);
  });

  it('of detectors has precisions', () => {
    const { y } = axes(scoreFigure([line('ft', false, 62.5)], scoreStyle({ task: { name: 'detection' } })));
    assert.match(y.title?.text ?? '', /^test mAP \(%\)/);
  });

  it('refuses rows without runs', () =>
    assert.throws(() => scoreFigure([line('alone', false, 3), line('kd', false)], ERRORS), {
      name: 'InputError',
      message: 'scoreFigure: expected a row with runs beside the student alone, received none; train one',
    }));
});
