// @ts-check
/** The static checks: format and lint, types, the walls between rooms, dead code, and the compiler that notebooks use. Each gives its complaints as text. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deadCode, forbiddenImports, fullFolders, readsOfTests, sameNames, undocumented } from './architecture/walls.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** Fewer declaration files than this mean that the library was not built. */
const FEWEST_DECLARATIONS = 100;

/**
 * Runs a program of node_modules; its output when it fails, nothing when it does not.
 * @param {string} program
 * @param {...string} args
 */
function run(program, ...args) {
  const script = join(ROOT, 'node_modules', program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `exit ${status}`;
}

/** Format, lint and import order. */
function biome() {
  const colours = process.stdout.isTTY ? 'force' : 'off';
  return run('@biomejs/biome/bin/biome', 'ci', `--colors=${colours}`, '--max-diagnostics=50', '--error-on-warnings');
}

/** Types of library and tests, and of the scripts through their doc comments. */
function types() {
  const sources = run('@typescript/native/bin/tsc', '-b', '--pretty', String(process.stdout.isTTY ?? false));
  const scripts = ['test/tsconfig.scripts.json', 'lib/demo/site/tsconfig.json'];
  return [sources, ...scripts.map((project) => run('@typescript/native/bin/tsc', '-p', project))].filter(Boolean).join('\n');
}

/**
 * Complaints of one or more rules about this checkout.
 * @param {...(root: string) => string[]} rules
 */
const walls =
  (...rules) =>
  () =>
    rules.flatMap((rule) => rule(ROOT)).join('\n');

/**
 * The declarations of the built library under TypeScript 5.0.4, which tslab brings, and under tslab's settings: what it cannot
 * read there, no notebook can use.
 */
function notebookCompiler() {
  /** @type {typeof import('typescript')} */
  const ts = createRequire(require.resolve('tslab/package.json'))('@tslab/typescript-for-tslab');
  const dist = join(ROOT, 'lib', 'dist');
  const declarations = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts') && !name.startsWith('test'))
    .map((name) => join(dist, name));
  if (declarations.length < FEWEST_DECLARATIONS)
    return `expected at least ${FEWEST_DECLARATIONS} declaration files, received ${declarations.length}`;
  const program = ts.createProgram(declarations, {
    module: ts.ModuleKind.ESNext,
    moduleResolution: 2, // node10, which later versions no longer name
    esModuleInterop: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
    noEmit: true,
  });
  // Those of tfjs name WebGPU types of the DOM; only ours are asked about.
  const ours = program.getSourceFiles().filter((file) => file.fileName.startsWith(dist.replaceAll('\\', '/')));
  const found = ours.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]);
  const host = { getCanonicalFileName: (/** @type {string} */ f) => f, getCurrentDirectory: () => ROOT, getNewLine: () => '\n' };
  return ts.formatDiagnostics(found, host).trim();
}

/** @type {readonly (readonly [string, () => string])[]} */
export const CHECKS = [
  ['format and lint', biome],
  ['types', types],
  ['rooms: what may import what', walls(forbiddenImports)],
  ['folders, file names, no tests in the library', walls(fullFolders, sameNames, readsOfTests)],
  ['dead files, exports and dependencies', walls(deadCode)],
  ['reference: doc comments and links', walls(undocumented)],
  ["declarations under tslab's compiler", notebookCompiler],
];
