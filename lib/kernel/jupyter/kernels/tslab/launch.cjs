// Starts the project's kernel. Jupyter finds this folder when JUPYTER_PATH is <root>/lib/kernel/jupyter.
'use strict';
const { existsSync } = require('node:fs');
const { resolve } = require('node:path');

process.setSourceMapsEnabled(true); // errors name lines of TypeScript; must come before the library is loaded
const library = resolve(__dirname, '../../../../dist');
const kernel = resolve(library, 'kernel/kernel.js');
if (existsSync(kernel)) {
  const { figureKind } = require(resolve(library, 'notebook/plots/figureKind.js'));
  require(kernel).startKernel(process.argv[2], { kinds: [figureKind] });
} else {
  console.error(`launch: expected the built library at ${kernel}, received none; run npm run build`);
  process.exitCode = 1;
}
