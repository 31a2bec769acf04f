/** Options of commands that compute, and how they start an engine. */
import type { Command } from 'commander';
import type { EngineReport } from '../../engine/start';
import { ENGINE_NAMES, type EngineName, PRECISIONS, type Precision } from '../../engine/types';
import { writeNote } from '../output/output';
import { integer } from './parsers';

export interface EngineFlags {
  readonly engine?: EngineName;
  readonly threads?: number;
  readonly precision?: Precision;
}

/** Adds `--engine`, `--threads` and `--precision`. */
export function engineOptions(command: Command): Command {
  const engine = command.createOption('--engine <name>', 'which engine computes; default: the best one that runs here');
  const precision = command.createOption('--precision <name>', 'in which maps are kept and multiplied; default: float32');
  return command
    .addOption(engine.choices([...ENGINE_NAMES]).env('IEKD_ENGINE'))
    .addOption(precision.choices([...PRECISIONS]))
    .option('--threads <n>', 'threads of the engine; default: all cores', integer(1));
}

/** Starts the engine that was asked for, and says which it is. */
export async function startEngine({ engine, threads, precision }: EngineFlags): Promise<EngineReport> {
  const { start } = await import('../../engine/start.js');
  const report = await start({
    ...(engine ? { engine } : {}),
    ...(threads ? { threads } : {}),
    ...(precision ? { precision } : {}),
  });
  writeNote(report.sentence);
  return report;
}
