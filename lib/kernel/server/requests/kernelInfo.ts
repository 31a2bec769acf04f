/** Content of `kernel_info_reply`: what runs here. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../../../util/check';
import { readJson } from '../../../util/json';
import type { JsonObject } from '../../messages';
import { PROTOCOL_VERSION } from '../wire/protocol';

/** Name and version of the package that this kernel comes with. */
export interface Implementation {
  readonly name: string;
  readonly version: string;
}

/** Seen from `dist/kernel/server/requests`. */
const PACKAGE = join(__dirname, '../../../../package.json');

export function implementation(): Implementation {
  return { name: entry(PACKAGE, 'name'), version: entry(PACKAGE, 'version') };
}

export function kernelInfo({ name, version }: Implementation): JsonObject {
  const typescript = entry(createRequire(__filename).resolve('typescript/package.json'), 'version');
  return {
    status: 'ok',
    protocol_version: PROTOCOL_VERSION,
    implementation: name,
    implementation_version: version,
    language_info: {
      name: 'typescript',
      version: typescript,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: 'typescript',
      nbconvert_exporter: 'script',
    },
    banner: `TypeScript ${typescript} on Node.js ${process.versions.node} (${name} ${version})`,
    help_links: [
      { text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/intro.html' },
      { text: 'Node.js', url: 'https://nodejs.org/docs/latest/api/' },
    ],
    debugger: true,
    supported_features: ['iopub_welcome', 'debugger'],
  };
}

function entry(path: string, key: string): string {
  const content = readJson(path);
  const value = isObject(content) ? content[key] : undefined;
  return typeof value === 'string' ? value : 'unknown';
}
