/** `iekd kernel`: the project's TypeScript kernel in a Jupyter of the user's own. */
import { type Command, Option } from 'commander';
import type { Place } from '../../notebook/jupyter/dataFolders';
import type { InstalledKernel } from '../../notebook/jupyter/installedKernels';
import { refusePhrase } from '../../util/check';
import { shownPath, textTable, writeNote, writeResult } from '../output/output';

interface PlaceFlags {
  readonly user?: boolean;
  readonly sysPrefix?: boolean;
  readonly prefix?: string;
  readonly json?: boolean;
}

interface InstallFlags extends PlaceFlags {
  readonly name?: string;
  readonly displayName?: string;
  readonly force?: boolean;
}

export function addKernel(program: Command): void {
  const kernel = program.command('kernel').description('The TypeScript kernel in your own Jupyter, VS Code or JupyterHub.');
  withPlace(kernel.command('install'))
    .description('Install the kernel of this checkout. Needs no Python.')
    .option('--name <name>', 'what notebooks ask for; default tslab, which the pages ask for')
    .option('--display-name <text>', 'what a launcher shows')
    .option('--force', 'replace a kernel that is not of this project')
    .option('--json', 'as JSON')
    .addHelpText('after', EXAMPLES)
    .action(install);
  kernel
    .command('list')
    .description('List the kernels of this project: name, place, checkout, and whether their files are still there.')
    .option('--json', 'as JSON')
    .action(list);
  withPlace(kernel.command('uninstall'))
    .argument('[name]', 'of the kernel; default tslab')
    .description('Remove a kernel of this project, from wherever it is installed.')
    .option('--json', 'as JSON')
    .action(uninstall);
}

const EXAMPLES = `
Examples:
  iekd kernel install                  for this user, in any Jupyter
  iekd kernel install --sys-prefix     into the Python environment at hand
  iekd kernel install --name iekd      beside a tslab of its own`;

const withPlace = (command: Command): Command =>
  command
    .addOption(new Option('--user', 'for this user').conflicts(['sysPrefix', 'prefix']))
    .addOption(new Option('--sys-prefix', 'in the Python environment at hand').conflicts(['prefix']))
    .option('--prefix <folder>', 'in share/jupyter below this folder');

async function install({ name, displayName, force, json, ...flags }: InstallFlags): Promise<void> {
  const { dataFolder, dataFolders } = await import('../../notebook/jupyter/dataFolders.js');
  const { installKernel } = await import('../../notebook/jupyter/installedKernels.js');
  const folder = dataFolder(placeOf(flags) ?? 'user');
  const options = { ...(name === undefined ? {} : { name }), ...(displayName === undefined ? {} : { displayName }) };
  const installed = installKernel(folder, { ...options, force: force ?? false });
  writeResult({ json: installed, text: `installed ${installed.name} (${installed.displayName}) in ${installed.folder}` }, json);
  if (flags.prefix !== undefined && !dataFolders().includes(folder)) {
    writeNote(`Jupyter does not look there by itself; start it with JUPYTER_PATH=${folder}`);
  }
}

async function list({ json }: PlaceFlags): Promise<void> {
  const { dataFolders } = await import('../../notebook/jupyter/dataFolders.js');
  const { installedKernels } = await import('../../notebook/jupyter/installedKernels.js');
  const kernels = installedKernels(dataFolders());
  const rows = kernels.map(({ name, folder, project, missing }) => ({
    ...{ name, folder: shownPath(folder), checkout: shownPath(project) },
    files: missing.length > 0 ? `not there: ${missing.join(', ')}` : 'there',
  }));
  writeResult(
    { json: kernels, text: rows.length > 0 ? textTable(rows) : 'none is installed; iekd kernel install does it' },
    json,
  );
}

async function uninstall(name: string | undefined, { json, ...flags }: PlaceFlags): Promise<void> {
  const { dataFolder, dataFolders } = await import('../../notebook/jupyter/dataFolders.js');
  const { uninstallKernel } = await import('../../notebook/jupyter/installedKernels.js');
  const place = placeOf(flags);
  const removed: InstalledKernel[] = uninstallKernel(place ? [dataFolder(place)] : dataFolders(), name);
  writeResult({ json: removed, text: removed.map((kernel) => `removed ${kernel.folder}`).join('\n') }, json);
}

function placeOf({ user, sysPrefix, prefix }: PlaceFlags): Place | undefined {
  if (prefix !== undefined && prefix.trim() === '') throw refusePhrase('--prefix', 'a folder', 'none');
  if (prefix !== undefined) return { prefix };
  return sysPrefix ? 'sys-prefix' : user ? 'user' : undefined;
}
