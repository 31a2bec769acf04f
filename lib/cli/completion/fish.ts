/** Completion for fish 3: a line an option, with its description. */
import type { CommandWords, Completion, OptionWords } from './programWords';

/** The script, to be sourced: `iekd completion fish | source`. */
export function fishScript([program, ...commands]: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const none = `not __fish_seen_subcommand_from ${names}`;
  return [
    '# iekd: completion for fish. iekd completion fish | source',
    'complete -c iekd -f',
    ...commands.map(({ name, description }) => `complete -c iekd -n ${quoted(none)} -a ${name} -d ${quoted(description)}`),
    ...(program?.options ?? []).map((option) => optionLine(none, option)),
    ...commands.flatMap(({ name, options, argument }) => {
      const seen = `__fish_seen_subcommand_from ${name}`;
      const first = argument ? [`complete -c iekd -n ${quoted(seen)} ${values(argument)}`] : [];
      return [...first, ...options.map((option) => optionLine(seen, option))];
    }),
    '',
  ].join('\n');
}

function optionLine(condition: string, { flags, description, value }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const follows = value ? [`-r ${values(value)}`] : [];
  return ['complete -c iekd', `-n ${quoted(condition)}`, ...names, ...follows, `-d ${quoted(description)}`].join(' ');
}

function values(completion: Completion): string {
  if ('path' in completion) return completion.path === 'folder' ? `-a '(__fish_complete_directories)'` : '-F';
  return completion.words.length > 0 ? `-f -a ${quoted(completion.words.join(' '))}` : '-f';
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
