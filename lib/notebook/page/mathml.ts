/** TeX formulas as MathML, which browsers draw themselves. A formula that is no TeX is shown as it was written. */
import { escapeHtml } from '../display/display';

/** Longer ones are shown as they were written; those of prose have some 100 characters. */
const LONGEST = 4000;

/** Without `trust`, commands that link or load are refused; `maxSize` bounds lengths (em, pt), `maxExpand` macros that name themselves. */
const OPTIONS = { throwOnError: true, trust: false, maxSize: [20, 200], maxExpand: 200 } as const;

/** @param block on a line of its own */
export function mathMl(tex: string, block: boolean): string {
  const { renderToString } = require('temml') as typeof import('temml');
  try {
    if (tex.length <= LONGEST) return renderToString(tex, { ...OPTIONS, maxSize: [...OPTIONS.maxSize], displayMode: block });
  } catch {
    // What Temml throws is about the formula: an unknown command, a brace too few, or more of them than the stack holds.
  }
  return `<code class="tex">${escapeHtml(tex)}</code>`;
}
