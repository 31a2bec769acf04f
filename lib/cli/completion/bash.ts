/** Completion for bash 3.2 and newer: cases by command and by the word before, made once, so that a press of Tab starts nothing. */
import type { CommandWords, Completion } from './programWords';

/** The script, to be sourced: `source <(iekd completion bash)`. */
export function bashScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).filter(Boolean);
  return `# iekd: completion for bash. source <(iekd completion bash), or: npx iekd completion bash
_iekd() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} first=1 command= i
  COMPREPLY=()
  if [ "\${COMP_WORDS[0]##*/}" = npx ]; then
    [ "\${COMP_WORDS[1]}" = iekd ] && [ "$COMP_CWORD" -gt 1 ] || return 0
    first=2
  fi
  for ((i = first; i < COMP_CWORD; i++)); do
    if [ -z "$command" ]; then
      case "\${COMP_WORDS[i]}" in ${names.join('|')}) command=\${COMP_WORDS[i]} ;; esac
    fi
  done
  case "$command $before" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$word" in
    -*) case "$command" in
${commands.map(optionCase).join('\n')}
      esac ;;
    *) case "$command" in
${commands.flatMap(argumentCase).join('\n')}
      esac ;;
  esac
}
complete -o default -F _iekd iekd
complete -p npx >/dev/null 2>&1 || complete -o default -F _iekd npx
`;
}

/** What follows an option. */
function valueCases({ name, options }: CommandWords): string[] {
  return options.flatMap(({ flags, value }) => {
    if (!value) return [];
    return [`    ${flags.map((flag) => `"${name} ${flag}"`).join('|')}) ${reply(value)}; return ;;`];
  });
}

const optionCase = ({ name, options }: CommandWords): string =>
  `      "${name}") ${reply({ words: options.flatMap(({ flags }) => flags) })} ;;`;

/** The first argument: where no other word that is no option stands between it and the command. */
function argumentCase({ name, argument }: CommandWords): string[] {
  return argument ? [`      "${name}") ${reply(argument)} ;;`] : [];
}

function reply(completion: Completion): string {
  if ('words' in completion) return `COMPREPLY=($(compgen -W '${completion.words.join(' ')}' -- "$word"))`;
  // Names with spaces stay whole: a line each.
  return `while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen ${completion.path === 'folder' ? '-d' : '-f'} -- "$word")`;
}
