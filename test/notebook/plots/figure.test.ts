/** Figures: the same bytes every time, laid out by the font they are drawn in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { curves, type Series } from 'iekd/dist/notebook/plots/curves';
import { figureBundle, figurePng, PLOTLY_MIME, showFigure, themed } from 'iekd/dist/notebook/plots/figure';
import { PALETTE, seriesColour, withOpacity } from 'iekd/dist/notebook/plots/theme';
import { type Figure, figureSvg } from 'iekd/dist/notebook/render/plotly';
import { textWidth } from 'iekd/dist/notebook/render/raster';
import { elementBox, pageBox, type SvgElement, textLength } from 'iekd/dist/notebook/render/svgLayout';
import { sha256 } from 'iekd/dist/util/hash';
import { ROOT } from '../cells';
import { shown } from '../shown';

const LINES: Figure = {
  data: [
    { type: 'scatter', name: 'alone', x: [1, 2, 3], y: [60, 70, 75] },
    { type: 'scatter', name: 'IE-FT', x: [1, 2, 3], y: [62, 74, 80] },
  ],
  layout: { title: { text: 'Accuracy' }, xaxis: { title: { text: 'epoch' } }, yaxis: { title: { text: 'accuracy (%)' } } },
};
const HEAT: Figure = {
  data: [
    {
      type: 'heatmap',
      z: [
        [0.9, 0.2],
        [0.3, 0.8],
      ],
      texttemplate: '%{z:.2f}',
    },
  ],
  layout: { width: 300, height: 200 },
};

/** Width and height of a PNG. */
const sizeOf = (png: Buffer): number[] => [png.readUInt32BE(16), png.readUInt32BE(20)];

describe('figures', () => {
  it('are the same bytes each time, also side by side and in another process', async () => {
    const [lines, heat, again] = await Promise.all([figurePng(LINES), figurePng(HEAT), figurePng(LINES)]);
    assert.equal(sha256(again), sha256(lines));
    assert.notEqual(sha256(heat), sha256(lines));
    const script = `require('iekd/dist/notebook/plots/figure').figurePng(${JSON.stringify(LINES)}).then((png) => {
      process.stdout.write(require('iekd/dist/util/hash').sha256(png)); });`;
    assert.equal(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }), sha256(lines));
  });

  it('have twice as many pixels as the layout says', async () => {
    assert.deepEqual(sizeOf(await figurePng(LINES)), [1520, 880]);
    assert.deepEqual(sizeOf(await figurePng(HEAT)), [600, 400]);
  });

  it('leave the caller’s objects as they are', async () => {
    const copy = structuredClone(LINES);
    await figurePng(LINES);
    assert.deepEqual(LINES, copy);
  });

  it('keep every text inside the picture, titles beside the axes they name', async () => {
    const svg = await figureSvg(themed(LINES), 760, 440);
    const place = (text: string): { x: number; y: number } => {
      const found = new RegExp(`<text[^>]*? x="([-\\d.]+)" y="([-\\d.]+)"[^>]*>${text}</text>`).exec(svg);
      assert.ok(found, text);
      return { x: Number(found[1]), y: Number(found[2]) };
    };
    const [x, y] = [place('epoch'), place('accuracy \\(%\\)')];
    assert.ok(x.y > 410 && x.y < 440, `epoch at ${x.y}`);
    assert.ok(y.x > 5 && y.x < 25, `accuracy at ${y.x}`);
  });

  it('show JSON, picture and text; HTML only when asked', async () => {
    const [message] = await shown(() => showFigure(LINES));
    assert.deepEqual(Object.keys(message?.data ?? {}), [PLOTLY_MIME, 'image/png', 'text/plain']);
    assert.equal(message?.data['text/plain'], 'Figure: Accuracy (alone, IE-FT)');
    assert.deepEqual(message.metadata, { 'image/png': { width: 760, height: 440 } });
    const hostile = {
      data: [{ type: 'scatter', y: [1], name: '</script><script>alert(1)//' }],
      layout: { title: { text: '"><b>' } },
    };
    const { data } = await figureBundle(hostile, { interactive: true });
    const html = String(data['text/html']);
    assert.equal(html.match(/<script>/g)?.length, 1);
    assert.ok(html.includes('\\u003c/script>\\u003cscript>alert') && html.includes('alt="Figure: &quot;&gt;'));
  });

  const tops: readonly (readonly [Figure, number])[] = [
    [{ data: [] }, 20],
    [{ data: [], layout: { title: { text: 't' } } }, 56],
    [LINES, 86],
    [{ data: LINES.data, layout: { showlegend: false } }, 20],
    [
      { data: Array.from({ length: 7 }, (_, i) => ({ type: 'scatter', name: `a name as long as this ${i}`, y: [i] })) },
      50 + 2 * 21,
    ],
    [{ data: LINES.data, layout: { margin: { t: 5 } } }, 5],
  ];
  for (const [figure, top] of tops) {
    it(`leave ${top} pixels above the plot`, () => assert.equal((themed(figure).layout['margin'] as { t: number }).t, top));
  }

  it('say their names, those that have one', async () => {
    const { data } = await figureBundle({
      data: [
        { type: 'bar', name: '', y: [1] },
        { type: 'scatter', name: 'one run', y: [1] },
      ],
    });
    assert.equal(data['text/plain'], 'Figure: untitled (one run)');
  });

  it('that cannot be drawn here are refused, and do not stop the next', async () => {
    const message = 'figure: expected traces that are drawn without WebGL and maps, received "scatter3d"';
    await assert.rejects(figurePng({ data: [{ type: 'scatter3d', x: [1], y: [1], z: [1] }] }), { message });
    await assert.rejects(figurePng({ data: [{ type: 'scatter', y: [() => 1] }] }), /received a function/);
    assert.ok((await figurePng(LINES)).length > 10_000);
  });
});

