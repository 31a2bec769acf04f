#!/usr/bin/env node
'use strict';
// The command line. The library is built, not committed: without lib/dist this says what to type.
const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');

const main = join(__dirname, '..', 'dist', 'cli', 'main.js');
if (existsSync(main)) {
  process.setSourceMapsEnabled(true);
  require(main).main(process.argv);
} else {
  process.stderr.write(`iekd: the library is not built; type "npm run setup" in ${resolve(__dirname, '..', '..')}\n`);
  process.exitCode = 1;
}
