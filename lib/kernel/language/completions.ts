/**
 * Completions at a place in a cell. Front ends replace what stands between `start` and the cursor and do not filter, so only
 * what begins as the text does is offered, and where nothing does, what begins so in other capitals. What the cell or an earlier one
 * declares comes before globals.
 */
import ts from 'typescript';
import type { Completion } from '../messages';
import type { CellFile } from './cellFiles';
import { signatureText } from './typeText';

/** So many carry a signature: each costs TypeScript a look. */
const SIGNED = 20;
const LONGEST_SIGNATURE = 160;

const PREFERENCES: ts.GetCompletionsAtPositionOptions = {
  includeCompletionsForModuleExports: false,
  includeCompletionsWithInsertText: false,
  includeCompletionsWithSnippetText: false,
};

/** @param offset in the cell's own text */
export function completionsAt(service: ts.LanguageService, cell: CellFile, offset: number): Completion {
  const info = service.getCompletionsAtPosition(cell.path, cell.start + offset, PREFERENCES);
  const word = offset - (/[\p{L}\p{N}_$\u200c\u200d]*$/u.exec(cell.source.slice(0, offset))?.[0].length ?? 0);
  const starts = (info?.entries ?? []).map((entry) => ({ entry, start: startOf(entry, info, cell, word, offset) }));
  const start = starts.length > 0 ? Math.min(...starts.map((one) => one.start)) : word;
  const prefix = cell.source.slice(start, offset);
  const alike = starts
    .map(({ entry, start: own }) => ({ entry, text: cell.source.slice(start, own) + entry.name }))
    .filter(({ entry, text }) => useful(entry) && text.toLowerCase().startsWith(prefix.toLowerCase()));
  const asWritten = alike.filter(({ text }) => text.startsWith(prefix));
  const offered = (asWritten.length > 0 ? asWritten : alike).sort(
    (a, b) => rank(a) - rank(b) || compare(a.entry.sortText, b.entry.sortText) || compare(a.text, b.text),
  );
  const matches = offered.map(({ entry, text }, i) => ({
    text,
    kind: entry.kind,
    signature: i < SIGNED ? signature(service, cell, offset, entry) : '',
  }));
  return { start, end: offset, matches };
}

function startOf(
  entry: ts.CompletionEntry,
  info: ts.CompletionInfo | undefined,
  cell: CellFile,
  word: number,
  offset: number,
): number {
  const span = entry.replacementSpan ?? info?.optionalReplacementSpan;
  const start = span ? span.start - cell.start : word;
  return start >= 0 && start <= offset ? start : word;
}

const HIDDEN: ReadonlySet<string> = new Set(['$cells', '__stop', '__kernel']);

/** `warning`: words of a JavaScript file, of which TypeScript knows nothing. */
const useful = ({ name, kind }: ts.CompletionEntry): boolean => kind !== ts.ScriptElementKind.warning && !HIDDEN.has(name);

/** Deprecated ones last. */
const rank = ({ entry }: { readonly entry: ts.CompletionEntry }): number =>
  /\bdeprecated\b/.test(entry.kindModifiers ?? '') ? 1 : 0;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function signature(service: ts.LanguageService, cell: CellFile, offset: number, entry: ts.CompletionEntry): string {
  if (entry.kind === ts.ScriptElementKind.keyword || entry.kind === ts.ScriptElementKind.string) return '';
  const at = cell.start + offset;
  const details = service.getCompletionEntryDetails(cell.path, at, entry.name, undefined, entry.source, PREFERENCES, entry.data);
  const text = signatureText(details?.displayParts);
  return text.length > LONGEST_SIGNATURE ? `${text.slice(0, LONGEST_SIGNATURE - 1)}…` : text;
}
