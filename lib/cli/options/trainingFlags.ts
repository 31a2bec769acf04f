/** Options of `iekd train` that say how a network is trained, and the settings that they make. */
import type { Command } from 'commander';
import type { RunConfig } from '../../experiments/run/config';
import { refusePhrase } from '../../util/check';
import { integer, number, numbers, oneOf, settings } from './parsers';

type Training = RunConfig['training'];
type OptimizerSpec = NonNullable<Training['optimizer']>;
type Schedule = NonNullable<Training['learningRate']>;

export interface TrainingFlags {
  readonly epochs?: number;
  readonly batch?: number;
  readonly accumulate?: number;
  readonly optimizer?: string;
  readonly optimizerSet?: Readonly<Record<string, unknown>>;
  readonly lr?: number;
  readonly schedule?: 'steps' | 'cosine' | 'constant';
  readonly lrDrops?: number[];
  readonly warmUp?: number;
  readonly weightDecay?: number;
  readonly decay?: 'all' | 'weights';
  readonly clip?: number;
  readonly ema?: number;
  readonly earlyStop?: number;
  readonly augment: boolean;
}

/** Adds them. */
export function trainingFlags(command: Command): Command {
  return command
    .option('--epochs <n>', 'of the student (default: 10)', integer(1))
    .option('--batch <n>', 'images a step', integer(1))
    .option('--accumulate <n>', 'so many batches make a step (default: 1)', integer(1))
    .option('--optimizer <name>', 'sgd, adam or adamw (default: sgd, with momentum after Nesterov)')
    .option(
      '--optimizer-set <name=value>',
      'an option of the optimiser (nesterov=false of sgd, beta2=0.98 of adamw); may be repeated',
      settings,
    )
    .option('--lr <rate>', 'learning rate to begin with (default: 0.1, for detection 0.02, of adam and adamw 0.001)', number(0))
    .addOption(oneOf('--schedule <name>', 'how the rate falls (default: steps)', ['steps', 'cosine', 'constant']))
    .option('--lr-drops <epochs>', 'where it becomes ten times lower (default: after half and four fifths)', numbers)
    .option('--warm-up <epochs>', 'over which the rate rises from 0', number(0))
    .option('--weight-decay <rate>', 'of all parameters', number(0))
    .addOption(oneOf('--decay <parameters>', 'weights: no weight decay of norms and biases (default: all)', ['all', 'weights']))
    .option('--clip <norm>', 'the norm that all gradients together have at most', number(0))
    .option('--ema <decay>', 'measure and keep a moving average of the weights, too (0.999)', number(0))
    .option('--early-stop <epochs>', 'end after so many in which the validation part gets no better', integer(1))
    .option('--no-augment', 'show training images as they are');
}

/** Of a file's training, only what was typed is changed; its learning rate stays unless the optimiser or the rate was typed. */
export async function trainingFrom(flags: TrainingFlags, base: Training, taskRate: number): Promise<Training> {
  const { epochs = base.epochs, batch, accumulate, decay, clip, ema, earlyStop, augment } = flags;
  const optimizer = optimizerFrom(flags, base.optimizer);
  const typed = (['lr', 'lrDrops', 'schedule', 'warmUp', 'optimizer'] as const).some((name) => flags[name] !== undefined);
  const usual = optimizer?.name === undefined || optimizer.name === 'sgd' ? taskRate : await rateOf(optimizer.name, taskRate);
  const learningRate = base.learningRate !== undefined && !typed ? {} : { learningRate: rateFrom(flags, epochs, usual) };
  const { weightDecay = undefined } = optimizer ? {} : flags;
  const stopEarly = earlyStop === undefined ? {} : { stopEarly: { ...base.stopEarly, patience: earlyStop } };
  const given = defined({ batch, accumulate, optimizer, weightDecay, decay, clip, ema });
  return {
    ...withoutSgd(base, optimizer),
    epochs,
    ...learningRate,
    ...given,
    ...stopEarly,
    ...(augment ? {} : { augment: false }),
  };
}

/** Undefined where nothing was typed of it and the file has none: SGD, whose weight decay stands among the settings themselves. */
function optimizerFrom({ optimizer: name, optimizerSet, weightDecay }: TrainingFlags, base: OptimizerSpec | undefined) {
  const isSgd = (name ?? base?.name ?? 'sgd') === 'sgd';
  if (isSgd && !optimizerSet && base === undefined) return undefined;
  const own = name === undefined || name === base?.name ? base : undefined;
  return { ...(own ?? { name: name ?? 'sgd' }), ...optimizerSet, ...defined({ weightDecay }) };
}

/** SGD's options stand among the settings; beside another optimiser they are of another run. */
function withoutSgd(base: Training, optimizer: OptimizerSpec | undefined): Training {
  if (optimizer === undefined || optimizer.name === 'sgd') return base;
  const { momentum: _, nesterov: __, weightDecay: ___, ...rest } = base;
  return rest;
}

async function rateOf(name: string, otherwise: number): Promise<number> {
  const { usualLearningRate } = await import('../../experiments/run/config.js');
  return usualLearningRate(name) ?? otherwise;
}

function rateFrom({ lr, schedule, lrDrops, warmUp: epochsUp }: TrainingFlags, epochs: number, usual: number): Schedule {
  if (lrDrops && schedule !== undefined && schedule !== 'steps') {
    throw refusePhrase('train: --lr-drops', 'the schedule steps', schedule);
  }
  const base = lr ?? usual;
  const warmUp = epochsUp ? { warmUp: { epochs: epochsUp } } : {};
  if (schedule === 'cosine') return { kind: 'cosine', base, ...warmUp };
  const at = schedule === 'constant' ? [] : (lrDrops ?? usualDrops(epochs));
  // A rate that only rises is a schedule without milestones.
  return at.length > 0 || epochsUp ? { kind: 'multiStep', base, at, factor: 0.1, ...warmUp } : base;
}

/** After half and after four fifths of the epochs, where those are whole epochs within the run. */
function usualDrops(epochs: number): number[] {
  const drops = [Math.round(0.5 * epochs), Math.round(0.8 * epochs)];
  return [...new Set(drops)].filter((epoch) => epoch > 0 && epoch < epochs);
}

/** Without the entries that are undefined. */
export function defined<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as ReturnType<typeof defined<T>>;
}
