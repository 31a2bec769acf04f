/** `iekd export WEIGHTS`: trained weights in a format of others, and how far the outputs of that are from the network's. */
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { OutputDifference } from '../../../export/compare';
import type { Quantisation } from '../../../export/tfjs/quantise';
import type { TorchNames } from '../../../export/torch/torchNames';
import type { WrittenFile } from '../../../export/writtenFile';
import type { Network } from '../../../models/types';
import { refusePhrase } from '../../../util/check';
import { type EngineFlags, engineOptions, startEngine } from '../../options/engineOptions';
import { integer, oneOf, texts } from '../../options/parsers';
import { type DataFolderFlags, dataFolderOption, type RunsFlags, runPlace, runsOption } from '../../options/runPlace';
import { lastWeights } from '../../options/trainFlags';
import { type KnownData, knownData } from '../../options/weightsData';
import { shownPath, textTable, writeNote, writeResult } from '../../output/output';

interface Flags extends EngineFlags, RunsFlags, DataFolderFlags {
  readonly to: 'onnx' | 'tfjs' | 'torch';
  readonly out?: string;
  readonly fold?: boolean;
  readonly normalise?: boolean;
  readonly features?: string[];
  readonly int8?: boolean;
  readonly float16?: boolean;
  readonly names?: string;
  readonly check?: boolean;
  readonly data?: string;
  readonly testImages: number;
  readonly json?: boolean;
}

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .argument('<weights>', 'a file of weights, or a run (its folder or name), whose last weights are taken')
    .description('Write a trained network in a format of others.')
    .addOption(
      oneOf('--to <format>', 'onnx; tfjs: a folder with model.json; torch: a state dict as safetensors', [
        'onnx',
        'tfjs',
        'torch',
      ]).makeOptionMandatory(),
    )
    .option('--out <path>', 'the file, of tfjs the folder; default: beside the weights')
    .option('--fold', 'fold batch norms into the convolutions before them')
    .option('--normalise', 'of onnx: images in [0, 1] are normalised inside')
    .option('--features <names>', 'of onnx: maps of these stages are outputs, too (stage2,stage3)', texts)
    .option('--int8', 'of tfjs: filters in 8 bits, with the accuracy that it costs')
    .option('--float16', 'of tfjs: filters in 16 bits, with the accuracy that it costs')
    .option('--names <whose>', 'of torch: torchvision (default), akamaster or iekd')
    .option('--check', 'compare outputs on random images (onnx: where onnxruntime-node is installed)')
    .option('--data <name>', 'data set whose classes and normalisation are noted; default: that of the run')
    .option('--test-images <n>', 'for the accuracy, use at most so many test images', integer(1), 1000)
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd export data/runs/student --to onnx --fold --check
  iekd export student-last.safetensors --to tfjs --int8 --data cifar10`,
    );
  engineOptions(runsOption(dataFolderOption(command))).action(exportWeights);
}

/** What was written, and how it compares. */
interface Exported {
  readonly files: readonly WrittenFile[];
  readonly differences?: readonly OutputDifference[];
  /** Of test images, whole and in fewer bits. */
  readonly accuracy?: { readonly metric: string; readonly images: number; readonly network: number; readonly exported: number };
}

async function exportWeights(typed: string, flags: Flags): Promise<void> {
  const { readRunWeights } = await import('../../../experiments/run/runWeights.js');
  const { networkOf } = await import('../../../weights/networkFile.js');
  const path = await lastWeights('export', runPlace(typed, flags));
  checkFlags(flags);
  const stored = readRunWeights(path);
  await startEngine(flags);
  const network = networkOf(stored, path);
  try {
    const known = await knownData(path, stored, flags);
    const exported = await WRITERS[flags.to](network, path, known, flags);
    writeResult({ json: exported, text: text(exported) }, flags.json);
  } finally {
    network.dispose();
  }
}

/** Options that not every format has. */
const OWN_OPTIONS: Readonly<Record<Flags['to'], readonly string[]>> = {
  onnx: ['fold', 'normalise', 'features', 'check'],
  tfjs: ['fold', 'int8', 'float16', 'check'],
  torch: ['names'],
};

/** An option of another format would be left out in silence. */
function checkFlags({ to, fold, normalise, features, int8, float16, names, check }: Flags): void {
  const typed = { fold, normalise, features, int8, float16, names, check };
  const other = Object.entries(typed).find(([name, value]) => value !== undefined && !OWN_OPTIONS[to].includes(name));
  if (other) throw refusePhrase('export', `options of --to ${to}`, `--${other[0]}`);
  if (int8 && float16) throw refusePhrase('export', 'one of --int8 and --float16', 'both');
}

/** `student-last.onnx` beside `student-last.safetensors`. */
const beside = (path: string, ending: string): string =>
  join(dirname(path), `${basename(path).replace(/\.[^.]+$/, '')}${ending}`);

async function toOnnx(network: Network, path: string, { notes }: KnownData, flags: Flags): Promise<Exported> {
  const { exportOnnx } = await import('../../../export/onnx/exportOnnx.js');
  const out = flags.out ?? beside(path, '.onnx');
  const { fold = false, normalise = false, features = [] } = flags;
  const files = exportOnnx(network, out, { ...notes, foldBatchNorm: fold, features, normalise: normalise ? 'inside' : 'none' });
  if (!flags.check) return { files };
  const { onnxOutputs } = await import('../../../export/onnx/onnxRuntime.js');
  const { outputDifferences } = await import('../../../export/compare.js');
  const outputs = normalise ? undefined : onnxOutputs(out);
  if (outputs) return { files, differences: await outputDifferences(network, outputs) };
  writeNote(
    normalise
      ? 'Not compared: with --normalise the file reads other images; compare it without.'
      : 'Not compared: onnxruntime-node is not installed here (npm install onnxruntime-node).',
  );
  return { files };
}

async function toTfjs(network: Network, path: string, { notes, data }: KnownData, flags: Flags): Promise<Exported> {
  const { exportTfjs, tfjsModel } = await import('../../../export/tfjs/exportTfjs.js');
  const { tfjsNetwork } = await import('../../../export/tfjs/tfjsNetwork.js');
  const quantise: Quantisation = flags.int8 ? 'uint8' : flags.float16 ? 'float16' : 'none';
  const options = { ...notes, foldBatchNorm: flags.fold ?? false, quantise };
  const files = exportTfjs(network, flags.out ?? beside(path, '-tfjs'), options);
  if (!flags.check && quantise === 'none') return { files };
  const { outputDifferences, outputsOf } = await import('../../../export/compare.js');
  const written = await tfjsNetwork(network, tfjsModel(network, options));
  try {
    const differences = await outputDifferences(network, async (images) => outputsOf(written, images));
    if (quantise === 'none' || !data) {
      if (quantise !== 'none') writeNote('What it costs in accuracy is not known: name the data set with --data.');
      return { files, differences };
    }
    return { files, differences, accuracy: await accuracyOf(network, written, data) };
  } finally {
    written.dispose();
  }
}

async function toTorch(network: Network, path: string, { notes }: KnownData, { names, out }: Flags): Promise<Exported> {
  const { exportTorch } = await import('../../../export/torch/exportTorch.js');
  const options = { ...notes, ...(names === undefined ? {} : { names: names as TorchNames }) };
  return { files: exportTorch(network, out ?? beside(path, '-torch.safetensors'), options) };
}

const WRITERS = { onnx: toOnnx, tfjs: toTfjs, torch: toTorch } as const;

async function accuracyOf(
  network: Network,
  written: Network,
  { set, task }: NonNullable<KnownData['data']>,
): Promise<NonNullable<Exported['accuracy']>> {
  const { evaluate } = await import('../../../training/evaluate.js');
  const metric = task.primary.name;
  const of = async (one: Network): Promise<number> => (await evaluate(one, set, 'test', { task })).metrics[metric] as number;
  return { metric, images: set.test.count, network: await of(network), exported: await of(written) };
}

function text({ files, differences = [], accuracy }: Exported): string {
  const sizes = textTable(files.map(({ path, bytes }) => ({ file: shownPath(path), MB: (bytes / 1e6).toFixed(2) })));
  const compared = differences.map(
    ({ output, difference, largest }) =>
      `${output}: greatest difference ${difference.toExponential(1)} on random images, where the largest value is ${largest.toFixed(2)}`,
  );
  const percent = (value: number): string => (100 * value).toFixed(2);
  const cost = accuracy
    ? [
        `${accuracy.metric} of ${accuracy.images} test images: ${percent(accuracy.network)} %, as written ${percent(accuracy.exported)} %`,
      ]
    : [];
  return [sizes, ...compared, ...cost].join('\n');
}
