/** Options that say what networks are trained for, and how pictures with objects become a data set. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { DatasetConfig } from '../../experiments/run/config';
import type { TaskSpec } from '../../tasks/types';
import { integer, settings } from './parsers';

export interface TaskFlags {
  readonly task?: string;
  readonly taskSet?: Readonly<Record<string, unknown>>;
}

/** Adds `--task` and `--task-set`. */
export function taskOptions(command: Command): Command {
  return command
    .option('--task <name>', 'what is learned: classification (default), or detection')
    .option('--task-set <name=value>', 'an option of the task (rule=area of detection); may be repeated', settings);
}

/** The task that was typed over the one of before; undefined where neither says one. */
export function taskFrom({ task, taskSet }: TaskFlags, before: TaskSpec | undefined): TaskSpec | undefined {
  if (task === undefined && taskSet === undefined) return before;
  const base = task === undefined || task === before?.name ? (before ?? { name: 'classification' }) : { name: task };
  return { ...base, ...taskSet };
}

export interface DataFlags {
  readonly pixels?: number | readonly [number, number];
  readonly dataSet?: Readonly<Record<string, unknown>>;
}

/** Adds `--pixels` and `--data-set`. */
export function dataOptions(command: Command): Command {
  return command
    .option(
      '--pixels <n>',
      'height and width of the images, or HEIGHTxWIDTH: of folder: cropped to it (default 64), of voc: and coco: squashed (300)',
      pixels,
    )
    .option(
      '--data-set <name=value>',
      'an option of folder:, voc: or coco: (channels=1, testShare=0.3, badBoxes=clip); may be repeated',
      settings,
    );
}

/** As entries of a configuration's data set. */
export function dataSettings({ pixels: size, dataSet }: DataFlags): Partial<DatasetConfig> {
  return { ...(size === undefined ? {} : { pixels: size }), ...dataSet };
}

/** `160`, or `120x160`. */
function pixels(text: string): number | readonly [number, number] {
  const sides = text.split(/[x×]/).map((side) => integer(1)(side));
  const [height, width, ...more] = sides;
  if (height === undefined || more.length > 0) throw new InvalidArgumentError('expected N, or HEIGHTxWIDTH.');
  return width === undefined ? height : [height, width];
}
