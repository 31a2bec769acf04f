// @ts-check
/** The command that builds the addon: in the repository, or where the library is installed as a package. */
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

/** @param {string} library the library's folder: with its sources it is the repository's */
function setupCommand(library = join(__dirname, '../../..')) {
  return existsSync(join(library, 'tsconfig.json')) ? 'npm run setup' : 'npx iekd setup';
}

module.exports = { setupCommand };
