// @ts-check
/** The static checks: format and lint, types, layers, and the compiler that notebooks use. Each gives its complaints as text. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** Fewer modules than this mean that the cruiser did not read TypeScript: with a compiler it does not know, it reads none. */
const FEWEST_MODULES = 100;

/**
 * Runs a program of node_modules; its output when it fails, nothing when it does not.
 * @param {string} program
 * @param {...string} args
 */
function run(program, ...args) {
  const { status, stdout, stderr } = node(program, ...args);
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `exit ${status}`;
}

/**
 * @param {string} program
 * @param {...string} args
 */
function node(program, ...args) {
  const script = join(ROOT, 'node_modules', program);
  return spawnSync(process.execPath, [script, ...args], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** Format, lint and import order. */
function biome() {
  const colours = process.stdout.isTTY ? 'force' : 'off';
  return run('@biomejs/biome/bin/biome', 'ci', `--colors=${colours}`, '--max-diagnostics=50', '--error-on-warnings');
}

/** Types of library and tests, and of the set-up scripts through their doc comments. */
function types() {
  const sources = run('@typescript/native/bin/tsc', '-b', '--pretty', String(process.stdout.isTTY ?? false));
  return [sources, run('@typescript/native/bin/tsc', '-p', 'lib/setup')].filter(Boolean).join('\n');
}

/** Imports go down only. */
function layers() {
  const cruise = node('dependency-cruiser/bin/dependency-cruise.mjs', 'lib', '--config', '.dependency-cruiser.cjs', '-T', 'json');
  if (!cruise.stdout.startsWith('{')) return cruise.stdout + cruise.stderr;
  const { violations, totalCruised } = JSON.parse(cruise.stdout).summary;
  if (totalCruised < FEWEST_MODULES) return `expected at least ${FEWEST_MODULES} modules, received ${totalCruised}`;
  return violations.map(explain).join('\n');
}

/** @param {{ rule: { name: string }, from: string, to: string, comment?: string }} violation */
function explain({ rule, from, to, comment }) {
  return `${rule.name}: ${from} → ${to}${comment ? ` (${comment})` : ''}`;
}

/**
 * The declarations of the built library under TypeScript 5.0.4, which tslab brings, and under tslab's settings: what it cannot
 * read there, no notebook can use.
 */
function notebookCompiler() {
  /** @type {typeof import('typescript')} */
  const ts = require('@tslab/typescript-for-tslab');
  const dist = join(ROOT, 'lib', 'dist');
  const declarations = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts') && !name.startsWith('test'))
    .map((name) => join(dist, name));
  if (declarations.length < FEWEST_MODULES)
    return `expected at least ${FEWEST_MODULES} declaration files, received ${declarations.length}`;
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
  ['layers', layers],
  ["declarations under tslab's compiler", notebookCompiler],
];