describe('curves', () => {
  const one: Series = { name: 'a', x: [0, 1, 2], y: [1, 2, 40] };
  const trace = (figure: Figure, i: number) =>
    figure.data[i] as { mode: string; line: { color: string; dash: string }; fillcolor?: string; showlegend?: boolean };

  const logAxis = (series: readonly Series[]) => {
    const { layout = {} } = curves(series, { logY: true });
    return layout['yaxis'] as { tickvals: number[]; ticktext: string[] };
  };

  it('keep the colour of a series, and mark few points', () => {
    const figure = curves([
      { ...one, dashed: true },
      { ...one, colour: 4 },
    ]);
    assert.deepEqual([trace(figure, 0).line, trace(figure, 1).line.color], [{ color: '#0072b2', dash: 'dash' }, PALETTE[4]]);
    assert.equal(trace(figure, 0).mode, 'lines+markers');
    const long = Array.from({ length: 30 }, (_, i) => i);
    assert.equal(trace(curves([{ name: 'b', x: long, y: long }]), 0).mode, 'lines');
  });
  it('take typed arrays', () => {
    const plain = { name: 'a', x: [1, 2], y: [0.5, 2], band: { lower: [0, 1], upper: [1, 3] } };
    const { x, y, band } = plain;
    const typed = {
      ...plain,
      x: Int32Array.from(x),
      y: Float32Array.from(y),
      band: { lower: Float64Array.from(band.lower), upper: Float64Array.from(band.upper) },
    };
    for (const options of [{}, { logY: true, logX: true }]) assert.deepEqual(curves([typed], options), curves([plain], options));
  });

  it('tick few whole numbers one by one', () => {
    const dtick = (...x: number[]): unknown => {
      const { layout = {} } = curves([{ name: 'a', x, y: x }]);
      return (layout['xaxis'] as { dtick?: number }).dtick;
    };
    assert.deepEqual([dtick(1, 2, 12), dtick(0, 13), dtick(0.5, 1)], [1, undefined, undefined]);
    assert.equal(curves([]).data.length, 0);
  });
  it('put a band below its line, out of the legend', () => {
    const figure = curves([{ ...one, band: { lower: [0, 1, 30], upper: [2, 3, 50] } }]);
    assert.equal(figure.data.length, 3);
    assert.deepEqual([trace(figure, 0).showlegend, trace(figure, 1).fillcolor], [false, 'rgba(0,114,178,0.18)']);
  });
  it('label logarithmic axes with numbers', () => {
    const { tickvals, ticktext } = logAxis([one]);
    assert.deepEqual(tickvals, [1, 2, 5, 10, 20, 50, 100, 200, 500]);
    assert.deepEqual(ticktext, ['1', '2', '5', '10', '20', '50', '100', '200', '500']);
    const wide = logAxis([{ name: 'w', x: [0, 1], y: [1e-3, 10] }]);
    assert.deepEqual(wide.ticktext, ['0.001', '0.01', '0.1', '1', '10']);
  });
  it('of one colour are told apart by dash, width and marks', () => {
    const figure = curves([
      { ...one, colour: 2, dash: 'dot', markers: false },
      { ...one, colour: 2, width: 4 },
    ]);
    const [training, test] = [trace(figure, 0), trace(figure, 1)];
    assert.deepEqual([training.line, training.mode], [{ color: PALETTE[2], dash: 'dot' }, 'lines']);
    assert.deepEqual([test.line, test.mode], [{ color: PALETTE[2], dash: 'solid', width: 4 }, 'lines+markers']);
  });
  it('have a logarithmic x axis, and bands that end where a logarithmic y axis does', async () => {
    const noise: Series = {
      name: 'n',
      x: [0.001, 0.01, 0.1],
      y: [0.3, 2, 20],
      band: { lower: [0.2, -1, 0], upper: [0.4, 5, 40] },
    };
    const figure = curves([noise], { logX: true, logY: true });
    const { layout = {} } = figure;
    const { type, ticktext } = layout['xaxis'] as { type: string; ticktext: string[] };
    assert.deepEqual([type, ticktext.slice(0, 4)], ['log', ['0.001', '0.002', '0.005', '0.01']]);
    assert.deepEqual((figure.data[0] as { y?: unknown }).y, [0.2, 0.1, 0.1]);
    assert.deepEqual((curves([noise], { logX: true }).data[0] as { y?: unknown }).y, [0.2, -1, 0]);
    assert.ok((await figurePng(figure)).length > 10_000);
  });
  const odd: readonly (readonly [object, object, string])[] = [
    [{ dash: 'dots' }, {}, 'curves: a: dash: expected one of solid, dot, dash, dashdot, received "dots"'],
    [{ width: 0 }, {}, 'curves: a: width: expected a number above 0, received 0'],
    [
      { style: 'dot' },
      {},
      'curves: a: expected options among name, x, y, band, dashed, dash, width, markers, colour, received "style"',
    ],
    [{}, { logX: true }, 'curves: a: expected x above 0 on a logarithmic axis, received 0; draw what is at 0 as a level'],
  ];
  for (const [change, options, message] of odd) {
    it(`refuse: ${message}`, () =>
      assert.throws(() => curves([{ ...one, ...change }], options), { name: 'InputError', message }));
  }
  it('refuse what does not fit', () => {
    assert.throws(() => curves([{ ...one, y: [1] }]), { message: 'curves: a: expected 3 values, as many as x has, received 1' });
    assert.throws(
      () => curves([one], { xTitle: 'x' } as object),
      /^InputError: curves: expected options among title, x, y, .*, received "xTitle"$/,
    );
  });
  it('have colours that repeat, and become transparent', () => {
    assert.equal(seriesColour(PALETTE.length), PALETTE[0]);
    assert.equal(withOpacity('#d55e00', 0.5), 'rgba(213,94,0,0.5)');
  });
});

