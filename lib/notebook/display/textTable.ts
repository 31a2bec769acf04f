/**
 * Tables as text: as wide as their cells, or fitted to a number of columns. Cells of words are then broken into lines, those of numbers
 * never; what fits in no way is written row by row, a line a cell.
 */

/** A column, its cells as they are shown. */
export interface TextColumn {
  readonly name: string;
  /** Aligned to the right, and never broken. */
  readonly numeric: boolean;
  readonly cells: readonly string[];
}

const GAP = 2;
/** A column of words may become this narrow. */
const NARROW = 10;

/** Lines of the table: names, a rule, a line or more a row. @param width characters of a line; default as many as it takes */
export function textTable(columns: readonly TextColumn[], count: number, width = Number.POSITIVE_INFINITY): string[] {
  const flat = columns.map((column) => ({ ...column, name: oneLine(column.name), cells: column.cells.map(oneLine) }));
  const natural = flat.map(({ name, cells }) => cells.reduce((most, cell) => Math.max(most, cell.length), name.length));
  const widths = fitted(flat, natural, width);
  return widths ? aligned(flat, count, widths) : listed(flat, count, width);
}

/** Line breaks and other control characters would tear the table. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** Widths whose sum fits: the widest columns of words give way first. None where that is not enough. */
function fitted(columns: readonly TextColumn[], natural: readonly number[], width: number): number[] | undefined {
  const widths = [...natural];
  const least = columns.map(({ numeric }, i) => (numeric ? (natural[i] ?? 0) : Math.min(natural[i] ?? 0, NARROW)));
  const total = (): number => widths.reduce((sum, own) => sum + own, GAP * (widths.length - 1));
  while (total() > width) {
    let widest = -1;
    for (const [i, own] of widths.entries()) {
      if (own > (least[i] ?? 0) && (widest < 0 || own > (widths[widest] ?? 0))) widest = i;
    }
    if (widest < 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function aligned(columns: readonly TextColumn[], count: number, widths: readonly number[]): string[] {
  const row = (texts: readonly string[]): string[] => {
    const cells = texts.map((text, i) => wrapped(text, widths[i] ?? 0));
    const height = Math.max(1, ...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const parts = cells.map((lines, i) => {
        const part = lines[line] ?? '';
        return columns[i]?.numeric ? part.padStart(widths[i] ?? 0) : part.padEnd(widths[i] ?? 0);
      });
      return parts.join(' '.repeat(GAP)).trimEnd();
    });
  };
  const rule = widths.map((own) => '─'.repeat(own)).join(' '.repeat(GAP));
  const rows = Array.from({ length: count }, (_, i) => row(columns.map(({ cells }) => cells[i] ?? '')));
  return [...row(columns.map(({ name }) => name)), rule, ...rows.flat()];
}

/** `name  cell`, a line or more each, and an empty line between rows. */
function listed(columns: readonly TextColumn[], count: number, width: number): string[] {
  const widest = Math.max(...columns.map(({ name }) => name.length));
  const names = Math.min(widest, Math.max(1, Math.floor(width / 2) - GAP));
  const room = Math.max(1, width - names - GAP);
  const rows = Array.from({ length: count }, (_, i) =>
    columns.flatMap(({ name, cells }) => {
      const [left, right] = [wrapped(name, names), wrapped(cells[i] ?? '', room)];
      return Array.from({ length: Math.max(left.length, right.length) }, (_line, line) =>
        `${(left[line] ?? '').padEnd(names)}${' '.repeat(GAP)}${right[line] ?? ''}`.trimEnd(),
      );
    }),
  );
  return rows.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

/** Lines of at most so many characters, broken at spaces, and within a word where it alone is longer. */
export function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = word;
    for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
    line = rest;
  }
  return line === '' ? lines : [...lines, line];
}
