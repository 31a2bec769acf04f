/** Options of the commands that work on a table or figure of the paper: which, on which budget, which rows and seeds. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { PRECISIONS, type Precision } from '../../engine/types';
import type { Budget } from '../../experiments/budgets';
import type { Experiment, ExperimentRow } from '../../experiments/experiment';
import type { RunStore } from '../../experiments/store/runStore';
import { notAmong, refuse } from '../../util/check';
import { oneOf, places, seeds, texts } from './parsers';
import { lastWeights } from './trainFlags';
import { checkTyped } from './usageError';

export interface ExperimentFlags {
  readonly budget: string;
  readonly seeds?: number[];
  readonly rows?: string[];
  readonly groups?: string[];
  readonly precision?: Precision;
  readonly images?: string;
  readonly objects?: string;
  readonly backbone?: Readonly<Record<string, string>>;
  readonly teacher?: Readonly<Record<string, string>>;
  readonly runs?: string;
  readonly results?: string;
}

/** What was asked for. */
export interface AskedExperiment {
  readonly experiment: Experiment;
  readonly budget: Budget;
  /** In the order of the table. */
  readonly rows: readonly ExperimentRow[];
  readonly store: RunStore;
}

/** Adds `--budget`, `--seeds`, `--rows`, `--groups`, `--precision`, `--images`, `--objects`, `--backbone`, `--teacher`, `--runs` and `--results`. */
export function experimentOptions(command: Command): Command {
  const precision = oneOf('--precision <name>', "in place of the budget's", PRECISIONS);
  return command
    .option(
      '--budget <name>',
      "smoke: seconds; short: minutes to hours a run on two cores; medium: 60 epochs, hours; paper: the paper's epochs",
      'short',
    )
    .option('--seeds <n>', 'how many (3), or which (0,2)', seeds)
    .option(
      '--rows <labels>',
      'only these rows, separated by commas, as the table names them: alone,FT,IE-FT; of methods: supervised,ft,ie-ft',
      texts,
    )
    .option('--groups <n>', 'only these pairs of networks, by number from 1: 1,2', texts)
    .addOption(precision)
    .option('--images <name>', 'pictures of your own in place of those of a classification table: folder:PATH')
    .option(
      '--objects <name>',
      'pictures of your own for table3: voc:PATH or coco:PATH; default: BCCD in data/cache/bccd, see data/README.md',
    )
    .option(
      '--backbone <network=file>',
      'weights that a network of table3 begins with, torchvision’s as safetensors: ssd300-resnet18=resnet18.safetensors; repeat it',
      places,
    )
    .option(
      '--teacher <network=file>',
      'a trained network that teaches in place of one that the table trains: resnet56=resnet56-4bfd9763.th, or the folder of its run; repeat it',
      places,
    )
    .option('--runs <folder>', 'of the runs, which processes may share; default: data/runs')
    .option('--results <folder>', 'of the results that git keeps; default: data/results');
}

/** Looks up what was typed. @throws UsageError for names that are not there, listing those that are */
export async function askedExperiment(name: string, flags: ExperimentFlags): Promise<AskedExperiment> {
  const { budgetNamed } = await import('../../experiments/budgets.js');
  const { experimentNamed } = await import('../../experiments/paper/index.js');
  const { rowsOn } = await import('../../experiments/experiment.js');
  const { runStore } = await import('../../experiments/store/runStore.js');
  const teachers = await teacherFiles(flags.teacher);
  return checkTyped(() => {
    const experiment = experimentNamed(name);
    const { seeds: own, precision, images, objects, backbone, runs, results } = flags;
    const store = runStore({ ...(runs ? { runs: resolve(runs) } : {}), ...(results ? { results: resolve(results) } : {}) });
    const { train, test } = budgetNamed(flags.budget).images ?? {};
    const counts = train === undefined || test === undefined ? {} : { train, test };
    const budget = budgetNamed(flags.budget, {
      ...(own ? { seeds: own } : {}),
      ...(precision ? { precision } : {}),
      ...(images === undefined ? {} : { images: { ...counts, name: images } }),
      ...(objects === undefined ? {} : { objects: { name: objects } }),
      ...(backbone === undefined ? {} : { backbones: backbone }),
      ...(teachers === undefined ? {} : { teachers }),
    });
    return { experiment, budget, rows: chosen(rowsOn(experiment, budget), flags), store };
  });
}

/** Where a folder of a run was named, its last weights. */
async function teacherFiles(typed: ExperimentFlags['teacher']): Promise<ExperimentFlags['teacher']> {
  if (!typed) return undefined;
  const files = Object.entries(typed).map(async ([name, path]) => [name, await lastWeights('--teacher', path)] as const);
  return Object.fromEntries(await Promise.all(files));
}

function chosen(all: readonly ExperimentRow[], { rows: labels, groups: numbers }: ExperimentFlags): ExperimentRow[] {
  const groups = [...new Set(all.map(({ group }) => group))];
  const wanted = numbers?.map((number) => {
    const group = groups[Number(number) - 1];
    if (group === undefined) throw refuse('--groups', `numbers from 1 to ${groups.length}`, number);
    return group;
  });
  const labelled = new Set(all.map(({ label }) => label));
  const unknown = labels?.find((label) => !labelled.has(label));
  if (unknown !== undefined) throw notAmong('--rows', 'labels among', [...labelled], unknown);
  return all.filter(({ group, label }) => (wanted?.includes(group) ?? true) && (labels?.includes(label) ?? true));
}
