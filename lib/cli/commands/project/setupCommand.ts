/** `iekd setup`: compiles the fast engine where the library is installed; what `npm run setup` does in the repository. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { refusePhrase } from '../../../util/check';
import { LIBRARY } from '../../../util/package/ownPackage';
import { writeNote, writeResult } from '../../output/output';
import { probeEngines } from '../engineProbe';

export function addSetup(program: Command): void {
  program
    .command('setup')
    .description('Compile the engine onednn, once: needs a C++ compiler and oneDNN. Without it the portable engine runs.')
    .option('--tensorflow', 'the engine tensorflow instead: its binding, for the TensorFlow of pip')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
On Debian and Ubuntu as root what is missing is installed with apt-get
(IEKD_NO_APT=1 forbids it); elsewhere the command that would is printed.
A machine for which there is a package @iekd/onednn-… needs none of this.

--tensorflow takes the TensorFlow that python3 imports, or gets one with pip;
first: npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0`,
    )
    .action(setup);
}

/** What is run of the set-up's plain JavaScript, which is no part of the built library. */
interface EngineSetup {
  ensureEngine(root: string, log: (line: string) => void): Promise<void>;
  ensureTensorflow(root: string, log: (line: string) => void): Promise<void>;
}

async function setup({ tensorflow, json }: { readonly tensorflow?: boolean; readonly json?: boolean }): Promise<void> {
  const script = (name: string): string => pathToFileURL(join(LIBRARY, 'setup', name)).href;
  if (tensorflow) await ((await import(script('tensorflow.mjs'))) as EngineSetup).ensureTensorflow(LIBRARY, writeNote);
  else await ((await import(script('engine.mjs'))) as EngineSetup).ensureEngine(LIBRARY, writeNote);
  const wanted = tensorflow ? 'tensorflow' : 'onednn';
  const engine = (await probeEngines()).rows.find(({ name }) => name === wanted);
  if (!engine?.available) throw refusePhrase('setup', `the engine ${wanted}`, engine?.reason ?? 'none');
  writeResult({ json: engine, text: `the engine ${wanted} can be used` }, json);
}
