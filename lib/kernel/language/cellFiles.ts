/**
 * Cells as files of one program. Each is a module whose first line, the header, brings in the names of earlier cells that it
 * mentions, and whose last line, the footer, exports its own:
 *
 *     import * as $cells from './[cells]'; declare let n: typeof $cells.c3.n; import Net = $cells.c5.Net;
 *     const layers = n + new Net().depth;
 *     export { layers };
 *
 * A variable is declared again and not imported, so that a later cell may assign to a `let`. All go through `[cells].ts`, which
 * exports every cell as `c1`, `c2`, …: so no cell imports another by its own name, files for cells to come are there from the
 * beginning, and a new cell changes the text of one file and nothing of the program's structure (15 ms instead of 150).
 */
import { AMBIENT } from './ambient';
import { createSlots } from './cellSlots';
import { type DeclaredName, declaredNames, mentionedNames } from './declaredNames';
import type { ParsedCell } from './parsedCell';
import type { Project } from './projectHost';

/** A cell's text as the program has it. */
export interface CellFile {
  readonly path: string;
  readonly source: string;
  /** Where the cell's own text begins: how long the header is. */
  readonly start: number;
  readonly declared: ReadonlyMap<string, DeclaredName>;
  /** Names of earlier cells in its header. */
  readonly takes: readonly string[];
}

/** Where a name that cells see comes from. */
export interface KnownName {
  readonly kind: DeclaredName['kind'];
  /** The place of its file, in `[cells].ts`. */
  readonly slot: number;
  readonly path: string;
  /** Of the name in that file. */
  readonly offset: number;
}

export interface CellFiles {
  readonly names: ReadonlyMap<string, KnownName>;
  /** Writes a cell where the next one stands. @param all header with every name known, for completions */
  place(parsed: ParsedCell, source: string, all?: boolean): CellFile;
  /** Takes back what was placed. */
  clear(): void;
  /** Lets what was placed last: later cells see its names. @param more names that only the checker knows (`export * from`) */
  keep(number: number, file: CellFile, more: readonly string[]): void;
  /** The execution count of the cell in a file; undefined for another file. */
  numberOf(path: string): number | undefined;
}

const EMPTY = "import * as $cells from './[cells]';\n";

/** @param folder where they lie, with `/` between folders */
export function createCellFiles(project: Project, folder: string): CellFiles {
  const path = (slot: number): string => `${folder}/[cell-${slot}].ts`;
  const names = new Map<string, KnownName>();
  const numbers = new Map<string, number>();
  const slots = createSlots((count) => {
    const index = Array.from({ length: count }, (_, i) => i + 1);
    for (const slot of index) if (!project.has(path(slot))) project.write(path(slot), EMPTY);
    project.write(`${folder}/[cells].ts`, index.map((slot) => `export * as c${slot} from './[cell-${slot}]';\n`).join(''));
    project.addRoots(index.map(path));
  });
  project.write(`${folder}/[ambient].d.ts`, AMBIENT);
  project.addRoots([`${folder}/[ambient].d.ts`, `${folder}/[cells].ts`]);
  return {
    names,
    place({ file }, source, all = false) {
      const declared = declaredNames(file);
      const wanted = [...(all ? names.keys() : mentionedNames(file))].filter((name) => names.has(name) && !declared.has(name));
      const header = `${EMPTY.trim()} ${headerOf(wanted, names)}\n`;
      const at = path(slots.next());
      project.write(at, `${header}${source}\n${footerOf(declared)}`);
      return { path: at, source, start: header.length, declared, takes: wanted };
    },
    clear: () => project.write(path(slots.next()), EMPTY),
    keep(number, { path: at, start, declared, takes }, more) {
      numbers.set(at, number);
      const slot = slots.next();
      const uses = takes.flatMap((name) => names.get(name)?.slot ?? []);
      for (const [name, { kind, offset }] of declared) names.set(name, { kind, slot, path: at, offset: start + offset });
      for (const name of more) names.set(name, { kind: 'entity', slot, path: at, offset: start });
      slots.take(
        uses,
        [...names.values()].map((known) => known.slot),
      );
    },
    numberOf: (at) => numbers.get(at),
  };
}

function headerOf(wanted: readonly string[], names: ReadonlyMap<string, KnownName>): string {
  const parts = wanted.flatMap((name) => {
    const known = names.get(name);
    if (!known) return [];
    if (known.kind === 'entity') return [`import ${name} = $cells.c${known.slot}.${name};`];
    return [`declare ${known.kind} ${name}: typeof $cells.c${known.slot}.${name};`];
  });
  return parts.join(' ');
}

function footerOf(declared: ReadonlyMap<string, DeclaredName>): string {
  const own = [...declared].filter(([, { exported }]) => !exported).map(([name]) => name);
  return `export { ${own.join(', ')} };\n`;
}
