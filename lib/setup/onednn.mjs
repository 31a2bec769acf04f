// @ts-check
/** What the `onednn` engine is compiled from, installed with apt-get: as root, on Debian and Ubuntu. */
import { isDebian, osRelease } from '../engine/onednn/native/parts.mjs';
import { onPath, run, tail } from './processes.mjs';

/** Whether apt-get may be used here: Debian or Ubuntu, as root, and not forbidden by IEKD_NO_APT=1. */
export function aptAllowed() {
  if (process.env.IEKD_NO_APT === '1' || process.getuid?.() !== 0) return false;
  return isDebian(osRelease()) && onPath('apt-get').length > 0;
}

/**
 * Installs Debian packages; tries the package lists as they are first, since updating them takes longer than the install.
 * @param {readonly string[]} packages
 * @returns {Promise<string | undefined>} why it failed
 */
export async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  const patience = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  const install = [...patience, 'install', '-y', '--no-install-recommends', ...packages];
  if ((await run('apt-get', install, { env })).code === 0) return undefined;
  const update = await run('apt-get', [...patience, 'update'], { env });
  const { code, output } = await run('apt-get', install, { env });
  return code === 0 ? undefined : tail(update.code === 0 ? output : `${update.output}\n${output}`, 3);
}
