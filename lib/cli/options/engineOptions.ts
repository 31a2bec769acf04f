/** Options of commands that compute, and how they start an engine. */
import type { Command, Option } from 'commander';
import type { EngineReport } from '../../engine/start';
import { ENGINE_NAMES, type EngineName, PRECISIONS, type Precision } from '../../engine/types';
import { counted } from '../../util/text';
import { writeNote } from '../output/output';
import { manner } from '../output/terminal';
import { integer, oneOf } from './parsers';

export interface EngineFlags {
  readonly engine?: EngineName;
  readonly threads?: number;
  readonly precision?: Precision;
}

/** Adds `--engine`, `--threads` and `--precision`. */
export function engineOptions(command: Command): Command {
  return command
    .addOption(engineOption().env('IEKD_ENGINE'))
    .addOption(oneOf('--precision <name>', 'in which maps are kept and multiplied; default: float32', PRECISIONS))
    .option('--threads <n>', 'threads of the engine; default: all cores', integer(1));
}

/** `--engine`, by itself. */
export const engineOption = (): Option =>
  oneOf('--engine <name>', 'which engine computes; default: the fastest that runs here', ENGINE_NAMES);

/** Starts the engine that was asked for, and says which it is: in a line, or with `--verbose` all that is known. */
export async function startEngine({ engine, threads, precision }: EngineFlags): Promise<EngineReport> {
  const { start } = await import('../../engine/start.js');
  const report = await start({
    ...(engine ? { engine } : {}),
    ...(threads ? { threads } : {}),
    ...(precision ? { precision } : {}),
  });
  writeNote(manner().verbose ? report.sentence : engineLine(report));
  return report;
}

/** `Engine onednn, 2 threads, float32.`; an engine that is taken for want of a faster one says where the reasons are. */
export function engineLine({ name, threads, precision, skipped }: EngineSummary): string {
  const line = `Engine ${name}, ${counted(threads, 'thread')}, ${precision}.`;
  const faster = skipped.find((other) => other.name === FASTEST_ON_CPU && other.imagesPerSecond === undefined);
  return faster ? `${line} ${FASTEST_ON_CPU} would be faster; iekd engines says why it is not used.` : line;
}

type EngineSummary = Pick<EngineReport, 'name' | 'threads' | 'precision' | 'skipped'>;

const FASTEST_ON_CPU: EngineName = 'onednn';
