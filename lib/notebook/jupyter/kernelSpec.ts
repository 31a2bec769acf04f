/** Kernels as Jupyter describes them: a folder `kernels/<name>` with `kernel.json`. The project's own is in `lib/kernel/jupyter`. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { refuse, refusePhrase } from '../../util/check';

/** How a kernel is started. */
export interface KernelSpec {
  readonly name: string;
  /** Program and arguments, with `{connection_file}` still to be put in. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
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
  let spec: { argv?: unknown; env?: unknown };
  try {
    spec = JSON.parse(readFileSync(path, 'utf8')) as typeof spec;
  } catch (error) {
    throw refusePhrase('kernelSpec', `a kernel's description at ${path}`, (error as Error).message);
  }
  const argv = strings(spec.argv);
  if (argv.length === 0 || !argv.includes('{connection_file}')) {
    throw refuse(`kernelSpec: ${path}`, 'argv with {connection_file}', spec.argv);
  }
  const env = Object.entries(spec.env ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { name, argv: argv.map((word) => word.replaceAll('{resource_dir}', resources)), env: Object.fromEntries(env) };
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
