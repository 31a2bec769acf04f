/** `iekd bench --scaling --predict`: what more threads than there are would bring. */
import type { Command } from 'commander';
import type { BenchWorkName } from '../../bench/benchWork';
import { startEngine } from '../options/engineOptions';
import { numbers } from '../options/parsers';
import { UsageError } from '../options/usageError';
import { writeResult } from '../output/output';
import { predictionText } from '../output/predictionText';
import { endable } from '../output/stopping';
import { progressView } from '../output/terminalProgress';
import type { ModelFlags } from './benchModels';
import { showing } from './benchProgress';

export interface PredictionFlags extends Pick<ModelFlags, 'engine' | 'threads' | 'precision' | 'batch' | 'steps' | 'json'> {
  /** Numbers of threads, or true for those that are predicted by default. */
  readonly predict?: number[] | true;
  readonly work?: BenchWorkName[];
  readonly depth?: number;
  readonly scaling?: boolean;
}

export function predictionOption(command: Command): void {
  const predict = command.createOption('--predict [counts]', 'of --scaling: on threads that are not there; default 4,16,64');
  command.addOption(predict.argParser(numbers).conflicts(['models', 'memory', 'keep', 'profile']));
}

export async function runPrediction(flags: PredictionFlags): Promise<void> {
  const { predict, work, depth, batch, steps, json, scaling } = flags;
  if (!scaling) throw new UsageError('bench: --predict: expected --scaling beside it, received none');
  const { predictScaling } = await import('../../bench/scaling/predictScaling.js');
  const { name: engine, threads, precision } = await startEngine(flags);
  const view = progressView();
  const counts = Array.isArray(predict) ? { threads: predict } : {};
  const options = { ...(work ? { work } : {}), ...counts, depth, batch, steps, onProgress: showing(view) };
  const rows = await endable('bench', () => predictScaling({ engine, threads, precision }, options)).finally(() => view.end());
  writeResult({ json: rows, text: predictionText(rows) }, json);
}
