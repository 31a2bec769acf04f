// @ts-check
/**
 * Lets Node run TypeScript: `node -r ./test/typescript.cjs`. Types are left out, as `npm run check` looks at them; what a file becomes is
 * kept below lib/dist and used again while the file is the same, so that most processes of a run never load the compiler, which takes
 * longer than most tests.
 */
'use strict';
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, isAbsolute, join, relative, resolve } = require('node:path');

const ROOT = resolve(__dirname, '..');
const KEPT = join(ROOT, 'lib', 'dist', 'transpiled');

/** As tsconfig.json has it; the map from JavaScript to TypeScript is within the code, for `--enable-source-maps`. */
const OPTIONS = { target: 'es2022', module: 'node16', esModuleInterop: true, inlineSourceMap: true, inlineSources: true };

/** Of everything that decides the code of all files. */
const VERSION = `${require('typescript/package.json').version} ${JSON.stringify(OPTIONS)}`;

/**
 * @param {string} file
 * @returns {string} JavaScript
 */
function transpiled(file) {
  const source = readFileSync(file, 'utf8');
  const name = relative(ROOT, file);
  if (name.startsWith('..') || isAbsolute(name)) return compile(source, file); // of a test's own, which is gone soon
  const first = `// ${createHash('sha256').update(VERSION).update(source).digest('hex')}\n`;
  const kept = join(KEPT, `${name.replace(/[^\w.-]/g, '_')}.js`);
  try {
    const code = readFileSync(kept, 'utf8');
    if (code.startsWith(first)) return code.slice(first.length);
  } catch {
    // there is none yet
  }
  const code = compile(source, file);
  keep(kept, first + code);
  return code;
}

/**
 * @param {string} source
 * @param {string} file
 */
function compile(source, file) {
  const ts = require('typescript');
  const { options, errors } = ts.convertCompilerOptionsFromJson(OPTIONS, ROOT);
  if (errors.length > 0) throw new Error(String(errors[0]?.messageText));
  return ts.transpileModule(source, { compilerOptions: options, fileName: file }).outputText;
}

/**
 * Whole or not at all: other processes read and write it at the same time. What cannot be kept is compiled again.
 * @param {string} path
 * @param {string} text
 */
function keep(path, text) {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}

require.extensions['.ts'] = (module, file) =>
  /** @type {NodeModule & { _compile(code: string, file: string): void }} */ (module)._compile(transpiled(file), file);
