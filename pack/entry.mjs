// @ts-check
/** The door for `import`: the same CommonJS module under names of its own, so that there is one library whoever asks. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * @param {string} root the repository, built
 * @returns {Map<string, string>}
 */
export function moduleEntry(root) {
  const names = Object.keys(createRequire(import.meta.url)(join(root, 'lib', 'dist', 'index.js'))).sort();
  const lines = ["import iekd from './index.js';", '', 'export const {', ...names.map((name) => `  ${name},`), '} = iekd;', ''];
  return new Map([
    ['dist/index.mjs', lines.join('\n')],
    ['dist/index.d.mts', "export * from './index.js';\n"],
  ]);
}
