/**
 * The project's kernel in a Jupyter of the user's own: a folder `kernels/NAME` with a description that names Node and the launcher of this
 * checkout by their full paths, and logos. `kernel.json` is written last: Jupyter takes a folder without it for no kernel, so that it sees
 * all of a kernel or none. Only what carries our mark (`metadata.iekd`) is ever replaced or removed.
 * https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, refuse, refusePhrase } from '../../util/check';
import { tryFile } from '../../util/fileErrors';
import { writeAtomic } from '../../util/files';
import { readJson } from '../../util/json';
import { suggestion } from '../../util/names';
import { ownerFolder } from '../../util/package/ownPackage';
import { JUPYTER_FOLDER } from './kernelSpec';

/** The name that the project's pages ask for: with it they open without a question. */
const KERNEL_NAME = 'tslab';

/** A kernel of this project, of this checkout or another one. */
export interface InstalledKernel {
  readonly name: string;
  readonly displayName: string;
  readonly folder: string;
  /** The checkout whose kernel it starts. */
  readonly project: string;
  /** Files that it needs and that are not there any more: Node, the launcher. */
  readonly missing: readonly string[];
}

export interface InstallOptions {
  /** Default: the one that the project's pages ask for. */
  readonly name?: string;
  readonly displayName?: string;
  /** Replace a kernel that is not ours. Default false. */
  readonly force?: boolean;
}

/** What is copied beside the description. */
const LOGOS = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg'];
/** The kernel's own folder, which `npm run lab` points Jupyter to: what is installed is made of it. */
const OWN = join(JUPYTER_FOLDER, 'kernels', KERNEL_NAME);
/** The checkout, or the project that the library is installed in. */
const PROJECT = ownerFolder();
const MOST_BYTES = 2 ** 20;

/** Installs the kernel of this checkout below a data folder of Jupyter. @throws InputError where another kernel has the name */
export function installKernel(dataFolder: string, options: InstallOptions = {}): InstalledKernel {
  const { name = KERNEL_NAME, displayName, force = false } = options;
  checkName(name);
  const folder = join(dataFolder, 'kernels', name);
  if (!replaceable(folder)) {
    const hint = 'give --name for another name, or --force to replace it';
    if (!force) throw refusePhrase(folder, "a free name, or this project's kernel", 'another kernel', hint);
    tryFile(folder, 'a folder that can be removed', () => rmSync(folder, { recursive: true }));
  }
  for (const logo of LOGOS) writeAtomic(join(folder, logo), readFileSync(join(OWN, logo)));
  writeAtomic(join(folder, 'kernel.json'), `${JSON.stringify(description(displayName), undefined, 1)}\n`);
  const installed = installedKernel(folder, name);
  if (!installed) throw refusePhrase(folder, 'a kernel that can be read', 'none');
  return installed;
}

/** `kernel.json` of the project's own kernel, with full paths and our mark. */
function description(displayName: string | undefined): object {
  const own = readDescription(OWN);
  const argv = (own['argv'] as readonly string[]).map((word) => {
    return word === 'node' ? process.execPath : resolvedIn(OWN, word);
  });
  const metadata = { ...(isObject(own['metadata']) ? own['metadata'] : {}), iekd: { project: PROJECT } };
  return { ...own, argv, ...(displayName === undefined ? {} : { display_name: displayName }), metadata };
}

/** Every kernel of this project below these data folders. */
export function installedKernels(dataFolders: readonly string[]): InstalledKernel[] {
  return dataFolders.flatMap((data) => {
    const kernels = join(data, 'kernels');
    if (!existsSync(kernels)) return [];
    const names = tryFile(kernels, 'a folder that can be read', () => readdirSync(kernels)).sort();
    return names.flatMap((name) => installedKernel(join(kernels, name), name) ?? []);
  });
}

/** Removes a kernel of this project wherever it is below these folders. @throws InputError where none is, naming those that are */
export function uninstallKernel(dataFolders: readonly string[], name = KERNEL_NAME): InstalledKernel[] {
  checkName(name);
  const all = installedKernels(dataFolders);
  const found = all.filter((kernel) => kernel.name === name);
  if (found.length === 0) {
    const names = [...new Set(all.map((kernel) => kernel.name))];
    const expected = names.length > 0 ? `one of ${names.join(', ')}` : 'an installed kernel of this project, and there is none';
    const foreign = dataFolders
      .map((data) => join(data, 'kernels', name))
      .find((folder) => existsSync(join(folder, 'kernel.json')));
    const hint = foreign ? `${foreign} is another project's and stays` : suggestion(names, name);
    throw refuse('uninstall', expected, name, hint);
  }
  for (const { folder } of found) tryFile(folder, 'a folder that can be removed', () => rmSync(folder, { recursive: true }));
  return found;
}

function installedKernel(folder: string, name: string): InstalledKernel | undefined {
  let found: Readonly<Record<string, unknown>>;
  try {
    found = readDescription(folder);
  } catch {
    return undefined; // no kernel, or one that Jupyter cannot read either: not ours
  }
  const { metadata, argv, display_name: displayName } = found;
  const mark = isObject(metadata) ? metadata['iekd'] : undefined;
  if (!isObject(mark) || typeof mark['project'] !== 'string' || !Array.isArray(argv)) return undefined;
  const needed = argv.slice(0, 2).map((word) => resolvedIn(folder, String(word)));
  const missing = needed.filter((path) => !existsSync(path));
  return { name, displayName: String(displayName), folder, project: mark['project'], missing };
}

/** A name that is free, a kernel of ours, or what an installation that was cut short has left. */
function replaceable(folder: string): boolean {
  if (!existsSync(folder) || installedKernel(folder, '')) return true;
  const files = tryFile(folder, 'a folder that can be read', () => readdirSync(folder));
  return files.every((file) => LOGOS.includes(file) || /^[.].*[.][0-9a-f]{12}$/.test(file));
}

function readDescription(folder: string): Readonly<Record<string, unknown>> {
  const path = join(folder, 'kernel.json');
  const found = readJson(path, { expected: "a kernel's description", maxBytes: MOST_BYTES });
  if (!isObject(found)) throw refuse(path, 'an object', found);
  return found;
}

const resolvedIn = (folder: string, word: string): string => {
  return word.includes('{resource_dir}') ? resolve(word.replaceAll('{resource_dir}', folder)) : word;
};

/** Jupyter's own rule is wider by upper case, which it turns into lower case. */
function checkName(name: string): void {
  if (/^[a-z0-9_][a-z0-9._-]{0,99}$/.test(name)) return;
  throw refuse('--name', 'a name of small letters, digits, dots, hyphens and underscores', name);
}
