/** How TypeScript writes the type of a name, without what comes from the way in which cells see one another. */
import ts from 'typescript';

/** `import Net = $cells.c1.Net` stands below what the name means, and `$cells.c1.` before the types of earlier cells. */
export function typeText(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts
    .displayPartsToString(parts ? [...parts] : [])
    .replace(/^\(alias\) /, '')
    .replace(/\nimport [^\n]*$/, '')
    .replace(/\$cells\.c\d+\./g, '')
    .trim();
}

/** In one line; of a name with two meanings, that of the value. */
export function signatureText(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return typeText(parts)
    .replace(/^(namespace|interface) \S+\n(?=(var|let|const|function|class) )/, '')
    .replace(/\s+/g, ' ');
}
