/**
 * The command line `iekd`. Exit codes: 0 done, 1 it failed (a sentence says why), 2 the command line is wrong, 143 and 129 stopped by
 * SIGTERM and SIGHUP.
 * Each command is a file of `commands/`; it loads the library only when it runs, so that `--help` is instant.
 */
import { Command, CommanderError } from 'commander';
import { InputError } from '../util/check';
import { fileError } from '../util/fileErrors';
import { libraryVersion, missingPackage } from '../util/package/ownPackage';
import { addBench } from './commands/benchCommand';
import { addCompletion } from './commands/completionCommand';
import { addData } from './commands/dataCommand';
import { addDatasets } from './commands/datasetsCommand';
import { addEngines } from './commands/enginesCommand';
import { addGolden } from './commands/goldenCommand';
import { addKernel } from './commands/kernelCommand';
import { addMethods } from './commands/methodsCommand';
import { addModels } from './commands/modelsCommand';
import { addInit } from './commands/project/initCommand';
import { addSetup } from './commands/project/setupCommand';
import { addReproduce } from './commands/reproduceCommand';
import { addResults } from './commands/resultsCommand';
import { addResume } from './commands/resumeCommand';
import { addRun } from './commands/runCommand';
import { addTable } from './commands/tableCommand';
import { addTrain } from './commands/trainCommand';
import { addVerdict } from './commands/verdictCommand';
import { addDemo } from './commands/weights/demoCommand';
import { addDetect } from './commands/weights/detectCommand';
import { addEvaluate } from './commands/weights/evaluateCommand';
import { addExport } from './commands/weights/exportCommand';
import { addWeights } from './commands/weights/weightsCommand';
import { UsageError } from './options/usageError';
import { writeProblem } from './output/output';
import { surviveLostOutput } from './output/stopping';
import { hasColour, setManner, styled, terminalWidth } from './output/terminal';
import { inWords } from './output/words';

const COMMANDS = [
  addEngines,
  addModels,
  addMethods,
  addDatasets,
  addData,
  addTrain,
  addResume,
  addEvaluate,
  addDetect,
  addExport,
  addWeights,
  addDemo,
  addReproduce,
  addTable,
  addVerdict,
  addResults,
  addRun,
  addKernel,
  addSetup,
  addInit,
  addBench,
  addGolden,
  addCompletion,
];

/** Options that every command has, before its name or after it. */
interface GlobalFlags {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Reads a command line, runs its command, and sets the exit code. Never throws. @param argv as `process.argv` */
export async function main(argv: readonly string[]): Promise<void> {
  surviveLostOutput();
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof CommanderError) return;
    writeProblem(`${styled('red', 'iekd:', process.stderr)} ${explain(error, argv.includes('--debug'))}`);
  }
}

/** The program with all its commands. */
export function createProgram(): Command {
  const program = new Command('iekd');
  program
    .description('Knowledge distillation by inheritance and exploration, on TensorFlow.js.')
    .version(libraryVersion())
    .option('-q, --quiet', 'only the result: no progress and no notes')
    .option('-v, --verbose', 'also what is otherwise left out: all of the engine')
    .option('--debug', 'show the stack of an error')
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: () => terminalWidth(process.stdout),
      getErrHelpWidth: () => terminalWidth(process.stderr),
      getOutHasColors: () => hasColour(process.stdout),
      getErrHasColors: () => hasColour(process.stderr),
      outputError: (text, write) => write(text.replace(/^error:/, styled('red', 'error:', process.stderr))),
    })
    .configureHelp({ styleTitle: (title) => styled('bold', title) })
    .hook('preAction', (_program, command) => {
      const { quiet = false, verbose = false } = command.optsWithGlobals<GlobalFlags>();
      setManner({ quiet, verbose });
    })
    .addHelpText(
      'after',
      `
Examples:
  iekd engines                              what can compute here
  iekd run notebooks/00-quickstart.ipynb    a notebook, as a page to look at
  iekd train --model resnet20 --epochs 5    train a network on Fashion-MNIST
  iekd train --method ie-ft --teacher RUN   inheritance and exploration
  iekd reproduce table1 --status            a table of the paper: what is done
  iekd COMMAND --help                       more about a command

Every command takes --quiet, --verbose and --debug; NO_COLOR=1: no colours.`,
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

/** What a user can act on is a sentence in the command line's words; anything else is our mistake, and says so. */
function explain(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (debug) return stackOf(error);
  const known = error instanceof InputError ? error : (fileError(error) ?? missingPackage(error));
  if (known) return inWords(known.message);
  return `${error.message || error.name} (unexpected; --debug shows where)`;
}

/** Of an error told in other words, that of the one behind it. */
function stackOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}\n${stackOf(error.cause)}` : (error.stack ?? error.message);
}
