/**
 * Figures of Plotly that a cell evaluates to, `{ data, layout }`: beside their data, which front ends with Plotly draw live, an SVG for
 * those without it, drawn as Plotly draws by default. Where the SVG cannot be drawn (WebGL, maps), the data is shown alone.
 */
import { plotlyKind } from '../../kernel/display/plotlyFigures';
import type { DisplayKind, JsonObject } from '../../kernel/messages';
import type { Figure } from '../render/plotly';

/** Plotly's own, in pixels. */
const DEFAULT_SIZE = { width: 700, height: 450 } as const;

/** Loads what it draws with when a figure is shown, not before: a kernel has it from its start. */
export const figureKind: DisplayKind = {
  ...plotlyKind,
  async bundle(value) {
    const known = (await plotlyKind.bundle(value)) as JsonObject;
    try {
      return { ...known, 'image/svg+xml': await svgOf(value as Figure) };
    } catch {
      return known;
    }
  },
};

async function svgOf(figure: Figure): Promise<string> {
  const { plainFigure } = require('./plainFigure') as typeof import('./plainFigure');
  const { figureSvg } = require('../render/plotly') as typeof import('../render/plotly');
  const plain = plainFigure(figure);
  const side = (name: 'width' | 'height'): number => {
    const given = plain.layout?.[name];
    return typeof given === 'number' ? given : DEFAULT_SIZE[name];
  };
  return figureSvg(plain, side('width'), side('height'));
}
