/** Cells as the kernel runs them: compiled by one language, evaluated in V8's REPL mode, with the least of a main thread. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Runtime, Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLanguage } from 'iekd/dist/kernel/language/language';
import type { CompileResult, Diagnostic, Language } from 'iekd/dist/kernel/messages';

export interface Notebook {
  readonly language: Language;
  readonly folder: string;
  /** Not 0: loops are to stop. */
  readonly stop: Int32Array;
  /** The value of a cell, or what the compiler says of it, a line for each: `1:7 2322 …`. */
  run(source: string): Promise<unknown>;
  compile(source: string): CompileResult;
  write(name: string, text: string): void;
  /** Installs a package, so to speak. */
  writePackage(name: string, files: Readonly<Record<string, string>>): void;
  remove(): void;
}

const globals = globalThis as typeof globalThis & { __stop?: Int32Array; __kernel?: object; require?: unknown };

/** @param files by name, written into the notebook's folder */
export function openNotebook(files: Readonly<Record<string, string>> = {}): Notebook {
  const folder = mkdtempSync(join(tmpdir(), 'language-'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  const language = createLanguage({ folder });
  const session = new Session();
  session.connect();
  const load = createRequire(join(folder, 'page.ipynb'));
  const stop = new Int32Array(8);
  let [count, result]: [number, unknown] = [0, undefined];
  const stopped = (): never => {
    throw new Error('stopped');
  };
  const namespace = (name: string): object => {
    const found = load(name) as { readonly __esModule?: boolean };
    return found.__esModule ? found : { ...found, default: found };
  };
  const kernel = {
    stopped,
    require: namespace,
    import: async (name: string) => namespace(name),
    meta: { filename: join(folder, 'page.ipynb'), url: 'file:///page.ipynb' },
    result: (value: unknown) => {
      result = value;
    },
  };
  const compile = (source: string): CompileResult => language.compile({ number: ++count, source });
  return {
    language,
    folder,
    stop,
    compile,
    write,
    writePackage(name, contents) {
      mkdirSync(join(folder, 'node_modules', name), { recursive: true });
      const described = { 'package.json': '{}', ...contents };
      for (const [file, text] of Object.entries(described)) write(join('node_modules', name, file), text);
    },
    async run(source) {
      Object.assign(globals, {
        __stop: stop,
        __kernel: kernel,
        require: load,
        __filename: join(folder, 'page.ipynb'),
        __dirname: folder,
      });
      result = undefined;
      const compiled = compile(source);
      if (!compiled.ok) return told(compiled.diagnostics);
      const failure = await evaluate(session, compiled.cell.script);
      return failure ?? result;
    },
    remove() {
      session.disconnect();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const told = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics
    .map(({ file, line, column, code, text }) => `${file ? `${file}:` : ''}${line}:${column} ${code} ${text}`)
    .join('\n');

function evaluate(session: Session, expression: string): Promise<string | undefined> {
  return new Promise((done, fail) => {
    session.post('Runtime.evaluate', { expression, replMode: true } as Runtime.EvaluateParameterType, (error, answer) => {
      if (error) return fail(error);
      const thrown = (answer as Runtime.EvaluateReturnType).exceptionDetails;
      return done(thrown && `thrown: ${thrown.exception?.description ?? thrown.text}`.split('\n')[0]);
    });
  });
}
