/** Figures as JSON holds them: what is converted, and what is refused with its place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figureBundle, PLOTLY_MIME } from 'iekd/dist/notebook/plots/figure';
import { plainFigure } from 'iekd/dist/notebook/plots/plainFigure';
import type { Figure } from 'iekd/dist/notebook/render/plotly';

describe('figures', () => {
  it('are JSON, whatever their arrays are made of', async () => {
    const x = [new Float32Array([3, 1]), new Float64Array([3, 1]), new BigInt64Array([3n, 1n]), [3n, 1], new Uint8Array([3, 1])];
    for (const one of x) {
      const { data } = await figureBundle({ data: [{ type: 'scatter', x: one, y: [Number.NaN, Infinity], hole: undefined }] });
      const kept = JSON.parse(JSON.stringify(data[PLOTLY_MIME])) as { data: object[] };
      assert.deepEqual(kept.data, [{ type: 'scatter', x: [3, 1], y: [null, null] }]);
    }
    const dated = plainFigure({
      data: [{ x: [new Date(0), new Date('x')], z: [new Float32Array(2)] }],
      layout: { a: { b: -0.5 } },
    });
    assert.deepEqual(dated, { data: [{ x: ['1970-01-01T00:00:00.000Z', null], z: [[0, 0]] }], layout: { a: { b: -0.5 } } });
  });

  const self: Record<string, unknown> = {};
  self['self'] = self;
  const unfit: readonly (readonly [unknown, string])[] = [
    [{ data: 'x' }, 'showFigure: data: expected a list of traces, received "x"'],
    [{ data: [3] }, 'showFigure: data[0]: expected a plain object, received a number'],
    [{ data: [], layout: [] }, 'showFigure: layout: expected a plain object, received a Array'],
    [
      { data: [{}, { x: new Map() }] },
      'showFigure: data[1].x: expected numbers, texts, dates, arrays and plain objects, received a Map; write [...it.values()]',
    ],
    [
      { data: [{ x: [{ dataSync: 1 }] }], layout: { f: () => 1 } },
      'showFigure: layout.f: expected numbers, texts, dates, arrays and plain objects, received a function',
    ],
    [
      { data: [{ x: [2n ** 60n] }] },
      `showFigure: data[0].x[0]: expected a number that a figure can hold exactly, received ${2n ** 60n}`,
    ],
  ];
  for (const [figure, message] of unfit) {
    it(`refuse: ${message}`, () => assert.rejects(figureBundle(figure as Figure), { message }));
  }
  it('refuse what holds itself', () =>
    assert.rejects(figureBundle({ data: [self] }), {
      message: /^showFigure: data\[0\](\.self)+: expected at most 64 levels, received more, or a value that holds itself$/,
    }));
});
