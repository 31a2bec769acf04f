/** The table of `iekd bench --models`, for the terminal and as Markdown, from made-up rows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelBenchRow } from 'iekd/dist/bench/models/modelBenchRow';
import { modelsMarkdown, modelsText } from 'iekd/dist/cli/output/modelsText';

const row: ModelBenchRow = {
  ...{
    network: 'resnet20',
    engine: 'onednn',
    precision: 'float32',
    threads: 2,
    batch: 128,
    size: 32,
    parameters: 1,
    multiplyAdds: 1,
  },
  ...{ imagesPerSecond: 805.04, spread: 0.01, peakGflops: 240, ofPeak: 0.805, peakImagesPerSecond: 1000, peakMemoryMb: 1311 },
  ...{ peer: { default: 505, channels_last: 40.5 }, ratio: 1.594, compared: 'default', peerPeakMemoryMb: 540 },
};
const { ratio: _, ...unsure } = row;
const rows = [
  row,
  { ...unsure, network: 'resnet56', doubts: ['ours varied by 12 % between rounds'], failures: { default: 'hung' } },
];
const result = { rows, peer: 'PyTorch 2.15.0' };

const COMMON =
  "Training on onednn, float32, 2 threads, batches of 128 images of 32×32; peer: PyTorch 2.15.0. Peak: products of matrices at 240 GFLOP/s; Winograd's algorithm multiplies less than is counted. The ratio is to the fastest layout of the same precision.";

test('as Markdown', () =>
  assert.deepEqual(modelsMarkdown(result).split('\n'), [
    '| network | images/s | PyTorch default | PyTorch channels_last | ratio | % of peak | peak allows | MiB | PyTorch MiB |',
    '|---|---|---|---|---|---|---|---|---|',
    '| resnet20 | 805 | 505 | 40.5 | 1.59 | 81 | 1,000 | 1,311 | 540 |',
    '| resnet56 | 805 | 505 | 40.5 | withheld | 81 | 1,000 | 1,311 | 540 |',
    '',
    COMMON,
    'resnet56: ratio withheld, ours varied by 12 % between rounds.',
    'resnet56: PyTorch default did not run: hung.',
  ]));

test('for the terminal, with the same remarks', () => {
  const words = modelsText(result).replaceAll(/\s+/g, ' ');
  for (const part of ['resnet20', '1.59', 'withheld', COMMON, 'resnet56: PyTorch default did not run: hung.']) {
    assert.ok(words.includes(part), part);
  }
});
