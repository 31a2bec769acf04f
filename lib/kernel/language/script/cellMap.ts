/**
 * A source map of a cell's script, version 3, counted in the cell's own lines. TypeScript's counts the header too, which is one
 * line. Its `mappings` hold differences, each line and column to the one before, so only the first of them changes.
 */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** @param json as TypeScript wrote it @param name of the cell */
export function ownMap(json: string, name: string, source: string): string {
  const map: unknown = JSON.parse(json);
  const mappings = typeof map === 'object' && map !== null && 'mappings' in map ? String(map.mappings) : '';
  return JSON.stringify({
    version: 3,
    file: name,
    sources: [name],
    sourcesContent: [source],
    names: [],
    mappings: oneLineUp(mappings),
  });
}

/** The first segment has the generated column, the file, the line and the column, from nothing. */
function oneLineUp(mappings: string): string {
  return mappings.replace(/[^;,]{4,}/, (segment) => {
    const [generated, file, line, ...rest] = decode(segment);
    return [generated ?? 0, file ?? 0, (line ?? 1) - 1, ...rest].map(encode).join('');
  });
}

/** Base 64 VLQ: five bits a digit, least first, the sixth where more come; the lowest bit of the number is its sign. */
function decode(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function encode(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const bits = rest & 31;
    rest >>= 5;
    text += DIGITS[rest > 0 ? bits | 32 : bits];
  } while (rest > 0);
  return text;
}
