/** What can be completed: the commands and options of the program, as commander has them, and the names that they take. */
import type { Argument, Command, Option } from 'commander';

/** What stands at a place of the command line: one of some names, or a path. */
export type Completion = { readonly words: readonly string[] } | { readonly path: 'file' | 'folder' };

/** An option with what follows it. */
export interface OptionWords {
  /** `-q`, `--quiet` */
  readonly flags: readonly string[];
  readonly description: string;
  /** Absent: nothing follows. */
  readonly value?: Completion;
}

/** A command with its options, those of commands below it and of the whole program included. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What its first argument may be, or the names of the commands below it. */
  readonly argument?: Completion;
}

/** Names by what they are called in usage lines: `model` for `--model <name>`, `experiment` for `[experiment]`. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

/** Every command of the program, itself (with the name '') first. */
export function programWords(program: Command, known: KnownNames): CommandWords[] {
  const common = optionsOf(program, known);
  const names = program.commands.map((command) => command.name());
  const all = program.commands.map((command): CommandWords => {
    const [first] = command.registeredArguments;
    const below = command.commands.map((one) => one.name());
    const argument = below.length > 0 ? { words: below } : first && argumentCompletion(first, known);
    const own = [command, ...command.commands].flatMap((one) => optionsOf(one, known)).filter((option) => option !== HELP);
    return {
      name: command.name(),
      description: command.description(),
      options: [...own, HELP, ...common],
      ...(argument ? { argument } : {}),
    };
  });
  return [{ name: '', description: '', options: common, argument: { words: [...names, 'help'] } }, ...all];
}

const HELP: OptionWords = { flags: ['-h', '--help'], description: 'what it does and takes' };

function optionsOf(command: Command, known: KnownNames): OptionWords[] {
  const own = command.options.filter(({ hidden }) => !hidden).map((option) => optionWords(option, known));
  return command.parent ? [...own, HELP] : own;
}

function optionWords(option: Option, known: KnownNames): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const value = option.required || option.optional ? optionCompletion(option, known) : undefined;
  return { flags, description: option.description, ...(value ? { value } : {}) };
}

function optionCompletion({ argChoices, long = '', flags }: Option, known: KnownNames): Completion {
  if (argChoices) return { words: argChoices };
  return known[long.slice(2)] ? { words: known[long.slice(2)] ?? [] } : pathIn(flags);
}

function argumentCompletion(argument: Argument, known: KnownNames): Completion {
  if (argument.argChoices) return { words: argument.argChoices };
  const words = known[argument.name()];
  return words ? { words } : pathIn(`<${argument.name()}>`);
}

/** By what a usage line calls it; nothing to complete for numbers and the like. */
function pathIn(usage: string): Completion {
  if (/<folder>/.test(usage)) return { path: 'folder' };
  return /[<[](file|path|notebook|file\.html)[>\]]/.test(usage) ? { path: 'file' } : { words: [] };
}
