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
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
On Debian and Ubuntu as root what is missing is installed with apt-get
(IEKD_NO_APT=1 forbids it); elsewhere the command that would is printed.
A machine for which there is a package @iekd/onednn-… needs none of this.`,
    )
    .action(setup);
}

/** What is run of the set-up's plain JavaScript, which is no part of the built library. */
interface EngineSetup {
  ensureEngine(root: string, log: (line: string) => void): Promise<void>;
}

async function setup({ json }: { readonly json?: boolean }): Promise<void> {
  const script = pathToFileURL(join(LIBRARY, 'setup', 'engine.mjs')).href;
  const { ensureEngine } = (await import(script)) as EngineSetup;
  await ensureEngine(LIBRARY, writeNote);
  const engine = (await probeEngines()).rows.find(({ name }) => name === 'onednn');
  if (!engine?.available) throw refusePhrase('setup', 'the engine onednn', engine?.reason ?? 'none');
  writeResult({ json: engine, text: 'the engine onednn can be used' }, json);
}
