/** `iekd data check`: what is in a data set of one's own, and what is wrong with it. */
import type { Command } from 'commander';
import { integer } from '../options/parsers';
import { type DataFolderFlags, dataFolderOption } from '../options/runPlace';
import { dataReportText } from '../output/dataReportText';
import { writeResult } from '../output/output';
import { dataProgress } from '../output/runResult';
import { progressView } from '../output/terminalProgress';

interface Flags extends DataFolderFlags {
  readonly workers?: number;
  readonly json?: boolean;
}

export function addData(program: Command): void {
  const command = program.command('data').description('Images of your own.').command('check').argument('<name>', 'as of --data');
  dataFolderOption(command)
    .description(
      'Look at every picture: counts, sizes, channels; what cannot be read, is there twice, or is in training and test. Exit 1 where there is such.',
    )
    .option('--workers <n>', 'threads that read pictures; default: one less than there are cores', integer(0))
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd data check folder:photographs
  iekd data check voc:data/bccd --json
  iekd data check cifar10`,
    )
    .action(check);
}

async function check(name: string, { folder, workers, json }: Flags): Promise<void> {
  const { dataReport } = await import('../../data/check/dataReport.js');
  const view = progressView();
  try {
    const own = { ...(folder === undefined ? {} : { folder }), ...(workers === undefined ? {} : { workers }) };
    const report = await dataReport(name, { ...own, onProgress: dataProgress(view) });
    view.end();
    writeResult({ json: report, text: dataReportText(report) }, json);
    if (report.unreadable.count + report.leaking.count + report.relabelled.count > 0) process.exitCode = 1;
  } finally {
    view.end();
  }
}
