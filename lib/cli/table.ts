/** Tables for a terminal: columns as wide as their content, numbers to the right. */

/** A column: its title and what it says of a row. A column of numbers only is aligned to the right. */
export interface Column<T> {
  readonly title: string;
  readonly value: (row: T) => string | number | undefined;
}

/** Lines of a table without frames; a missing value is `–`. No rows give the titles alone. */
export function textTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = columns.map(({ title, value }) => {
    const values = rows.map(value);
    const texts = [title, ...values.map(cellText)];
    const width = Math.max(...texts.map((text) => text.length));
    const numeric = values.length > 0 && values.every((v) => v === undefined || typeof v === 'number');
    return texts.map((text) => (numeric ? text.padStart(width) : text.padEnd(width)));
  });
  const lines = Array.from({ length: rows.length + 1 }, (_, i) =>
    cells
      .map((column) => column[i])
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** Numbers with separators of thousands: `272,474`, `1.05`. */
function cellText(value: string | number | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? value.toLocaleString('en-GB', { maximumFractionDigits: 4 }) : value;
}
