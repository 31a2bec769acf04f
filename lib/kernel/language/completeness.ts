/**
 * Whether Enter runs a cell or begins its next line: what the parser misses only at the end may still come, what it refuses
 * before that will not become right.
 */
import ts from 'typescript';
import type { Completeness } from '../messages';
import { parseCell } from './parsedCell';

/** Unterminated comment and template literal: reported where they begin or end, as TypeScript likes. */
const OPEN: ReadonlySet<number> = new Set([1010, 1160]);
/** A string in quotes ends with its line. */
const NEVER: ReadonlySet<number> = new Set([1002]);
const STEP = '  ';

export function completeness(source: string): Completeness {
  const { errors } = parseCell(source);
  const first = [...errors].sort((a, b) => (a.start ?? 0) - (b.start ?? 0))[0];
  if (!first) return { status: 'complete', indent: '' };
  const end = source.trimEnd().length;
  if (NEVER.has(first.code) || (!OPEN.has(first.code) && (first.start ?? 0) < end)) return { status: 'invalid', indent: '' };
  return { status: 'incomplete', indent: indentOf(source) };
}

/** That of the last line that is not blank, one step more where it opened a bracket; within a text that goes on, none. */
function indentOf(source: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2024, true, ts.LanguageVariant.Standard, source);
  const last = source.trimEnd().lastIndexOf('\n') + 1;
  let depth = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (scanner.isUnterminated()) return '';
    if (scanner.getTokenStart() < last) continue;
    if (OPENING.has(token)) depth++;
    else if (CLOSING.has(token)) depth = Math.max(0, depth - 1);
  }
  const own = /^[ \t]*/.exec(source.slice(last))?.[0] ?? '';
  return depth > 0 ? own + STEP : own;
}

const OPENING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.OpenBraceToken,
  ts.SyntaxKind.OpenBracketToken,
  ts.SyntaxKind.OpenParenToken,
  ts.SyntaxKind.TemplateHead,
]);
const CLOSING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.CloseBraceToken,
  ts.SyntaxKind.CloseBracketToken,
  ts.SyntaxKind.CloseParenToken,
]);
