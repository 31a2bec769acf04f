/** `iekd engines`: what can compute on this machine. */
import type { Command } from 'commander';
import type { EngineRow } from '../../engine/start';
import { fittedText, textTable, writeResult } from '../output/output';
import { manner } from '../output/terminal';
import { probeEngines } from './engineProbe';

interface Flags {
  readonly why?: boolean;
  readonly json?: boolean;
  /** For `probeEngines`: the rows of this very process, as JSON. */
  readonly probe?: boolean;
}

export function addEngines(program: Command): void {
  const probe = program.createOption('--probe', 'look in this process').hideHelp();
  program
    .command('engines')
    .description('List the engines, in order of preference, and why one cannot be used here.')
    .option('--why', 'whole reasons, and what drivers said when they were asked')
    .option('--json', 'as JSON, with whole reasons')
    .addOption(probe)
    .addHelpText('after', '\nIEKD_ENGINE=portable (or --engine portable where a command has it) chooses one.')
    .action(listEngines);
}

async function listEngines({ why = manner().verbose, json, probe }: Flags): Promise<void> {
  if (probe) {
    const engines = await import('../../engine/start.js');
    return writeResult({ json: await engines.listEngines(), text: '' }, true);
  }
  const { rows, remarks } = await probeEngines();
  const text = textTable(
    rows.map(({ name, available, reason = '' }) => ({
      ...{ engine: name, usable: available ? 'yes' : 'no' },
      reason: why ? reason : brief(reason),
    })),
  );
  const hint = rows.some(({ reason = '' }) => reason !== brief(reason)) ? ['', 'iekd engines --why: whole reasons'] : [];
  const said = remarks.length > 0 ? ['', 'What drivers said:', ...remarks.map((line) => fittedText(`  ${line}`, '  '))] : [];
  writeResult({ json: rows, text: [text, ...(why ? said : hint)].join('\n') }, json);
}

/** More characters than these are left for `--why`. */
const BRIEF = 160;

/** The reason up to its first semicolon, or to the last word that fits: what follows are details and next steps. */
function brief(reason: NonNullable<EngineRow['reason']>): string {
  if (reason.length <= BRIEF) return reason;
  const [first = ''] = reason.split(/; | \(/);
  return first.length <= BRIEF ? first : `${first.slice(0, first.lastIndexOf(' ', BRIEF))} …`;
}
