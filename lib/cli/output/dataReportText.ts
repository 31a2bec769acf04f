/** A report on a data set for a terminal: counts, sizes, then what to look at. */
import type { DataReport, Pairs, Spread } from '../../data/check/dataFindings';
import { count, printable } from '../../util/text';
import { fittedText, shownPath, textTable } from './output';

/** More classes are not listed one by one. */
const MOST_CLASSES = 30;
/** Files and pairs that are named. */
const NAMED = 5;

export function dataReportText(report: DataReport): string {
  const { name, layout, classNames, parts, sizes, formats, statistics, notes, suggestions } = report;
  const rows = [
    { class: 'all', ...Object.fromEntries(parts.map(({ part, count: n }) => [part, n])) },
    ...classNames.slice(0, MOST_CLASSES).map((one, label) => {
      return { class: printable(one), ...Object.fromEntries(parts.map(({ part, perClass }) => [part, perClass[label] ?? 0])) };
    }),
  ];
  const more = classNames.length > MOST_CLASSES ? [`and ${count(classNames.length - MOST_CLASSES)} more classes`] : [];
  const kinds = Object.entries(formats).map(([format, n]) => `${count(n)} ${format}`);
  return [
    fittedText(`${name}: ${layout}`, '  '),
    '',
    textTable(rows),
    ...more,
    '',
    ...(sizes ? [fittedText(`height ${spread(sizes.height)}, width ${spread(sizes.width)}`, '  ')] : []),
    ...(kinds.length > 0 ? [kinds.join(', ')] : []),
    ...(statistics ? [`mean ${numbers(statistics.mean)}, deviation ${numbers(statistics.std)}`] : []),
    ...['', ...(notes.length > 0 ? notes : ['nothing wrong was found']).map((line) => fittedText(line, '  '))],
    ...report.unreadable.first.slice(0, NAMED).map(({ file, reason }) => fittedText(`  ${shownPath(file)}: ${reason}`, '    ')),
    ...named('same file', report.leaking),
    ...named('other class', report.relabelled),
    ...named('alike', report.alike),
    ...(suggestions.length > 0 ? ['', ...suggestions.map((line) => fittedText(line, '  '))] : []),
  ].join('\n');
}

const spread = ({ least, median, most }: Spread): string =>
  least === most ? `${count(most)}` : `${count(least)} to ${count(most)}, the middle ${count(median)}`;

const numbers = (values: readonly number[]): string => values.map((value) => value.toFixed(4)).join(', ');

const named = (what: string, { first }: Pairs): string[] =>
  first.slice(0, NAMED).map(([a, b]) => fittedText(`  ${what}: ${placeOf(a)} and ${placeOf(b)}`, '    '));

/** Of a file from here; images in memory have part and number. */
const placeOf = (place: string): string => (place.startsWith('/') ? shownPath(place) : place);
