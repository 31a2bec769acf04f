// @ts-check
/** `npm start`: sets up what is missing, then runs the quickstart notebook through the project's own kernel. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT, setupOrExplain } from './setup.mjs';

if (await setupOrExplain()) {
  process.setSourceMapsEnabled(true);
  const { main } = createRequire(import.meta.url)('../dist/cli/main.js');
  const notebook = join(ROOT, 'notebooks', '00-quickstart.ipynb');
  await main([process.execPath, 'iekd', 'run', notebook, '--open-hint', ...process.argv.slice(2)]);
}
