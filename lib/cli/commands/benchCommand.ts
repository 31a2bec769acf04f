/** `iekd bench`: speed and memory beside PyTorch, in one interleaved run, or the profile of a step. */
import type { Command } from 'commander';
import type { BenchWorkName } from '../../bench/benchWork';
import type { MeasureRow } from '../../bench/measureRow';
import type { ProfileKey } from '../../engine/profile/profileRows';
import { counted } from '../../util/text';
import { engineOptions, startEngine } from '../options/engineOptions';
import { integer, listOf, oneOf } from '../options/parsers';
import { UsageError } from '../options/usageError';
import { benchText, dataText, measuresText, profileText } from '../output/benchText';
import { shownPath, writeNote, writeResult } from '../output/output';
import { endable } from '../output/stopping';
import { progressView } from '../output/terminalProgress';
import { type ModelFlags, modelOptions, refuseModelOptions, runModels } from './benchModels';
import { type PredictionFlags, predictionOption, runPrediction } from './benchPrediction';
import { showing } from './benchProgress';

interface BenchFlags extends ModelFlags, Pick<PredictionFlags, 'predict'> {
  readonly work?: BenchWorkName[];
  readonly depth?: number;
  readonly scaling?: boolean;
  readonly profile?: ProfileKey;
  readonly figure?: string;
  readonly folder?: string;
}

const WORKS: readonly BenchWorkName[] = ['supervised', 'ie-ft', 'inference', 'ssd', 'ssd300'];
/** What is measured in milliseconds, alone. */
const [KERNEL, DECODING] = ['kernel', 'decoding'];
/** Training from a folder of pictures beside memory, alone. */
const DATA = 'data';
/** A cell takes milliseconds, not seconds as the other works. */
const CELLS_A_ROUND = 10;
const IMAGES_A_ROUND = 50;

export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description('Measure training, an IE-FT step and inference, beside PyTorch where python3 imports torch.')
    .option(
      '--work <names>',
      `which of ${WORKS.join(',')}; default: the first three; or, alone, kernel, decoding or data`,
      listOf([...WORKS, KERNEL, DECODING, DATA]),
    )
    .option('--depth <n>', 'of the network that is trained, 6n + 2; default 20, of ssd 8', integer(8))
    .option('--batch <n>', 'images a step; default 128, of ssd 16, of ssd300 4', integer(1))
    .option('--steps <n>', 'timed steps of each work in a round', integer(1), 10)
    .option('--rounds <n>', 'how often ours and the peer take turns', integer(1), 2);
  const what = 'where the time of a step goes instead, by kernel or by kernel and shape';
  const profile = oneOf('--profile [by]', what, ['kernel', 'shape']);
  command
    .option('--no-peer', 'leave PyTorch, or other installed kernels, out')
    .option('--memory', 'also the peak memory of each work, in processes of their own')
    .option('--scaling', 'also with one thread, and how the rates grow from there to all of them')
    .option('--keep [file]', 'add the rows, with date, commit, machine and versions, to data/results/bench.jsonl')
    .addOption(profile.preset('kernel').conflicts(['memory', 'scaling', 'keep']))
    .option('--figure <file.html>', 'the profile as a page with its figures')
    .option('--folder <path>', 'of --work data: a folder with a folder of pictures for each class; default: one that is made')
    .option('--json', 'rows {work, engine, precision, threads, depth, batch, imagesPerSecond, peer, ratio, …} as JSON')
    .addHelpText(
      'after',
      `
Rates are images a second, the median over rounds of the median step; ratio is
ours to PyTorch's fastest memory layout of the same precision.

Examples:
  iekd bench                                 everything, about two minutes
  iekd bench --work ie-ft --steps 5 --json   one row, for a script
  iekd bench --memory --scaling --keep       all that is known, kept
  iekd bench --work ssd,ssd300               training detectors
  iekd bench --scaling --predict 16,64       what so many threads would bring
  iekd bench --work decoding                 predictions to detections, in ms
  iekd bench --work data                     reading JPEGs beside memory
  iekd bench --work kernel                   the notebook's kernel, in ms
  iekd bench --work supervised --profile --figure profile.html
  iekd bench --models --memory --keep        13 networks beside PyTorch
  iekd bench --models resnet50 --size 224 --compile --markdown
  iekd bench --engine portable --steps 2 --no-peer`,
    );
  modelOptions(command);
  predictionOption(command);
  engineOptions(command).action((flags: BenchFlags) => {
    const asked = flags.work as readonly string[] | undefined;
    for (const alone of [KERNEL, DECODING]) if (asked?.includes(alone)) return runMilliseconds(alone, flags);
    if (asked?.includes(DATA)) return runData(flags);
    if (flags.predict) return runPrediction(flags);
    if (flags.models) return runModels(flags);
    refuseModelOptions(flags);
    return flags.profile ? runProfile(flags.profile, flags) : runBench(flags);
  });
}