/** An element of a made-up document. */
function element(tagName: string, attributes: Record<string, string>, content: string | SvgElement[] = []): SvgElement {
  const children = typeof content === 'string' ? [] : content;
  const textContent = typeof content === 'string' ? content : content.map((child) => child.textContent).join('');
  const made = { tagName, textContent, children, parentNode: null, getAttribute: (name: string) => attributes[name] ?? null };
  for (const child of children) Object.assign(child, { parentNode: made });
  return made;
}

const rounded = (box: object): number[] => {
  const { left, top, width, height } = box as Record<string, number>;
  return [left, top, width, height].map((value) => Math.round((value ?? Number.NaN) * 100) / 100);
};

describe('layout of text', () => {
  // Advance widths of DejaVu Sans 2.37 in 1/2048 em (its hmtx table): i 569, m 1995, space 651.
  it('measures characters as the font says', () => {
    for (const [text, units] of [
      ['i', 569],
      ['m', 1995],
      ['im', 2564],
      ['i i', 1789],
    ] as const) {
      const error = Math.abs(textWidth(text, 2048) - units);
      assert.ok(error < 12, `${text}: ${textWidth(text, 2048)}`); // resvg gives boxes to 1/100 px in a font of 100 px
    }
    assert.ok(textWidth('m', 10, true) > textWidth('m', 10));
    assert.equal(textWidth('', 10), 0);
  });
  const w = textWidth('abc', 10);
  const text = (attributes: Record<string, string>, content: string | SvgElement[] = 'abc'): SvgElement =>
    element('text', { 'font-size': '10', x: '5', y: '20', ...attributes }, content);
  const round = (value: number): number => Math.round(value * 100) / 100;
  const cases: readonly (readonly [string, SvgElement, readonly number[]])[] = [
    ['starts at x', text({}), [5, 10.7, round(w), 13]],
    ['ends at x', text({ 'text-anchor': 'end' }), [round(5 - w), 10.7, round(w), 13]],
    ['has its middle at x', text({ 'text-anchor': 'middle' }), [round(5 - w / 2), 10.7, round(w), 13]],
    ['is moved', text({ transform: 'translate(100,10)' }), [105, 20.7, round(w), 13]],
    ['is turned', text({ transform: 'rotate(90,5,20)' }), [5 - 3.7, 20, 13, round(w)]],
    ['is scaled', text({ transform: 'scale(2)' }), [10, 21.4, round(2 * w), 26]],
    [
      'has two lines',
      text({}, [
        element('tspan', { class: 'line', x: '5', y: '20' }, 'abc'),
        element('tspan', { class: 'line', x: '5', y: '33' }, 'a'),
      ]),
      [5, 10.7, round(w), 26],
    ],
    [
      'is part of a group',
      element('g', { transform: 'translate(1)' }, [text({}), element('rect', { x: '0', y: '0', width: '4', height: '2' })]),
      [1, 0, round(5 + w), 23.7],
    ],
    ['is nothing in an empty group', element('g', {}, [element('defs', {}, [text({})])]), [0, 0, 0, 0]],
  ];
  for (const [name, of, expected] of cases) it(name, () => assert.deepEqual(rounded(pageBox(of)), expected.map(round)));
  it('has its own coordinates, and a length', () => {
    const turned = text({ transform: 'rotate(90)' });
    assert.deepEqual(rounded(elementBox(turned)), [5, 10.7, round(w), 13]);
    assert.equal(textLength(turned), w);
  });
});
