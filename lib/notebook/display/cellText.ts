/** What stands in a cell of a table, whatever the value: numbers with their digits, nothing as a dash, objects in short. */
import { inspect, types } from 'node:util';

/** Longer texts are cut. */
const LONGEST = 500;
/** Beyond these, a number without digits of its own is written with a power of ten. */
const SMALLEST = 1e-5;
const LARGEST = 1e15;

/**
 * Digits after the point for a column without digits of its own: as many as show four digits of each number, six at most; none for whole
 * numbers, which are shown as they are. Numbers that are written with a power of ten are left out.
 */
export function defaultDigits(numbers: readonly number[]): number | undefined {
  const plain = numbers.filter((value) => !needsPower(value));
  if (plain.every(Number.isInteger)) return undefined;
  const decimals = plain.map((value) => (/\.(\d+)$/.exec(String(Number(value.toPrecision(4))))?.[1] ?? '').length);
  return Math.min(6, Math.max(...decimals));
}

/**
 * Whole numbers with commas from 10,000 on, others with their digits, `1e-12` where these would show a 0; `NaN` and `∞` as such; nothing
 * as a dash; dates by ISO 8601; arrays and objects as a console shows them.
 * @param digits of the column; @param asked whether somebody chose them
 */
export function cellText(value: unknown, digits: number | undefined, asked: boolean): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return numberText(value, digits, asked);
  if (typeof value === 'string') return cut(value);
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  if (typeof value === 'bigint')
    return cut(value.toLocaleString('en-GB', { useGrouping: value >= 10_000n || value <= -10_000n }));
  return cut(inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 12, maxStringLength: 80 }));
}

function numberText(value: number, digits: number | undefined, asked: boolean): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  return (!asked && needsPower(value) ? power(value) : plainNumber(value, digits)).replace(/^-/, '−');
}

const plainNumber = (value: number, digits: number | undefined): string =>
  digits === undefined
    ? value.toLocaleString('en-GB', { useGrouping: Math.abs(value) >= 10_000 })
    : Math.abs(value) < 1e21
      ? value.toFixed(digits)
      : value.toExponential();

const needsPower = (value: number): boolean => value !== 0 && (Math.abs(value) < SMALLEST || Math.abs(value) >= LARGEST);

/** `1.235e-12` */
const power = (value: number): string => Number(value.toPrecision(4)).toExponential().replace('e+', 'e');

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
