/** What is known of the name at a place: its type, its documentation, and within a call's brackets the function's signature. */
import ts from 'typescript';
import type { Inspection } from '../messages';
import type { CellFile, KnownName } from './cellFiles';
import { typeText } from './typeText';

interface Facts {
  readonly type: string;
  readonly documentation: string;
  readonly tags: readonly ts.JSDocTagInfo[];
}

/** @param names of earlier cells, whose documentation stands there */
export function inspectAt(
  service: ts.LanguageService,
  cell: CellFile,
  names: ReadonlyMap<string, KnownName>,
  offset: number,
  detail: 0 | 1,
): Inspection | undefined {
  const facts = nameAt(service, cell, names, offset) ?? callAt(service, cell, offset);
  return facts && rendered(facts, detail);
}

function nameAt(
  service: ts.LanguageService,
  cell: CellFile,
  names: ReadonlyMap<string, KnownName>,
  offset: number,
): Facts | undefined {
  const before = /[\p{L}\p{N}_$]$/u.test(cell.source.slice(0, offset)) ? [offset - 1] : [];
  for (const at of [offset, ...before]) {
    const info = service.getQuickInfoAtPosition(cell.path, cell.start + at);
    if (!info) continue;
    const name = cell.source.slice(info.textSpan.start - cell.start).slice(0, info.textSpan.length);
    const unknown = typeText(info.displayParts) === 'any'; // also of a type where a value is expected
    const known = unknown || fromHeader(service, cell, at) ? names.get(name) : undefined;
    const origin = known && service.getQuickInfoAtPosition(known.path, known.offset);
    if (unknown && !origin) continue;
    return factsOf(origin && (known.kind === 'entity' || !info.documentation?.length) ? { ...info, ...origin } : info);
  }
  return undefined;
}

/** Whether a name comes from an earlier cell. */
function fromHeader(service: ts.LanguageService, cell: CellFile, offset: number): boolean {
  const found = service.getDefinitionAtPosition(cell.path, cell.start + offset) ?? [];
  return found.some(
    ({ fileName, textSpan }) => /\[cell-\d+\]\.ts$/.test(fileName) && (fileName !== cell.path || textSpan.start < cell.start),
  );
}

const factsOf = ({ displayParts, documentation, tags = [] }: ts.QuickInfo): Facts => ({
  type: typeText(displayParts),
  documentation: ts.displayPartsToString(documentation),
  tags,
});

/** Every overload of the function in whose call the place stands, the one that fits first. */
function callAt(service: ts.LanguageService, cell: CellFile, offset: number): Facts | undefined {
  const help = service.getSignatureHelpItems(cell.path, cell.start + offset, undefined);
  const items = help?.items ?? [];
  const first = items[help?.selectedItemIndex ?? 0];
  if (!first) return undefined;
  const text = (item: ts.SignatureHelpItem): string => {
    const parameters = item.parameters.map(({ displayParts }) => ts.displayPartsToString(displayParts));
    const separator = ts.displayPartsToString(item.separatorDisplayParts);
    return [item.prefixDisplayParts, item.suffixDisplayParts].map(ts.displayPartsToString).join(parameters.join(separator));
  };
  const type = [first, ...items.filter((item) => item !== first)].map(text).join('\n');
  return { type, documentation: ts.displayPartsToString(first.documentation), tags: first.tags };
}

function rendered({ type, documentation, tags }: Facts, detail: 0 | 1): Inspection {
  const told = detail === 1 ? documentation : (documentation.split('\n\n', 1)[0] ?? '');
  const lines = tags.map(({ name, text }) => ({ name, text: ts.displayPartsToString(text).trim() }));
  const plain = lines.map((tag) => `@${tag.name} ${tag.text}`.trim()).join('\n');
  const marked = lines.map((tag) => `- *@${tag.name}* ${tag.text}`.trim()).join('\n');
  const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n');
  return {
    plain: joined([type, told, detail === 1 ? plain : '']),
    markdown: joined([`\`\`\`typescript\n${type}\n\`\`\``, told, detail === 1 ? marked : '']),
  };
}
