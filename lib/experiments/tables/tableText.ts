/** What every form of an experiment's table shows: title, cells, notes. */
import { formatSigned, type Interval, type Summary } from '../../util/stats';
import { counted } from '../../util/text';
import type { Budget } from '../budgets';
import { type Experiment, type ExperimentRow, type PlannedRow, type PublishedNumber, plannedRows } from '../experiment';
import type { RunPlan } from '../runPlan';
import type { GivenScore } from '../store/givenScore';
import type { RunRecord } from '../store/runStore';
import type { TableLine } from './experimentTable';
import { type ScoreStyle, scoreColumn, scoreStyle } from './testScore';

/** What every form shows of a line, by the titles of the columns, in their order. */
export type TableCells = Readonly<Record<string, string>>;

/** Titles of the columns. */
export const tableColumns = (style: ScoreStyle): string[] => [
  'row',
  'n',
  scoreColumn(style),
  'best',
  'Δ to alone, 95 %',
  'published',
];

const MARKS: Readonly<Record<PublishedNumber['mark'], string>> = { S: 'seen in the source', Q: 'quoted by a third party' };

/** A table ready to be written. */
export interface TableText {
  readonly title: string;
  /** What its scores are. */
  readonly style: ScoreStyle;
  readonly lines: readonly TableLine[];
  readonly notes: readonly string[];
}

/** The cells of a line; a dash where there is nothing. */
export function tableCells(line: TableLine, style: ScoreStyle): TableCells {
  const { baseline, teacher, score, best, difference, published } = line;
  return {
    row: rowTitle(line),
    n: score ? String(score.n) : '–',
    [scoreColumn(style)]: summaryText(score),
    best: best === undefined ? '–' : best.toFixed(2),
    'Δ to alone, 95 %': baseline || teacher ? '' : differenceText(difference),
    published: published ? `${published.score.toFixed(2)} [${published.mark}]` : '',
  };
}

/** Its label; of a teacher that is a file that it is `teacher (given)`. */
export const rowTitle = ({ label, given }: TableLine): string => (given ? `${label} (given)` : label);

/** What a table is made of. */
export interface TableParts {
  readonly rows: readonly ExperimentRow[];
  readonly lines: readonly TableLine[];
  /** Those that the lines were made of. */
  readonly records: readonly RunRecord[];
  /** Of their teachers that are files. */
  readonly scores: readonly GivenScore[];
}

/** Title, lines and what a reader has to know about them. */
export function tableText({ title, place, paperEpochs }: Experiment, { name }: Budget, parts: TableParts): TableText {
  const { rows, lines, records, scores } = parts;
  const style = scoreStyle(plannedRows(rows)[0]?.plan ?? {});
  const published = lines.flatMap(({ published: number }) =>
    number ? [`[${number.mark}] ${MARKS[number.mark]}: ${number.source}`] : [],
  );
  return {
    title: `${title} (${place}; budget ${name})`,
    style,
    lines,
    notes: [
      `Test ${style.title} of the last epoch, mean ± sample standard deviation over n seeds. Best: mean of each run’s best epoch, chosen on the test images.`,
      `Δ: difference to the student alone of the same seeds${differenceUnit(style)}, 95 % interval by Student’s t, each row by itself.`,
      epochsNote(rows, paperEpochs),
      ...unique(published),
      ...leftOut(lines),
      ...unique(lines.flatMap((line) => givenNote(line, scores))),
      ...origins(records),
    ],
  };
}

/** `, percentage points`; where more is better, that it is. */
const differenceUnit = ({ unit, better }: ScoreStyle): string =>
  `${unit ? ', percentage points' : ''}${better === 'higher' ? ', better above 0' : ''}`;

/** `Epochs: 20, teachers 40; the paper has 160, for mutual learning 200.` */
function epochsNote(rows: readonly ExperimentRow[], paper = 'the paper has 160, for mutual learning 200'): string {
  const of = (kind: readonly PlannedRow[]): string => unique(kind.map(({ plan }) => String(epochsInAll(plan)))).join(' or ');
  const planned = plannedRows(rows);
  const teachers = of(planned.filter(({ teacher }) => teacher));
  const students = of(planned.filter(({ teacher }) => !teacher));
  return `Epochs: ${students}${teachers ? `, teachers ${teachers}` : ''}; ${paper}.`;
}

