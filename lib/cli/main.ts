/**
 * The command line `iekd`. Exit codes: 0 done, 1 it failed (a sentence says why), 2 the command line is wrong.
 * Each command is a file of `commands/`; it loads the library only when it runs, so that `--help` is instant.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { InputError } from '../util/check';
import { addBench } from './commands/benchCommand';
import { addDatasets } from './commands/datasetsCommand';
import { addEngines } from './commands/enginesCommand';
import { addEvaluate } from './commands/evaluateCommand';
import { addGolden } from './commands/goldenCommand';
import { addMethods } from './commands/methodsCommand';
import { addModels } from './commands/modelsCommand';
import { addReproduce } from './commands/reproduceCommand';
import { addResume } from './commands/resumeCommand';
import { addRun } from './commands/runCommand';
import { addTable } from './commands/tableCommand';
import { addTrain } from './commands/trainCommand';
import { UsageError } from './options/usageError';

const COMMANDS = [
  addEngines,
  addModels,
  addMethods,
  addDatasets,
  addTrain,
  addResume,
  addEvaluate,
  addReproduce,
  addTable,
  addRun,
  addBench,
  addGolden,
];

/** Reads a command line, runs its command, and sets the exit code. Never throws. @param argv as `process.argv` */
export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (!(error instanceof CommanderError)) process.stderr.write(`iekd: ${explain(error, argv.includes('--debug'))}\n`);
  }
}

/** The program with all its commands. */
export function createProgram(): Command {
  const program = new Command('iekd');
  program
    .description('Knowledge distillation by inheritance and exploration, on TensorFlow.js.')
    .version(libraryVersion())
    .option('--debug', 'show the stack of an error')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  iekd engines                                        what can compute here, and why the rest cannot
  iekd run notebooks/00-quickstart.ipynb              run a notebook and write a page to look at
  iekd train --model resnet20 --epochs 5              train a network on Fashion-MNIST
  iekd train --method ie-ft --teacher RUN --epochs 5  teach one by inheritance and exploration
  iekd reproduce table1 --status                      a table of the paper: what is done, running and left
  iekd COMMAND --help                                 more about a command`,
    );
  for (const add of COMMANDS) add(program);
  return program;
}

/** Commander has already said what is wrong with a command line; help and version are no failure. */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  if (!(error instanceof CommanderError)) return 1;
  return error.exitCode === 0 ? 0 : 2;
}

/** What a user can act on is a sentence; anything else is our mistake, and says so. */
function explain(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (debug) return error.stack ?? error.message;
  if (error instanceof InputError) return error.message;
  return `${error.message || error.name} (unexpected; --debug shows where)`;
}

function libraryVersion(): string {
  // Seen from lib/dist/cli.
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
  return String((manifest as { version?: unknown }).version);
}
