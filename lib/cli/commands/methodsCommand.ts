/** `iekd methods`: the ways to train a student. */
import type { Command } from 'commander';
import type { MethodRow } from '../../methods';
import { fittedText, writeResult } from '../output/output';
import { styled } from '../output/terminal';

export function addMethods(program: Command): void {
  program
    .command('methods')
    .description('List the methods by kind, with their options and defaults.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { describeMethods } = await import('../../methods/index.js');
      const { METHOD_KINDS } = await import('../../methods/registered.js');
      const rows = describeMethods();
      const text = Object.entries(METHOD_KINDS)
        .map(([kind, title]) => [styled('bold', title), ...rows.filter((row) => row.kind === kind).map(describe)].join('\n'))
        .join('\n\n');
      writeResult({ json: rows, text }, json);
    });
}

/** Name, summary and paper, then the options as `iekd train --set` takes them. */
function describe({ name, teachers, peers, summary, paper, year, options }: MethodRow): string {
  const taught = teachers === 0 ? 'no teacher' : teachers === 1 ? 'a teacher' : `${teachers} teachers`;
  const needs = peers ? 'a peer or more' : taught;
  const texts = Object.entries(options).map(
    ([option, value]) => `${option}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const source = paper ? [`${paper} (${year})`] : [];
  const head = styled('bold', name) + fittedText(`${name}: ${[summary, ...source, needs].join('; ')}`, '  ').slice(name.length);
  return [head, ...(texts.length > 0 ? [fittedText(`  ${texts.join(' ')}`, '  ')] : [])].join('\n');
}
