// @ts-check
/**
 * The platforms for which the addon and oneDNN come in a package of their own, which npm takes where its `os`, `cpu` and `libc` fit. The
 * addon is compiled once for each level of processors (oneDNN itself looks at the processor when it runs); the library loads the first
 * one that the processor can run. https://gitlab.com/x86-psABIs/x86-64-ABI has the levels.
 */

/**
 * @typedef {object} Platform
 * @property {string} arch Node's name of the processor
 * @property {string} cxx
 * @property {readonly string[]} processors as -march= takes them, best first
 */

/** By npm's names of a system and a processor. cooperlake: level 4 with bfloat16. @type {Readonly<Record<string, Platform>>} */
export const PLATFORMS = {
  'linux-arm64': { arch: 'arm64', cxx: 'aarch64-linux-gnu-g++', processors: ['armv8-a'] },
  'linux-x64': { arch: 'x64', cxx: 'g++', processors: ['cooperlake', 'x86-64-v4', 'x86-64-v3', 'x86-64-v2'] },
};

export const PLATFORM_NAMES = Object.keys(PLATFORMS);

/** @param {string} name */
export const platformPackage = (name) => `@iekd/onednn-${name}`;
