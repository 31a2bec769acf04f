// @ts-check
/** The platforms for which the addon and oneDNN come in a package of their own, which npm takes where its `os`, `cpu` and `libc` fit. */

/** By npm's names of a system and a processor. */
export const PLATFORM_NAMES = /** @type {const} */ (['linux-arm64', 'linux-x64']);

/** @typedef {(typeof PLATFORM_NAMES)[number]} PlatformName */

/** @param {PlatformName} name */
export const platformPackage = (name) => `@iekd/onednn-${name}`;
