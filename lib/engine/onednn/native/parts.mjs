// @ts-check
/** What the addon is compiled from, oneDNN and a C++ compiler: which of them lacks here, and how to get it. */
import { existsSync, readFileSync } from 'node:fs';
import { findOneDnn } from './oneDnn.mjs';
import { setupCommand } from './setupCommand.cjs';
import { addonFolder, readStamp } from './stamp.cjs';
import { findCompiler } from './toolchain.mjs';

/**
 * @typedef {object} Part
 * @property {string} lack what one says of it
 * @property {string} debian its package
 * @property {string} conda
 */

/**
 * What is missing for the engine.
 * @param {ReturnType<typeof findOneDnn>} [oneDnn]
 * @returns {Part[]}
 */
export function missingParts(oneDnn = findOneDnn(readStamp(addonFolder())?.prefix)) {
  return [
    ...('reason' in oneDnn ? [{ lack: oneDnn.reason, debian: 'libdnnl-dev', conda: 'onednn' }] : []),
    ...(findCompiler() ? [] : [{ lack: 'no C++ compiler was found', debian: 'g++', conda: 'cxx-compiler' }]),
  ];
}

/** @param {readonly Part[]} parts */
export function lackSentence(parts) {
  const next = `${installCommand(parts)}, then run \`${setupCommand()}\``;
  return `${parts.map((part) => part.lack).join(' and ')}; ${next}`;
}

/**
 * The commands that get what is missing on this system, with and without root, as a phrase.
 * @param {readonly Part[]} parts
 * @param {{ platform?: string, arch?: string, release?: string }} [system] release: the text of /etc/os-release
 */
export function installCommand(parts, { platform = process.platform, arch = process.arch, release = osRelease() } = {}) {
  if (platform === 'darwin') return '`brew install onednn` (and `xcode-select --install` for a compiler)';
  const own = withoutRoot(parts, platform, arch);
  if (isDebian(release))
    return `\`sudo apt-get install -y ${parts.map((part) => part.debian).join(' ')}\` or, without root, ${own}`;
  if (/^ID(_LIKE)?=.*(fedora|rhel)/m.test(release)) return `\`sudo dnf install onednn-devel gcc-c++\` or, without root, ${own}`;
  return own;
}

/**
 * @param {readonly Part[]} parts
 * @param {string} platform
 * @param {string} arch
 */
function withoutRoot(parts, platform, arch) {
  const wheels = platform === 'linux' && arch === 'x64'; // the only ones that have oneDNN for OpenMP
  if (wheels && parts.every((part) => part.conda === 'onednn')) return '`pip install onednn-cpu-gomp onednn-devel-cpu-gomp`';
  return `\`conda install -c conda-forge ${parts.map((part) => part.conda).join(' ')}\``;
}

/** @param {string} release */
export function isDebian(release) {
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release);
}

export function osRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}
