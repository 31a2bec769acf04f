/** An experiment's table as text: Markdown, LaTeX (booktabs), CSV. */
import { pick } from '../../util/check';
import type { TableLine } from './experimentTable';
import { rowTitle, type TableText, tableCells, tableColumns, tableGroups } from './tableText';

const FORMATS: Readonly<Record<string, (table: TableText) => string>> = { markdown, latex, csv };

/** Names of the forms. */
export const TABLE_FORMATS = Object.keys(FORMATS);

/** The table in a form, with its last line break. @throws InputError for another form, listing these */
export function formatTable(table: TableText, format: string): string {
  return pick('formatTable', FORMATS, format)(table);
}

function markdown({ title, style, lines, notes }: TableText): string {
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
  const columns = tableColumns(style);
  const blocks = tableGroups(lines).map(({ group, lines: own }) => {
    const body = own.map((line) => row(Object.values(tableCells(line, style))));
    return [`## ${group}`, '', row(columns), row(['---', ...columns.slice(1).map(() => '---:')]), ...body, ''].join('\n');
  });
  return `# ${title}\n\n${blocks.join('\n')}\n${notes.map((note) => `- ${note}`).join('\n')}\n`;
}

function latex({ title, style, lines, notes }: TableText): string {
  const row = (cells: readonly string[]): string => `${cells.map(texText).join(' & ')} \\\\`;
  const columns = tableColumns(style);
  const width = columns.length;
  const blocks = tableGroups(lines).flatMap(({ group, lines: own }) => [
    '\\midrule',
    `\\multicolumn{${width}}{l}{${texText(group)}} \\\\`,
    ...own.map((line) => row(Object.values(tableCells(line, style)))),
  ]);
  return [
    ...notes.map((note) => `% ${note}`),
    '\\begin{table}',
    `\\caption{${texText(title)}}`,
    `\\begin{tabular}{l${'r'.repeat(width - 1)}}`,
    '\\toprule',
    row(columns),
    ...blocks,
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

const TEX: Readonly<Record<string, string>> = {
  '±': '$\\pm$',
  '−': '$-$',
  '–': '--',
  Δ: '$\\Delta$',
  λ: '$\\lambda$',
  '→': '$\\rightarrow$',
  '<': '$<$',
  '>': '$>$',
  '|': '$|$',
  '%': '\\%',
  '&': '\\&',
  '#': '\\#',
  _: '\\_',
  $: '\\$',
  '{': '\\{',
  '}': '\\}',
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

const texText = (text: string): string => [...text].map((character) => TEX[character] ?? character).join('');

/** Numbers in full, so that they can be worked with. */
function csv({ style, lines }: TableText): string {
  const head = ['group', 'row', 'n', style.key, 'sd', 'best', 'difference', 'low', 'high', 'published', 'mark', 'source'];
  const body = lines.map((line) => {
    const { group, score, best, difference: d, published: p } = line;
    const own = [group, rowTitle(line), score?.n ?? 0, score?.mean, score?.sd, best];
    return [...own, d?.mean, d?.low, d?.high, p?.score, p?.mark, p?.source];
  });
  return [head, ...body].map((cells) => `${cells.map(csvText).join(',')}\n`).join('');
}

function csvText(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(typeof value === 'number' ? Number(value.toPrecision(10)) : value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** The lines as JSON has them: a score under the name of what it is, `error` or `map`. */
export function tableJson({ style, lines }: TableText): object[] {
  const named = <T extends { readonly score?: unknown }>(one: T): object =>
    Object.fromEntries(Object.entries(one).map(([key, value]) => [key === 'score' ? style.key : key, value]));
  return lines.map((line: TableLine) => {
    const runs = line.runs.map(named);
    const published = line.published ? { published: named(line.published) } : {};
    return named({ ...line, runs, ...published });
  });
}
