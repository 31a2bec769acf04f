/**
 * From a line of the JavaScript that tslab runs back to the line of the cell. tslab keeps no source map, but its output keeps
 * the cell's words in order, so the two are aligned by the longest common subsequence of their words.
 */

interface Token {
  readonly text: string;
  /** Both counted from 1, as in stack traces. */
  readonly line: number;
  readonly column: number;
}

const TOKEN = /\/\/.*|\/\*[\s\S]*?\*\/|(["'])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^`\\])*`|[\p{L}_$][\p{L}\p{N}_$]*|\d[\w.]*|\S/gu;

/** Above this product of token counts alignment is given up: it takes memory of that size. */
const LARGEST = 4e7;

function tokens(source: string): Token[] {
  const list: Token[] = [];
  let [line, start, read] = [1, 0, 0];
  for (const match of source.matchAll(TOKEN)) {
    const index = match.index ?? 0;
    for (let i = source.indexOf('\n', read); i >= 0 && i < index; i = source.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    read = index;
    const text = match[0].replace(/^'(.*)'$/s, '"$1"'); // the compiler may change the quotes
    if (!/^\/[/*]/.test(text)) list.push({ text, line, column: index - start + 1 });
  }
  return list;
}

/** For each token of `b` the token of `a` it stands for, if any; among equally long alignments the one that matches latest. */
function align(a: readonly Token[], b: readonly Token[]): (Token | undefined)[] {
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => length[i * width + j] as number;
  const same = (i: number, j: number): boolean => a[i]?.text === b[j]?.text;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      length[i * width + j] = same(i - 1, j - 1) ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
    }
  }
  const matched: (Token | undefined)[] = new Array(b.length).fill(undefined);
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    if (same(i - 1, j - 1) && at(i, j) === at(i - 1, j - 1) + 1) matched[--j] = a[--i];
    else if (at(i - 1, j) >= at(i, j - 1)) i--;
    else j--;
  }
  return matched;
}

/**
 * The line of the cell (from 1) for a position in its JavaScript; undefined where the position belongs to no part of the cell.
 * @param source the cell
 * @param output what tslab made of it
 * @param line and `column` from 1, in `output`
 */
export function cellLine(source: string, output: string, line: number, column: number): number | undefined {
  const [a, b] = [tokens(source), tokens(output)];
  if (a.length * b.length > LARGEST) return undefined;
  const last = b.at(-1);
  if (!last || line > last.line) return undefined;
  const matched = align(a, b);
  const after = b.findIndex((token) => token.line > line || (token.line === line && token.column > column));
  const here = (after < 0 ? b.length : after) - 1;
  const next = b.findIndex((token, j) => j >= here && token.line === line && matched[j] !== undefined);
  if (next >= 0) return matched[next]?.line;
  return matched
    .slice(0, here + 1)
    .reverse()
    .find((token) => token !== undefined)?.line;
}