/** Reading pictures ahead of training. */
async function runData({
  work,
  batch,
  steps,
  rounds,
  folder,
  json,
  profile,
  keep,
  memory,
  scaling,
  ...flags
}: BenchFlags): Promise<void> {
  if (work?.length !== 1 || profile || keep !== undefined || memory || scaling) {
    const expected = 'expected no other work, and none of --profile, --keep, --memory, --scaling';
    throw new UsageError(`bench: --work ${DATA}: ${expected}`);
  }
  const { benchData } = await import('../../bench/dataBench.js');
  await startEngine(flags);
  const rows = await endable('bench', () => benchData({ folder, batch, steps, rounds, onProgress: writeNote }));
  writeResult({ json: rows, text: dataText(rows) }, json);
}

/** What is measured in milliseconds. */
async function runMilliseconds(alone: string, flags: BenchFlags): Promise<void> {
  const { work, rounds, json, profile, keep, memory, scaling } = flags;
  if (work?.length !== 1 || profile || keep !== undefined || memory || scaling) {
    const expected = 'expected no other work, and none of --profile, --keep, --memory, --scaling';
    throw new UsageError(`bench: --work ${alone}: ${expected}`);
  }
  const rows = await (alone === KERNEL ? kernelRows(flags) : decodingRows(rounds));
  writeResult({ json: rows, text: measuresText(rows) }, json);
}

async function decodingRows(rounds: number): Promise<MeasureRow[]> {
  const { benchDecoding } = await import('../../bench/decodingBench.js');
  return benchDecoding(rounds * IMAGES_A_ROUND);
}

/** The notebook's kernel, beside others that are installed. */
async function kernelRows({ peer, rounds }: BenchFlags): Promise<MeasureRow[]> {
  const { benchKernels, otherKernels } = await import('../../notebook/jupyter/kernelBench.js');
  const { dataFolders } = await import('../../notebook/jupyter/dataFolders.js');
  const { kernelSpec } = await import('../../notebook/jupyter/kernelSpec.js');
  const own = kernelSpec();
  const others = peer ? otherKernels(dataFolders()).filter(({ name }) => name !== own.name) : [];
  const onKernel = (name: string): void => writeNote(`measuring ${name}`);
  return benchKernels([own, ...others], { rounds: rounds * CELLS_A_ROUND, onKernel });
}

async function runBench({ figure, json, keep, engine, threads, precision, profile: _, ...settings }: BenchFlags): Promise<void> {
  if (figure !== undefined) throw new UsageError('bench: --figure: expected --profile beside it, received none');
  const { bench } = await import('../../bench/bench.js');
  const { benchFile, keepRows } = await import('../../bench/benchRecord.js');
  const report = await startEngine({
    ...(engine ? { engine } : {}),
    ...(threads ? { threads } : {}),
    ...(precision ? { precision } : {}),
  });
  const view = progressView();
  const started = { engine: report.name, threads: report.threads, precision: report.precision };
  const result = await endable('bench', () => bench(started, { ...settings, onProgress: showing(view) })).finally(() =>
    view.end(),
  );
  writeResult({ json: result.rows, text: benchText(result) }, json);
  if (keep === undefined) return;
  const path = keep === true ? benchFile() : keep;
  const { length } = keepRows(path, result, report, settings);
  writeNote(`${counted(length, 'row')} added to ${shownPath(path)}`);
}

async function runProfile(
  by: ProfileKey,
  { figure, json, work, depth, batch, steps, ...engineFlags }: BenchFlags,
): Promise<void> {
  if (figure !== undefined && !figure.endsWith('.html')) {
    throw new UsageError(`bench: --figure: expected the name of an .html file, received "${figure}"`);
  }
  const { benchProfile } = await import('../../bench/benchProfile.js');
  const { name, threads, precision } = await startEngine(engineFlags);
  const view = progressView();
  const options = { ...(work ? { work } : {}), depth, batch, steps, by, onProgress: showing(view) };
  const profiles = await endable('bench', () => benchProfile({ engine: name, threads, precision }, options)).finally(() =>
    view.end(),
  );
  writeResult({ json: profiles, text: profileText(profiles) }, json);
  if (figure === undefined) return;
  const { writeProfilePage } = await import('../../notebook/views/profilePage.js');
  await writeProfilePage(figure, profiles);
  writeNote(`figure in ${shownPath(figure)}`);
}
