// @ts-check
/**
 * The stamp that the build leaves beside the addon, and whether an addon with that stamp may be loaded here: what is not whole, or
 * uses instructions that the processor lacks, would end the process rather than throw. Plain CommonJS, because both sides need it:
 * the build, before anything is compiled or installed, and the library's loader.
 */
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { thisMachine } = require('./processor.cjs');
const { setupCommand } = require('./setupCommand.cjs');

/**
 * @typedef {object} Target what an addon was built for
 * @property {string} platform
 * @property {string} arch
 * @property {string} model of the processor
 * @property {readonly string[]} instructions sets that its code may use
 * @property {boolean} [sanitized] compiled with AddressSanitizer, whose library has to be loaded before Node is
 */
/**
 * @typedef {object} Stamp
 * @property {string} addon hash of the file
 * @property {Target} target
 * @property {string} [prefix] where oneDNN was
 * @property {string} [whole] hash of all that it was made from
 * @property {Record<string, string>} [objects] the same of each source
 */

/** Where the addon is built, and loaded from: IEKD_ADDON_FOLDER, else this folder's own. */
function addonFolder(named = process.env.IEKD_ADDON_FOLDER) {
  return named ? resolve(named) : join(__dirname, 'build');
}

/** @param {string} folder */
function addonPath(folder) {
  return join(folder, 'iekd.node');
}

/** @param {string} folder */
function addonHash(folder) {
  return createHash('sha256')
    .update(readFileSync(addonPath(folder)))
    .digest('hex');
}

/**
 * @param {string} folder
 * @returns {Stamp | undefined} undefined where there is none that can be read
 */
function readStamp(folder) {
  try {
    const stamp = JSON.parse(readFileSync(join(folder, 'stamp.json'), 'utf8'));
    const { addon, target } = stamp;
    return typeof addon === 'string' && Array.isArray(target.instructions) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Why code that was built for `target` must not run on the machine.
 * @param {Target} target
 * @param {import('./processor.cjs').Machine} [machine]
 * @returns {string | undefined}
 */
function misfit(target, { platform, arch, model, instructions } = thisMachine()) {
  if (target.platform !== platform || target.arch !== arch) {
    return `was built for ${target.platform} ${target.arch}, this is ${platform} ${arch}`;
  }
  if (!instructions) return target.model === model ? undefined : `was built for "${target.model}", this is "${model}"`;
  const lacking = target.instructions.filter((name) => !instructions.has(name));
  return lacking.length ? `uses ${lacking.join(', ')}, which this processor (${model}) lacks` : undefined;
}

/** @param {string} folder */
const failureFile = (folder) => join(folder, 'failure.txt');

/**
 * Keeps why the last build in `folder` failed, for those who ask later; undefined when it did not.
 * @param {string} folder
 * @param {{ reason: string, details?: string } | undefined} failure reason: a sentence with its next step; details: the compiler's text
 */
function keepFailure(folder, failure) {
  try {
    if (!failure) return rmSync(failureFile(folder), { force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(failureFile(folder), `${failure.reason}\n\n${failure.details ?? ''}`);
  } catch {
    // Where nothing can be written, the reason is not kept.
  }
}

/**
 * @param {string} folder
 * @returns {string | undefined}
 */
function keptFailure(folder) {
  try {
    return readFileSync(failureFile(folder), 'utf8').split('\n')[0] || undefined;
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with the addon in `folder`, as what one says of it.
 * @param {string} folder
 * @returns {string | undefined}
 */
function defect(folder) {
  const place = folder === addonFolder('') ? '' : ` in ${folder}`;
  if (!existsSync(addonPath(folder))) return `is not built${place}`;
  const stamp = readStamp(folder);
  if (!stamp) return `has no stamp that says what it was built for${place}`;
  try {
    if (addonHash(folder) !== stamp.addon) return `is not the file that was built${place}`;
  } catch (error) {
    return `cannot be read (${/** @type {Error} */ (error).message})`;
  }
  const preloaded = process.env.LD_PRELOAD?.includes('libasan') ?? false;
  if (stamp.target.sanitized && !preloaded)
    return `is built for the sanitizer${place}, to be run by \`npm run test:sanitize\` only`;
  return misfit(stamp.target);
}

/**
 * Why the addon in `folder` must not be loaded here, as what one says of it, and what to do. Never throws.
 * @param {string} folder
 * @returns {string | undefined}
 */
function refusal(folder) {
  const wrong = defect(folder);
  if (wrong === undefined) return undefined;
  const failure = keptFailure(folder);
  return failure === undefined ? `${wrong}; run \`${setupCommand()}\`` : `is not built: ${failure}`;
}

module.exports = { addonFolder, addonHash, addonPath, keepFailure, readStamp, refusal };
