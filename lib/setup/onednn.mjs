// @ts-check
/**
 * What the `onednn` engine is compiled from: oneDNN and a C++ compiler. Installs what is missing with apt-get as root on Debian
 * and Ubuntu; names the command elsewhere.
 */
import { existsSync, readFileSync } from 'node:fs';
import { findCompiler, findOneDnn } from '../engine/onednn/native/toolchain.mjs';
import { onPath, run, tail } from './processes.mjs';

/**
 * @typedef {object} Part
 * @property {string} name for people
 * @property {string} debian its package
 */

/**
 * What is missing for the engine.
 * @returns {Part[]}
 */
export function missingParts() {
  return [
    ...(findOneDnn() ? [] : [{ name: 'oneDNN', debian: 'libdnnl-dev' }]),
    ...(findCompiler() ? [] : [{ name: 'a C++ compiler', debian: 'g++' }]),
  ];
}

/**
 * The one command that gets what is missing on this system, as a phrase.
 * @param {readonly Part[]} parts
 * @param {{ platform?: string, release?: string }} [system] release: the text of /etc/os-release
 */
export function installCommand(parts, { platform = process.platform, release = osRelease() } = {}) {
  if (platform === 'darwin') return 'brew install onednn (and xcode-select --install for a compiler)';
  if (isDebian(release)) return `sudo apt-get install -y ${parts.map((part) => part.debian).join(' ')}`;
  if (/^ID(_LIKE)?=.*(fedora|rhel)/m.test(release)) return 'sudo dnf install onednn-devel gcc-c++';
  return 'conda install -c conda-forge onednn cxx-compiler';
}

/** @param {string} release */
function isDebian(release) {
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release);
}

function osRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

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
