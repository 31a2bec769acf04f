/** Options that say which network a file of another program has. */
import type { Command } from 'commander';
import type { NetworkSpec } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { settings } from './parsers';

/** What they are parsed to. */
export interface NetworkFlags {
  readonly model?: string;
  readonly modelSet?: Readonly<Record<string, unknown>>;
}

export const networkOptions = (command: Command): Command =>
  command
    .option('--model <name>', 'network of a file of PyTorch, see iekd models; default: what its tensors say')
    .option('--model-set <name=value>', 'an option of that network (shortcut=A, classes=100); may be repeated', settings);

/** @param command for errors @returns undefined where none was typed */
export function typedNetwork(command: string, { model, modelSet }: NetworkFlags): NetworkSpec | undefined {
  if (model !== undefined) return { ...modelSet, name: model };
  if (modelSet === undefined) return undefined;
  throw refusePhrase(`${command}: --model-set`, '--model, whose option it is', 'none');
}
