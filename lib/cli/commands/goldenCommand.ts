/** `iekd golden FILE`: holds the library against values that PyTorch computed. */
import type { Command } from 'commander';
import type { GoldenGroup } from '../../golden/goldenCompare';
import type { GoldenReport } from '../../golden/goldenReplay';
import { readBytes } from '../../util/files';
import { type EngineFlags, engineOptions, startEngine } from '../options/engineOptions';
import { textTable, writeResult } from '../output/output';

interface GoldenFlags extends EngineFlags {
  readonly json?: boolean;
}

export function addGolden(program: Command): void {
  const command = program
    .command('golden')
    .argument('<file>', 'a safetensors file')
    .description('Replay a golden file and print the worst relative error of each group; exit 1 beyond the tolerance.')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
A file of any depth, shortcut option, batch and number of steps, made where
PyTorch is:
  python3 lib/bench/pytorch_reference.py golden out.safetensors \\
    --depth 32 --option A --seed 3 --batch 4 --steps 3
  iekd golden out.safetensors --engine portable
What a file has nothing of is told as not covered.`,
    );
  engineOptions(command).action(async (file: string, flags: GoldenFlags) => {
    const { replayGolden } = await import('../../golden/goldenReplay.js');
    const bytes = readBytes(file, 'a file of golden values');
    await startEngine(flags);
    const report = replayGolden(bytes, { where: file });
    writeResult({ json: report, text: goldenText(report) }, flags.json);
    if (!report.passed) process.exitCode = 1;
  });
}

function goldenText({ groups, notCovered, unused, passed }: GoldenReport): string {
  const rows = groups.map((group) => ({
    ...{ group: group.name, tensors: group.tensors, values: group.values },
    'worst relative error': group.worst.error.toExponential(1),
    allowed: group.tolerance.relative.toExponential(0),
    remark: remark(group),
  }));
  const table = textTable(rows);
  const missing = notCovered.length > 0 ? `\nnot covered by this file: ${notCovered.join(', ')}` : '';
  const idle = unused.length > 0 ? `\nneeded by nothing in it: ${unused.length} tensors (${unused[0]}, …)` : '';
  return `${table}${missing}${idle}\n${passed ? 'all within the tolerance' : 'beyond the tolerance'}`;
}

/** Where a group that failed is worst, or how many of its tensors only rounding decides. */
function remark({ passed, worst, rounding }: GoldenGroup): string {
  if (!passed) return `${worst.tensor}[${worst.index.join(', ')}]: expected ${worst.expected}, received ${worst.actual}`;
  return rounding.length > 0 ? `${rounding.length} of them as far off as rounding explains` : '';
}