/** Of the student, a first stage included. */
const epochsInAll = ({ method, training }: RunPlan): number =>
  training.epochs + (typeof method['pretrain'] === 'number' ? method['pretrain'] : 0);

/** `ResNet-56 is given: a file that was trained elsewhere, SHA-256 4bfd…; measured once (n = 1) on 10,000 test images by onednn (…)` */
function givenNote({ given }: TableLine, scores: readonly GivenScore[]): string[] {
  if (!given) return [];
  const { network, sha256 } = given;
  const score = scores.find((one) => one.given.weights === sha256);
  const measured = score
    ? `measured once (n = 1) on ${counted(score.evaluation.count, 'test image')} by ${engineText(score)}`
    : 'not measured yet';
  return [`The teacher ${network} is given: a file, not trained here, SHA-256 ${sha256}; ${measured}.`];
}

const engineText = ({ provenance: { engine, machine } }: Pick<RunRecord, 'provenance'>): string =>
  `${engine.name} (${engine.version}, ${engine.precision}) on ${machine.cpu}`;

/** Engines, machines, versions and commits that the records come from. */
function origins(records: readonly RunRecord[]): string[] {
  const engines = records.map(engineText);
  const commits = unique(records.flatMap(({ provenance: { commit } }) => commit ?? []));
  const versions = unique(records.map(({ provenance: { versions: v } }) => `iekd ${v.iekd}`));
  if (records.length === 0) return ['Nothing was trained yet.'];
  return [
    `${counted(records.length, 'run')}: ${unique(engines).join('; ')}; ${versions.join(', ')}, commits ${commits.join(', ') || 'unknown'}.`,
    ...unlikeNote(records),
  ];
}

/** Rounding differs from engine to engine, precision to precision and processor to processor: a difference may be of these. */
function unlikeNote(records: readonly RunRecord[]): string[] {
  const kinds: Readonly<Record<string, (of: RunRecord['provenance']) => string>> = {
    engines: ({ engine }) => engine.name,
    precisions: ({ engine }) => engine.precision,
    processors: ({ machine }) => machine.cpu,
  };
  const unlike = Object.entries(kinds).flatMap(([kind, of]) => {
    const count = new Set(records.map(({ provenance }) => of(provenance))).size;
    return count > 1 ? [`${count} ${kind}`] : [];
  });
  return unlike.length > 0
    ? [`The runs come from ${unlike.join(', ')}: rows that differ in these differ by more than their method.`]
    : [];
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** `8.84 ± 0.09`; a dash where there is none. */
export function summaryText(summary: Summary | undefined): string {
  if (!summary) return '–';
  return summary.mean.toFixed(2) + (summary.sd === undefined ? '' : ` ± ${summary.sd.toFixed(2)}`);
}

/** `−0.52 [−0.80, −0.24]`; of one seed without an interval. */
export function differenceText(difference: Interval | undefined): string {
  if (!difference) return '–';
  const { mean, low, high } = difference;
  return low === undefined || high === undefined
    ? formatSigned(mean)
    : `${formatSigned(mean)} [${formatSigned(low)}, ${formatSigned(high)}]`;
}

/** Lines of a pair of networks. */
export interface TableGroup {
  readonly group: string;
  readonly lines: readonly TableLine[];
}

/** Lines by group, in order: the first group, and of the others those with more to show than a student alone. */
export function tableGroups(lines: readonly TableLine[]): TableGroup[] {
  return allGroups(lines).filter(isShown);
}

const allGroups = (lines: readonly TableLine[]): TableGroup[] =>
  unique(lines.map(({ group }) => group)).map((group) => ({ group, lines: lines.filter((line) => line.group === group) }));

/** A student alone may be another group's, too, so it does not count. */
const isShown = ({ lines }: TableGroup, place: number): boolean =>
  place === 0 || lines.some(({ baseline, score, published }) => published !== undefined || (score !== undefined && !baseline));

/** Names the groups that `tableGroups` does not show. */
function leftOut(lines: readonly TableLine[]): string[] {
  const names = allGroups(lines).flatMap((one, place) => (isShown(one, place) ? [] : [one.group]));
  return names.length === 0 ? [] : [`Not shown, as no teacher or method was trained yet: ${names.join('; ')}.`];
}
