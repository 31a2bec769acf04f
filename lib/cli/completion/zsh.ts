/** Completion for zsh: the descriptions of commands and options stand beside their names. */
import type { CommandWords, Completion, OptionWords } from './programWords';

/** The script, to be sourced after `compinit`: `source <(iekd completion zsh)`. */
export function zshScript([program, ...commands]: readonly CommandWords[]): string {
  const described = commands.map(({ name, description }) => `      ${quoted(`${name}:${description}`)}`);
  const cases = commands.map(
    ({ name, options, argument }) =>
      `        ${name})\n          _arguments -s ${[...options.flatMap(specs), ...(argument ? [quoted(`1:: :${action(argument)}`)] : [])].join(' \\\n            ')} ;;`,
  );
  return `#compdef iekd
# iekd: completion for zsh. source <(iekd completion zsh), after compinit
_iekd() {
  local context state line
  local -a commands
  _arguments -C ${(program?.options ?? []).flatMap(specs).join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command)
      commands=(
${described.join('\n')}
      )
      _describe command commands ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}
compdef _iekd iekd
`;
}

/** One a flag: \`'--model[network]: :(resnet8 resnet20)'\` */
function specs({ flags, description, value }: OptionWords): string[] {
  const about = description
    .replace(/[[\]\\:]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return flags.map((flag) => quoted(`${flag}[${about}]${value ? `: :${action(value)}` : ''}`));
}

function action(completion: Completion): string {
  if ('path' in completion) return completion.path === 'folder' ? '_files -/' : '_files';
  return completion.words.length > 0 ? `(${completion.words.join(' ')})` : ' ';
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
