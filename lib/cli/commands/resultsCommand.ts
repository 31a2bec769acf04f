/** `iekd results check`: whether files of results are whole, and what to do with lines that are not. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import type { CheckedFile } from '../../experiments/store/checkResults';
import { projectFolder, runsFolder } from '../../util/folders';
import { count, counted } from '../../util/text';
import { fittedText, shownPath, writeResult } from '../output/output';

interface Flags {
  readonly repair?: boolean;
  readonly json?: boolean;
}

export function addResults(program: Command): void {
  program
    .command('results')
    .description('Files of results.')
    .command('check')
    .argument('[paths...]', 'files, or folders with such; default: data/results and data/runs')
    .description('Check records, reports, logs and weights: syntax, types, ranges, hashes. Exit 1 where something is wrong.')
    .option('--repair', 'set bad lines and reports aside, into FILE.bad; weights are never changed')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd results check
  iekd results check data/results/table1.jsonl --repair
  iekd results check data/runs/teacher            not while it is being trained`,
    )
    .action(check);
}

async function check(paths: readonly string[], { repair = false, json }: Flags): Promise<void> {
  const { BENCH_RECORD } = await import('../../bench/benchTable.js');
  const { checkResults } = await import('../../experiments/store/checkResults.js');
  const usual = [join(projectFolder(), 'data', 'results'), runsFolder()].filter((path) => existsSync(path));
  const files = checkResults(paths.length > 0 ? paths : usual, { repair, otherRows: BENCH_RECORD });
  writeResult({ json: files, text: textOf(files, repair) }, json);
  if (files.some(({ problems, setAside }) => problems.length > 0 && setAside === undefined)) process.exitCode = 1;
}

function textOf(files: readonly CheckedFile[], repair: boolean): string {
  const problems = files.flatMap((file) => [...file.problems, ...asideOf(file)]);
  const bad = files.flatMap((file) => file.problems).length;
  const good = files.reduce((sum, file) => sum + file.good, 0);
  const end = bad === 0 ? 'all as they should be' : `${good} as they should be, ${bad} not${leftOf(files, repair)}`;
  return [
    ...problems,
    `${counted(files.length, 'file')}, ${counted(good + bad, 'entry').replace('entrys', 'entries')}: ${end}`,
    ...unhashedOf(files),
  ].join('\n');
}

function unhashedOf(files: readonly CheckedFile[]): string[] {
  const without = files.reduce((sum, { unhashed }) => sum + unhashed, 0);
  const line = `${count(without)} of them without a SHA-256 of their own (logs, the bench, older records and weights): what was changed there within its range is not seen`;
  return without === 0 ? [] : [fittedText(line)];
}

/** What is still as it was, and what would change that. Weights are never changed, and each problem of theirs says what to do. */
function leftOf(files: readonly CheckedFile[], repair: boolean): string {
  const left = files.filter(({ problems, setAside }) => problems.length > 0 && setAside === undefined);
  const weights = left.some(({ path }) => path.endsWith('.safetensors'));
  const aside = !repair && left.some(({ path }) => !path.endsWith('.safetensors'));
  if (aside) return `; --repair sets bad lines and reports aside${weights ? ', and leaves weights as they are' : ''}`;
  return weights ? '; weights are left as they are' : '';
}

function asideOf({ path, problems, setAside }: CheckedFile): string[] {
  if (setAside === undefined) return [];
  const what = path.endsWith('.jsonl') || basename(path) === 'record.json' ? counted(problems.length, 'line') : 'the file';
  return [`set aside: ${what}, into ${shownPath(setAside)}`];
}
