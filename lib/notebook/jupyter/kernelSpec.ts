/** Kernels as Jupyter describes them: a folder `kernels/<name>` with `kernel.json`. The project's own is in `lib/kernel/jupyter`. */
import { join, resolve } from 'node:path';
import { refuse } from '../../util/check';
import { readJson } from '../../util/json';

/** How a kernel is started. */
export interface KernelSpec {
  readonly name: string;
  /** Program and arguments, with `{connection_file}` still to be put in. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** As the description names it: `typescript`, `python`. */
  readonly language?: string;
}

/** To be put into `JUPYTER_PATH` so that Jupyter finds the project's kernel. Seen from `lib/dist/notebook/jupyter`. */
export const JUPYTER_FOLDER = resolve(__dirname, '../../../kernel/jupyter');

/**
 * Reads a kernel's description.
 * @param folder the folder that holds `kernels`
 */
export function kernelSpec(name = 'tslab', folder = JUPYTER_FOLDER): KernelSpec {
  if (!/^[\w.-]+$/.test(name)) throw refuse('kernelSpec', 'a name of letters, digits, dots, dashes and underscores', name);
  const resources = join(folder, 'kernels', name);
  const path = join(resources, 'kernel.json');
  const found = readJson(path, { expected: "a kernel's description" });
  if (typeof found !== 'object' || found === null) throw refuse(`kernelSpec: ${path}`, 'an object', found);
  const spec: { argv?: unknown; env?: unknown; language?: unknown } = found;
  const argv = strings(spec.argv);
  if (argv.length === 0 || !argv.includes('{connection_file}')) {
    throw refuse(`kernelSpec: ${path}`, 'argv with {connection_file}', spec.argv);
  }
  const env = Object.entries(spec.env ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const language = typeof spec.language === 'string' ? { language: spec.language } : {};
  const words = argv.map((word) => word.replaceAll('{resource_dir}', resources));
  return { name, argv: words, env: Object.fromEntries(env), ...language };
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
