/** `iekd bench --models`: training of networks beside their twins in PyTorch. */
import type { Command } from 'commander';
import type { ModelBenchRow } from '../../bench/models/modelBenchRow';
import { counted } from '../../util/text';
import { type EngineFlags, startEngine } from '../options/engineOptions';
import { integer } from '../options/parsers';
import { UsageError } from '../options/usageError';
import { modelsMarkdown, modelsText } from '../output/modelsText';
import { shownPath, writeNote, writeResult } from '../output/output';
import { endable } from '../output/stopping';
import { progressView } from '../output/terminalProgress';
import { showing } from './benchProgress';

export interface ModelFlags extends EngineFlags {
  /** Names, or true for those that are measured by default. */
  readonly models?: string | true;
  readonly size?: number;
  readonly python?: string;
  readonly compile?: boolean;
  readonly force?: boolean;
  readonly markdown?: boolean;
  readonly batch?: number;
  readonly steps: number;
  readonly rounds: number;
  readonly peer: boolean;
  readonly memory?: boolean;
  /** A file, or true for the project's own. */
  readonly keep?: string | true;
  readonly json?: boolean;
}

/** Options that only `--models` has. */
const ALONE = ['size', 'compile', 'force', 'markdown'] as const;

export function modelOptions(command: Command): void {
  const models = command.createOption('--models [names]', 'train networks beside their twins in PyTorch instead');
  command
    .addOption(models.conflicts(['work', 'depth', 'scaling', 'profile', 'folder']))
    .option('--size <n>', 'of --models: height and width; from 64 on with ImageNet stems', integer(8))
    .option('--compile', 'of --models: PyTorch also by torch.compile')
    .option('--force', 'of --models: ratios in spite of doubts')
    .option('--markdown', 'of --models: the table as Markdown')
    .option('--python <path>', 'the Python whose PyTorch is the peer; default: the newest');
}

/** @throws UsageError for options that need `--models` */
export function refuseModelOptions(flags: Partial<ModelFlags>): void {
  const alone = ALONE.find((name) => flags[name] !== undefined);
  if (alone) throw new UsageError(`bench: --${alone}: expected --models beside it, received none`);
}

export async function runModels({
  models,
  json,
  markdown,
  keep,
  engine,
  threads,
  precision,
  ...flags
}: ModelFlags): Promise<void> {
  const { benchModels } = await import('../../bench/models/modelBench.js');
  const { benchFile, keepRows } = await import('../../bench/benchRecord.js');
  const report = await startEngine({
    ...(engine ? { engine } : {}),
    ...(threads ? { threads } : {}),
    ...(precision ? { precision } : {}),
  });
  const { size, python, compile, force, batch, steps, rounds, peer, memory } = flags;
  const view = progressView();
  const options = {
    ...(typeof models === 'string' ? { models: models.split(',') } : {}),
    ...(size === undefined ? {} : { size }),
    ...{ batch, steps, rounds, peer, python },
    ...{ compile: compile ?? false, force: force ?? false, memory: memory ?? false, onProgress: showing(view) },
  };
  const started = { engine: report.name, threads: report.threads, precision: report.precision };
  const result = await endable('bench', () => benchModels(started, options)).finally(() => view.end());
  writeResult({ json: result.rows, text: (markdown ? modelsMarkdown : modelsText)(result) }, json);
  if (keep === undefined) return;
  const path = keep === true ? benchFile() : keep;
  const { length } = keepRows<ModelBenchRow>(path, result, report, { steps, rounds });
  writeNote(`${counted(length, 'row')} added to ${shownPath(path)}`);
}
