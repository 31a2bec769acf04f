/** Options of commands that compute, and how they start an engine. */
import type { Command } from 'commander';
import type { EngineReport } from '../engine/start';
import { ENGINE_NAMES, type EngineName } from '../engine/types';
import { integer } from './arguments';
import { writeNote } from './output';

export interface EngineFlags {
  readonly engine?: EngineName;
  readonly threads?: number;
}

/** Adds `--engine` and `--threads`. */
export function engineOptions(command: Command): Command {
  const engine = command.createOption('--engine <name>', 'which engine computes; default: the best one that runs here');
  return command
    .addOption(engine.choices([...ENGINE_NAMES]).env('IEKD_ENGINE'))
    .option('--threads <n>', 'threads of the engine; default: all cores', integer(1));
}

/** Starts the engine that was asked for, and says which it is. */
export async function startEngine({ engine, threads }: EngineFlags): Promise<EngineReport> {
  const { start } = await import('../engine/start.js');
  const report = await start({ ...(engine === undefined ? {} : { engine }), ...(threads === undefined ? {} : { threads }) });
  writeNote(report.sentence);
  return report;
}
