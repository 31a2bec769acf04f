/** `iekd weights FILE`: what a file of weights is; `--out` writes it as one of this library. */
import type { Command } from 'commander';
import { counted } from '../../../util/text';
import type { WeightsDescription } from '../../../weights/describeWeights';
import type { LoadReport } from '../../../weights/loadReport';
import { type NetworkFlags, networkOptions, typedNetwork } from '../../options/networkFlags';
import { checkTyped } from '../../options/usageError';
import { fittedText, shownPath, textTable, writeNote, writeResult } from '../../output/output';

interface Flags extends NetworkFlags {
  readonly out?: string;
  readonly json?: boolean;
}

export function addWeights(program: Command): void {
  const command = program
    .command('weights')
    .argument('<file>', 'of this library, PyTorch, safetensors, TensorFlow.js (model.json) or Keras')
    .description('Say what a file of weights is: its tensors, its network, and what of that fits another.')
    .option('--out <path>', 'write its network as a file of this library (.safetensors)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  iekd weights resnet18-f37072fd.pth
  iekd weights model.keras --out model.safetensors
  iekd weights checkpoint.pth --model resnet56 --model-set shortcut=A`,
    );
  networkOptions(command).action(showWeights);
}

async function showWeights(path: string, flags: Flags): Promise<void> {
  const { describeWeights } = await import('../../../weights/describeWeights.js');
  const { planNetwork } = await import('../../../models/index.js');
  const other = typedNetwork('weights', flags);
  if (other) checkTyped(() => planNetwork(other));
  const description = describeWeights(path, other);
  const { out } = flags;
  if (out !== undefined) {
    const { readWeights, saveStored } = await import('../../../weights/networkFile.js');
    const stored = readWeights(path, other);
    if (stored.remark !== undefined) writeNote(`${shownPath(path)}: ${stored.remark}`);
    saveStored(out, stored, path);
    writeNote(`written: ${shownPath(out)}`);
  }
  writeResult({ json: { file: path, ...description }, text: text(path, description) }, flags.json);
}

function text(path: string, description: WeightsDescription): string {
  const { format, tensors, notes, sha256, comparison } = description;
  const bytes = tensors.reduce((sum, one) => sum + one.bytes, 0);
  const table = textTable(
    tensors.map(({ name, shape, dtype, bytes: size }) => ({
      tensor: name,
      shape: shape.join('×') || 'one value',
      dtype,
      bytes: size,
    })),
    { mostRows: tensors.length },
  );
  const lines = [
    `${shownPath(path)}: ${format}, ${counted(tensors.length, 'tensor')}, ${counted(bytes, 'byte')} of values, SHA-256 ${sha256.slice(0, 12)}`,
    ...networkLines(description),
    ...Object.entries(notes).map(([name, value]) => `${name}: ${value.slice(0, 200)}`),
    ...(comparison ? comparisonLines(comparison) : []),
  ];
  return [...lines.map((line) => fittedText(line, '  ')), '', table].join('\n');
}

function networkLines({ network, refusal, classNames, normalisation }: WeightsDescription): string[] {
  if (!network) return [`network: none that is known${refusal === undefined ? '' : `: ${refusal}`}`];
  const { spec, naming, remark } = network;
  const { name, classes, input, normalisation: _, topology, features: __, stages: ___, head: ____, ...options } = spec;
  const chosen = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const parts = [name, ...chosen, ...(classes === undefined ? [] : [`${classes} classes`]), ...(input ? [input.join('×')] : [])];
  return [
    `network: ${parts.join(', ')} (${topology === undefined ? `names of ${naming}` : naming})`,
    ...(remark === undefined ? [] : [remark]),
    ...(classNames ? [`classes: ${classNames.join(', ')}`] : []),
    normalisation
      ? `normalisation: mean ${normalisation.mean.join(', ')}, deviation ${normalisation.std.join(', ')}`
      : 'normalisation: that of its data set, which the file does not say',
  ];
}

function comparisonLines({ loaded, missing, unexpected, reshaped }: LoadReport): string[] {
  const shapes = reshaped.map(({ name, found, expected }) => `${name} ${found.join('×')} for ${expected.join('×')}`);
  const rows = { missing, 'left over': unexpected, 'of another shape': shapes };
  return [
    `of the network that was named, ${loaded.length} tensors fit`,
    ...Object.entries(rows).flatMap(([what, names]) => (names.length > 0 ? [`${what}: ${names.join(', ')}`] : [])),
  ];
}
