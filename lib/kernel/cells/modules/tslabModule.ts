/** `import * as tslab from 'tslab'`: tslab's display functions, as its public interface (1.0.22) declares them, for pages that use them. */
import { randomBytes } from 'node:crypto';
import type { KernelApi } from '../../messages';

const VERSION = '1.0.22';

/** By function: the MIME type it shows. */
const TYPES = {
  javascript: 'text/javascript',
  html: 'text/html',
  markdown: 'text/markdown',
  latex: 'text/latex',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  pdf: 'application/pdf',
  text: 'text/plain',
} as const;

type Content = string | Uint8Array;

/** @param typescript the version of the compiler */
export function tslabModule({ display }: Pick<KernelApi, 'display'>, typescript: string): object {
  const make = (id?: string): object => {
    let update = false;
    const raw = (type: string, content: Content): void => {
      display({ [type]: content }, id === undefined ? {} : { id, update });
      update = id !== undefined;
    };
    const named = Object.entries(TYPES).map(([name, type]) => [name, (content: Content) => raw(type, content)] as const);
    return { ...Object.fromEntries(named), raw };
  };
  const versions = { tslab: VERSION, typescript, node: process.version };
  return Object.freeze({ __esModule: true, versions, display: make(), newDisplay: () => make(randomBytes(8).toString('hex')) });
}
