/** Figures that a cell evaluates to: their data as it is, and a picture where one can be drawn. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from 'iekd/dist/kernel/messages';
import { figureKind } from 'iekd/dist/notebook/plots/figureKind';

const shown = async (value: unknown): Promise<JsonObject> => (await figureKind.bundle(value)) as JsonObject;

describe('a Plotly figure as a result', () => {
  const figure = (type: string, layout: object): object => ({ data: [{ type, x: Float32Array.of(1, 2), y: [3, 4] }], layout });

  for (const [layout, size] of [
    [{ title: { text: 'Three & more' } }, [700, 450]],
    [{ width: 300, height: 200 }, [300, 200]],
  ] as const) {
    it(`is an SVG of ${size.join(' × ')} pixels beside its data`, async () => {
      const value = figure('scatter', layout);
      const { 'image/svg+xml': svg, ...rest } = await shown(value);
      assert.deepEqual(rest, { 'application/vnd.plotly.v1+json': value, 'text/plain': 'Plotly figure with 1 trace' });
      assert.match(String(svg), new RegExp(`^<svg [^>]*width="${size[0]}" height="${size[1]}"`));
    });
  }

  it('is its data alone where it needs WebGL', async () => {
    const value = figure('scattergl', {});
    assert.deepEqual(Object.keys(await shown(value)), ['application/vnd.plotly.v1+json', 'text/plain']);
  });
});
