/**
 * Compiled modules (CommonJS) as one script for browsers: an entry with all that it requires, each module in a function of its own as Node
 * wraps it (nodejs.org/api/modules.html, "The module wrapper"), and what the entry exports as the script's export `library`. Nothing is
 * evaluated from text, so that a page may forbid that. Packages are replaced by expressions over globals of the page.
 */
import { dirname, relative, resolve } from 'node:path';
import { refusePhrase } from '../util/check';
import { readText } from '../util/files';

/** A `require` with a literal, as the compiler writes it. */
const REQUIRES = /\brequire\("([^"]+)"\)/g;

/**
 * @param entry path of a compiled module @param packages expression by the name of a package
 * @throws InputError for a module that is missing, and for a package without an expression
 */
export function moduleScript(entry: string, packages: Readonly<Record<string, string>>): string {
  const paths: string[] = [resolve(entry)];
  const root = resolve(entry, '../../..');
  const nameOf = (path: string): string => relative(root, path).replaceAll('\\', '/');
  const modules: string[] = [];
  for (const path of paths) {
    const text = readText(path, 'a compiled module').replaceAll(/\n?\/\/# sourceMappingURL=.*/g, '');
    const local = text.replaceAll(REQUIRES, (call, asked: string) => {
      if (!asked.startsWith('.')) {
        if (Object.hasOwn(packages, asked)) return call;
        throw refusePhrase(
          nameOf(path),
          `modules that run in a page, with packages among ${Object.keys(packages).join(', ') || 'none'}`,
          asked,
        );
      }
      const found = require.resolve(resolve(dirname(path), asked)); // a file, or the index of a folder
      if (!paths.includes(found)) paths.push(found);
      return `require(${JSON.stringify(nameOf(found))})`;
    });
    modules.push(`${JSON.stringify(nameOf(path))}(exports, require, module) {\n${local}\n}`);
  }
  const given = Object.entries(packages).map(([name, value]) => `${JSON.stringify(name)}: () => ${value}`);
  return `${HEAD}const packages = {\n${given.join(',\n')}\n};\nconst modules = {\n${modules.join(',\n')}\n};\n${LOADER}export const library = load(${JSON.stringify(nameOf(resolve(entry)))});\n`;
}

const HEAD = '// Modules of iekd (Apache-2.0) as they were compiled, gathered by `iekd demo`.\n';

const LOADER = `const loaded = new Map();
function load(name) {
  if (Object.hasOwn(packages, name)) return packages[name]();
  if (loaded.has(name)) return loaded.get(name).exports;
  const module = { exports: {} };
  loaded.set(name, module);
  modules[name](module.exports, load, module);
  return module.exports;
}
`;
