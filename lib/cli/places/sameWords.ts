/** The command line that does in another process what was typed here: as commander has read it, so that nothing is taken apart twice. */
import type { Command, Option } from 'commander';

/**
 * Words of the options that were given, typed or from the environment, but for some.
 * @param without names as commander has them: `keepWeights`
 */
export function sameWords(command: Command, without: readonly string[]): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const source = command.getOptionValueSource(name);
    if (without.includes(name) || (source !== 'cli' && source !== 'env')) return [];
    return wordsOf(option, command.getOptionValue(name));
  });
}

function wordsOf({ long, short, negate }: Option, value: unknown): string[] {
  const flag = long ?? short ?? '';
  if (typeof value === 'boolean') return value === negate ? [] : [flag];
  if (Array.isArray(value)) return [flag, listText(value)];
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => [flag, `${name}=${String(one)}`]);
  return [flag, String(value)];
}

/** A single number would be how many, with a comma it is which. */
const listText = (values: readonly unknown[]): string =>
  values.length === 1 && typeof values[0] === 'number' ? `${values[0]},` : values.join(',');
