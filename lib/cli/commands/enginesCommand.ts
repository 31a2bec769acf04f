/** `iekd engines`: what can compute on this machine. */
import type { Command } from 'commander';
import type { EngineRow } from '../../engine/choice/engineRows';
import { fittedText, textTable, writeResult } from '../output/output';
import { manner } from '../output/terminal';
import { probeEngines, probeWords } from './engineProbe';

interface Flags {
  readonly why?: boolean;
  readonly measure?: boolean;
  readonly json?: boolean;
  /** For `probeEngines`: the rows of this very process, as JSON. */
  readonly probe?: boolean;
}

export function addEngines(program: Command): void {
  const probe = program.createOption('--probe', 'look in this process').hideHelp();
  program
    .command('engines')
    .description('List the engines, how fast each was here, and why one cannot be used.')
    .option('--why', 'whole reasons, and what drivers said when they were asked')
    .option('--measure', 'measure a training step of each anew, and keep their order')
    .option('--json', 'rows {name, available, reason, imagesPerSecond, …} as JSON')
    .addOption(probe)
    .addHelpText(
      'after',
      `
Where several engines can run, the first start measures them once and keeps
their order for this machine in the cache.
IEKD_ENGINE=portable (or --engine portable where a command has it) chooses one,
and measures nothing.`,
    )
    .action(listEngines);
}

async function listEngines({ why = manner().verbose, measure = false, json, probe }: Flags): Promise<void> {
  if (probe) {
    const engines = await import('../../engine/start.js');
    return writeResult({ json: await engines.listEngines({ measure }), text: '' }, true);
  }
  const { rows, remarks } = await probeEngines(probeWords(measure));
  const hint = rows.some(({ reason = '' }) => reason !== brief(reason)) ? ['', 'iekd engines --why: whole reasons'] : [];
  const said = remarks.length > 0 ? ['', 'What drivers said:', ...remarks.map((line) => fittedText(`  ${line}`, '  '))] : [];
  const text = [rowsText(rows, why), ...measuredText(rows), ...(why ? said : hint)].join('\n');
  writeResult({ json: rows, text }, json);
}

function rowsText(rows: readonly EngineRow[], why: boolean): string {
  const measured = rows.some(({ imagesPerSecond }) => imagesPerSecond !== undefined);
  const cells = rows.map(({ name, available, imagesPerSecond = null, reason = '' }) => ({
    ...{
      engine: name,
      usable: available ? 'yes' : 'no',
      ...(measured ? { 'images/s': imagesPerSecond && Number(imagesPerSecond.toPrecision(imagesPerSecond < 100 ? 2 : 3)) } : {}),
    },
    reason: why ? reason : brief(reason),
  }));
  return textTable(cells);
}

/** Which is taken by itself, by what was measured and when; nothing where nothing was. */
export function measuredText(rows: readonly EngineRow[]): string[] {
  const rated = rows.filter(({ imagesPerSecond = 0 }) => imagesPerSecond > 0);
  const order = rated.sort((a, b) => Number(b.imagesPerSecond) - Number(a.imagesPerSecond)).map(({ name }) => name);
  const [when] = rated.flatMap(({ measured = [] }) => measured);
  if (when === undefined) return [];
  const what = `Training a ResNet-8 on batches of 64, measured ${when.slice(0, 16).replace('T', ' ')} UTC`;
  return ['', fittedText(`${what}: ${order.join(' before ')}. iekd engines --measure does it anew.`)];
}

/** More characters than these are left for `--why`. */
const BRIEF = 160;

/** The reason up to its first semicolon, or to the last word that fits: what follows are details and next steps. */
function brief(reason: NonNullable<EngineRow['reason']>): string {
  if (reason.length <= BRIEF) return reason;
  const [first = ''] = reason.split(/; | \(/);
  return first.length <= BRIEF ? first : `${first.slice(0, first.lastIndexOf(' ', BRIEF))} …`;
}
