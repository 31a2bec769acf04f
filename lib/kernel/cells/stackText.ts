/**
 * Stacks of errors in texts that cells show: `console.error(error)`, an error among the values of a result. Frames of cells name their line as
 * failures do, those of the kernel and of Node go.
 */
import type { CompiledCell } from '../messages';
import { cellPlace } from './sourcePositions';

/** Frames that say nothing of the user's code. */
const OWN_FRAME = /^\s+at (.*[\s(])?(node:|\S.*[/\\]kernel[/\\](cells|display)[/\\]|kernel-start\.js:|<anonymous>\)$)/;
const FRAME = /^\s+at /m;
const CELL_FRAME = /^(\s+at )(?:(.*) \()?(?:async )?cell-(\d+)\.ts:(\d+):(\d+)\)?/;

/** @param cells those that were run, by their number */
export function stackText(cells: ReadonlyMap<number, CompiledCell>): (text: string) => string {
  const line = (text: string): string => {
    const [all = '', at = '', caller, number, row, column] = CELL_FRAME.exec(text) ?? [];
    const cell = cells.get(Number(number));
    const place = cell && cellPlace(cell, Number(row), Number(column));
    if (!place) return text;
    return `${at}${caller ? `${caller}, ` : ''}cell ${number}, line ${place.line}${text.slice(all.length)}`;
  };
  return (text) => {
    if (!FRAME.test(text)) return text;
    const lines = text.split('\n').filter((one) => !OWN_FRAME.test(one));
    return lines.map(line).join('\n');
  };
}
