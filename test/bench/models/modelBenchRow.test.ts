/** Rows of networks from made-up rounds: the layout that is compared with, what is withheld, the roofline. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BENCH_RECORD } from 'iekd/dist/bench/benchTable';
import { type ModelCase, modelBenchRow } from 'iekd/dist/bench/models/modelBenchRow';

const measured: ModelCase = {
  ...{ network: 'resnet20', engine: 'onednn', precision: 'float32', threads: 2, batch: 128, size: 32 },
  ...{ parameters: 272_474, multiplyAdds: 40_000_000, ours: [800, 810, 805], peak: 240e9 },
  theirs: { default: [500, 510, 505], channels_last: [400, 410, 405], 'channels_last+bf16': [900, 910, 905] },
  ...{ failures: {}, disturbance: 0, peakMemoryMb: 311 },
};
const common = {
  ...{ network: 'resnet20', engine: 'onednn', precision: 'float32', threads: 2, batch: 128, size: 32 },
  ...{ parameters: 272_474, multiplyAdds: 40_000_000, imagesPerSecond: 805, spread: 0.012 },
  // 805 images a second at 6 · 40e6 operations each, of 240e9 a second
  ...{ peakGflops: 240, ofPeak: 0.805, peakImagesPerSecond: 1000, peakMemoryMb: 311 },
};
const peer = { default: 505, channels_last: 405, 'channels_last+bf16': 905 };

describe('modelBenchRow', () => {
  const table: readonly (readonly [string, Partial<ModelCase>, boolean, object])[] = [
    [
      'the ratio is to the fastest layout of the same precision',
      {},
      false,
      { ...common, peer, ratio: 1.594, compared: 'default', peerSpread: 0.02 },
    ],
    [
      'of bfloat16 to autocast',
      { precision: 'bfloat16' },
      false,
      { ...common, precision: 'bfloat16', peer, ratio: 0.89, compared: 'channels_last+bf16', peerSpread: 0.011 },
    ],
    [
      'compiled layouts are among them, and those that failed are not',
      { theirs: { default: [500, 500], 'default compiled': [700, 700] }, failures: { channels_last: 'hung' } },
      false,
      {
        ...{
          ...common,
          peer: { default: 500, 'default compiled': 700 },
          ratio: 1.15,
          compared: 'default compiled',
          peerSpread: 0,
        },
        failures: { channels_last: 'hung' },
      },
    ],
    [
      'withheld on a loaded machine',
      { disturbance: 0.5 },
      false,
      {
        ...{ ...common, peer, compared: 'default', peerSpread: 0.02 },
        doubts: ['other programs took 50 % of the processors'],
      },
    ],
    [
      'told in spite of that where it is forced',
      { disturbance: 0.5 },
      true,
      {
        ...{ ...common, peer, ratio: 1.594, compared: 'default', peerSpread: 0.02 },
        doubts: ['other programs took 50 % of the processors'],
      },
    ],
    ['alone', { theirs: {} }, false, common],
    [
      'beside another precision only',
      { theirs: { 'channels_last+bf16': [905, 905] } },
      false,
      { ...common, peer: { 'channels_last+bf16': 905 } },
    ],
  ];
  for (const [name, differs, force, expected] of table) {
    test(name, () => {
      const row = modelBenchRow({ ...measured, ...differs }, force);
      assert.deepEqual(row, expected);
      const { engine: _, ...rest } = row;
      const kept = {
        date: '',
        machine: { cpu: '', cores: 2, memoryGb: 1 },
        versions: {},
        steps: 1,
        rounds: 3,
        engine: 'onednn',
        ...rest,
      };
      BENCH_RECORD('row', kept);
    });
  }
});

test('rows that `--networks` once kept are rows still', () => {
  const old = { date: '', machine: { cpu: '', cores: 2, memoryGb: 1 }, versions: {}, steps: 4, rounds: 1, engine: 'onednn' };
  BENCH_RECORD('row', {
    ...old,
    precision: 'float32',
    threads: 2,
    batch: 128,
    imagesPerSecond: 1,
    network: 'wrn-40-2',
    peakMemoryMb: 1,
  });
});
