/** Rates of rounds as rows: medians, ratios, growth with threads. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BenchCase, type BenchRow, benchRow, scalingRows, workNetwork } from 'iekd/dist/bench/benchRow';
import type { PeerRates } from 'iekd/dist/bench/pytorch';

const SETTING = { engine: 'onednn', precision: 'float32' } as const;
const rates = (first: number, last: number, bf16: number): PeerRates => ({
  default: first,
  channels_last: last,
  'channels_last+bf16': bf16,
});
const measured: BenchCase = {
  ...{
    work: 'supervised',
    threads: 2,
    depth: 20,
    batch: 128,
    ours: [640.04, 600, 700],
    theirs: [rates(400, 500, 999.96), rates(300, 520, 900)],
  },
};

describe('benchRow', () => {
  const common = { work: 'supervised', engine: 'onednn', threads: 2, depth: 20, batch: 128, imagesPerSecond: 640 };
  const peer = rates(350, 510, 950);
  const table: readonly (readonly [string, BenchCase, object, object])[] = [
    ['alone', { ...measured, theirs: [] }, SETTING, { ...common, precision: 'float32' }],
    [
      'beside the peer',
      measured,
      SETTING,
      { ...common, precision: 'float32', peer, ratio: 1.255, compared: 'channels_last', ratioDefault: 1.829 },
    ],
    [
      'bfloat16, beside the layout that computes in it',
      measured,
      { ...SETTING, precision: 'bfloat16' },
      { ...common, precision: 'bfloat16', peer, ratio: 0.674, compared: 'channels_last+bf16', ratioDefault: 1.829 },
    ],
    [
      'with memory',
      { ...measured, theirs: [], peakMemoryMb: 500, peerPeakMemoryMb: 520 },
      SETTING,
      { ...common, precision: 'float32', peakMemoryMb: 500, peerPeakMemoryMb: 520 },
    ],
  ];
  for (const [name, one, setting, expected] of table) {
    test(name, () => assert.deepEqual(benchRow(one, setting as typeof SETTING), expected));
  }

  test('keys come in the order in which rows are read', () => {
    const keys = Object.keys(benchRow({ ...measured, peakMemoryMb: 1, peerPeakMemoryMb: 2 }, SETTING));
    const first = [
      'work',
      'engine',
      'precision',
      'threads',
      'depth',
      'batch',
      'imagesPerSecond',
      'peer',
      'ratio',
      'compared',
      'ratioDefault',
    ];
    assert.deepEqual(keys, [...first, 'peakMemoryMb', 'peerPeakMemoryMb']);
  });
});

test('a work has the name of its network', () => {
  assert.deepEqual(
    [workNetwork('ie-ft', 56), workNetwork('ssd', 8), workNetwork('ssd300', 18)],
    ['ResNet-56', 'ssd-resnet8', 'ssd300-resnet18'],
  );
});

test('the ratio is to the faster layout, whichever it is', () => {
  const { ratio, compared } = benchRow({ ...measured, theirs: [rates(800, 500, 900)] }, SETTING);
  assert.deepEqual([ratio, compared], [0.8, 'default']);
});

test('a peer that was not asked for bfloat16 has no rate of it', () => {
  const theirs = [{ default: 500, channels_last: 640 }];
  const { peer, ratio, ratioDefault } = benchRow({ ...measured, work: 'ssd', theirs }, SETTING);
  assert.deepEqual([peer, ratio, ratioDefault], [{ default: 500, channels_last: 640 }, 1, 1.28]);
});

describe('scalingRows', () => {
  const row = (threads: number, ours: number[], theirs: PeerRates[]): BenchRow =>
    benchRow({ ...measured, threads, ours, theirs }, SETTING);
  test('the most threads by the fewest, whatever the order', () => {
    const rows = [row(4, [300], [rates(30, 60, 90)]), row(1, [100], [rates(20, 25, 30)]), row(2, [180], [rates(1, 1, 1)])];
    assert.deepEqual(scalingRows(rows), [{ work: 'supervised', threads: '1 → 4', ours: 3, peer: rates(1.5, 2.4, 3) }]);
  });
  test('without a peer, and nothing of a work that ran with one number of threads', () => {
    const rows: BenchRow[] = [row(1, [100], []), row(2, [150], []), { ...row(2, [100], []), work: 'inference' }];
    assert.deepEqual(scalingRows(rows), [{ work: 'supervised', threads: '1 → 2', ours: 1.5 }]);
  });
});
