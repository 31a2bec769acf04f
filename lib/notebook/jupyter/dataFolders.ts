/**
 * Where Jupyter keeps kernels, without Python: the rules of jupyter_core 5 (`paths.py`: jupyter_data_dir, jupyter_path). Not taken over:
 * JUPYTER_NO_CONFIG, which changes no data folder, and the order of environment and user, since all places are looked at.
 */
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { posix, resolve, win32 } from 'node:path';
import { refusePhrase } from '../../util/check';

/** What the rules depend on. */
export interface JupyterSystem {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** `sys.prefix` of the Python on the search path; undefined where there is none. */
  readonly pythonPrefix: () => string | undefined;
}

/** Where a kernel is installed to: for this user, into the Python environment at hand, or below a folder that is named. */
export type Place = 'user' | 'sys-prefix' | { readonly prefix: string };

/** This machine and user. */
function thisSystem(): JupyterSystem {
  return { platform: process.platform, env: process.env, home: homedir(), pythonPrefix };
}

function pythonPrefix(): string | undefined {
  for (const python of process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']) {
    const { status, stdout } = spawnSync(python, ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8', timeout: 10_000 });
    if (status === 0 && stdout.trim()) return stdout.trim();
  }
  return undefined;
}

/** The data folder of a place: `kernels` is below it. @throws InputError where there is no Python environment to install into */
export function dataFolder(place: Place, system: JupyterSystem = thisSystem()): string {
  if (place === 'user') return userDataFolder(system);
  const prefix = place === 'sys-prefix' ? environmentPrefix(system) : resolve(place.prefix);
  if (prefix === undefined) {
    const hint = 'activate an environment, or give --prefix with its folder';
    throw refusePhrase('--sys-prefix', 'a Python environment (VIRTUAL_ENV, CONDA_PREFIX or python3)', 'none', hint);
  }
  return pathsOf(system).join(prefix, 'share', 'jupyter');
}

/** Every data folder that Jupyter would look into from here, each once, in its order. */
export function dataFolders(system: JupyterSystem = thisSystem()): string[] {
  const { env, home } = system;
  const paths = pathsOf(system);
  const named = (env['JUPYTER_PATH'] ?? '').split(paths.delimiter).filter(Boolean);
  const pythonUser = system.platform === 'linux' ? [paths.join(home, '.local', 'share', 'jupyter')] : [];
  const prefixes = [environmentPrefix(system), env['VIRTUAL_ENV'] || env['CONDA_PREFIX'] ? system.pythonPrefix() : undefined];
  const environments = prefixes.flatMap((prefix) => (prefix ? [paths.join(prefix, 'share', 'jupyter')] : []));
  return [...new Set([...named, userDataFolder(system), ...pythonUser, ...environments, ...systemFolders(system)])];
}

function userDataFolder({ platform, env, home }: JupyterSystem): string {
  const paths = pathsOf({ platform });
  const { JUPYTER_DATA_DIR: data, XDG_DATA_HOME: xdg, APPDATA: roaming, LOCALAPPDATA: local } = env;
  if (data) return data;
  const platformDirs = isSet(env['JUPYTER_PLATFORM_DIRS']);
  if (platform === 'darwin') {
    return platformDirs ? paths.join(home, 'Library', 'Application Support', 'Jupyter') : paths.join(home, 'Library', 'Jupyter');
  }
  if (platform !== 'win32') return paths.join(xdg || paths.join(home, '.local', 'share'), 'jupyter');
  if (platformDirs) return paths.join(local || paths.join(home, 'AppData', 'Local'), 'Jupyter');
  if (roaming) return paths.join(roaming, 'jupyter');
  return paths.join(env['JUPYTER_CONFIG_DIR'] || paths.join(home, '.jupyter'), 'data');
}

function environmentPrefix({ env, pythonPrefix: ask }: JupyterSystem): string | undefined {
  return env['VIRTUAL_ENV'] || env['CONDA_PREFIX'] || ask();
}

function systemFolders({ platform, env }: JupyterSystem): string[] {
  if (platform !== 'win32') return ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  const shared = isSet(env['JUPYTER_USE_PROGRAMDATA']) ? env['PROGRAMDATA'] : undefined;
  return shared ? [win32.join(shared, 'jupyter')] : [];
}

/** As jupyter_core reads a switch. */
const isSet = (value: string | undefined): boolean =>
  value !== undefined && !['no', 'n', 'false', 'off', '0', '0.0'].includes(value.toLowerCase());

const pathsOf = ({ platform }: Pick<JupyterSystem, 'platform'>): typeof posix => (platform === 'win32' ? win32 : posix);
