/** `iekd completion bash`: a script that completes commands, options and names when Tab is pressed. */
import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash';
import { fishScript } from '../completion/fish';
import { type CommandWords, type KnownNames, programWords } from '../completion/programWords';
import { zshScript } from '../completion/zsh';

const SCRIPTS: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('Write a script that completes commands, options and names in a shell.')
    .addArgument(new Argument('<shell>', 'whose script').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      `
For this terminal:
  source <(npx iekd completion bash)     bash; also behind npx
  source <(npx iekd completion zsh)      zsh, after compinit
  npx iekd completion fish | source      fish

For every terminal, write it to a file once and source that in ~/.bashrc,
~/.zshrc or ~/.config/fish/config.fish. zsh and fish complete iekd itself:
alias iekd="npx iekd" makes it a command.`,
    )
    .action(async (shell: string) => {
      process.stdout.write(SCRIPTS[shell]?.(programWords(program, await knownNames())) ?? '');
    });
}

async function knownNames(): Promise<KnownNames> {
  const { describeModels } = await import('../../models/index.js');
  const { describeMethods } = await import('../../methods/index.js');
  const { DATASET_NAMES } = await import('../../data/index.js');
  const { BUDGETS } = await import('../../experiments/budgets.js');
  const { EXPERIMENTS } = await import('../../experiments/paper/index.js');
  const models = describeModels().map(({ name }) => name);
  return {
    ...{ model: models, peer: models, method: describeMethods().map(({ name }) => name), data: DATASET_NAMES },
    ...{ budget: Object.keys(BUDGETS), experiment: EXPERIMENTS.map(({ name }) => name) },
  };
}
