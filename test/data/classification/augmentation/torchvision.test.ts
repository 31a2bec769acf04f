/**
 * Crop, centre and colour jitter beside torchvision's formulas, computed in float64 by PyTorch 1.13.1 and Python 3.11 (F.interpolate with
 * antialias for Resize; RandomResizedCrop.get_params and ColorJitter's functional forms written out, hue by colorsys). Tolerance: 1e-3 of 255, float32.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawJitter, jitterColours } from 'iekd/dist/data/classification/augmentation/colourJitter';
import { centreWindow } from 'iekd/dist/data/classification/augmentation/imageAugmentation';
import { drawResizedCrop } from 'iekd/dist/data/classification/augmentation/randomResizedCrop';
import { viewPicture } from 'iekd/dist/data/pictures/viewPicture';
import { type RandomStream, random } from 'iekd/dist/util/rng';

const close = (seen: readonly number[], expected: readonly number[]): void => {
  assert.equal(seen.length, expected.length);
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs((seen[i] as number) - value) < 1e-3, `${i}: ${seen[i]} for ${value}`);
};

test('the middle of a picture brought to a shorter side of 18: Resize(18), CenterCrop(16)', () => {
  const [height, width] = [30, 41];
  const bytes = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) bytes[(y * width + x) * 3 + c] = (7 * x + 13 * y + 31 * c + x * y) % 256;
  const window = centreWindow([height, width], [16, 16], [18, 18]);
  close(window, [4 / 24, 1 / 18, 20 / 24, 17 / 18]);
  const values = viewPicture({ height, width, bytes }, [16, 16], { window }, [0, 0, 0]);
  for (const [y, x, ...expected] of [
    [0, 0, 90.1489, 121.1489, 152.1489],
    [0, 15, 65.8511, 96.8511, 127.8511],
    [7, 3, 176.6324, 195.8676, 164.0441],
    [15, 8, 53.9821, 68.6713, 99.6713],
    [15, 15, 178.5729, 154.9031, 168.554],
  ] as const) {
    close([...values.subarray((y * 16 + x) * 3, (y * 16 + x) * 3 + 3)], expected);
  }
});

/** A stream that draws these numbers, again and again. */
const drawing = (numbers: readonly number[]): RandomStream => {
  let at = 0;
  return { ...random(0).stream(''), uniform: () => numbers[at++ % numbers.length] as number };
};

const RANGE = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } as const;
for (const [size, draws, expected] of [
  [
    [100, 150],
    [0.25, 0.5, 0.5, 0.9],
    [41, 29, 68, 68],
  ],
  // The first does not fit: 159 wide.
  [
    [100, 150],
    [0.9, 0.9, 0.1, 0.1, ...Array.from({ length: 9 }, () => [0.1, 0.2, 0.99, 0]).flat()],
    [102, 0, 47, 55],
  ],
  // None fits: the middle.
  [
    [100, 300],
    [0.99, 0.99, 0, 0],
    [83, 0, 133, 100],
  ],
  [
    [300, 100],
    [0.99, 0.01, 0, 0],
    [0, 83, 100, 133],
  ],
] as const) {
  test(`a random resized crop of ${size.join('×')}: ${expected.join(', ')}`, () => {
    const { left, top, width, height } = drawResizedCrop(size, RANGE, drawing(draws));
    assert.deepEqual([left, top, width, height], expected);
  });
}

test('crops lie within the picture, and every one takes as many draws', () => {
  const stream = random(1).stream('crops');
  for (let i = 0; i < 500; i++) {
    const size = [1 + stream.below(60), 1 + stream.below(60)] as const;
    const own = random(i).stream('crop');
    const { left, top, width, height } = drawResizedCrop(size, RANGE, own);
    assert.ok(left >= 0 && top >= 0 && width >= 1 && height >= 1 && left + width <= size[1] && top + height <= size[0]);
    const counted = random(i).stream('crop');
    for (let k = 0; k < 40; k++) counted.uniform();
    assert.deepEqual(own.state(), counted.state());
  }
});

const COLOURS = [200, 30, 60, 10, 250, 90, 128, 128, 128, 255, 0, 255];
for (const [name, jitter, expected] of [
  ['brightness', [['brightness', 1.3]], [255, 39, 78, 13, 255, 117, 166.4, 166.4, 166.4, 255, 0, 255]],
  [
    'contrast',
    [['contrast', 0.6]],
    [167.7506, 65.7506, 83.7506, 53.7506, 197.7506, 101.7506, 124.5506, 124.5506, 124.5506, 200.7506, 47.7506, 200.7506],
  ],
  ['saturation', [['saturation', 1.7]], [255, 0, 43.039, 0, 255, 41.0007, 128.009, 128.009, 128.009, 255, 0, 255]],
  ['hue', [['hue', -0.1]], [200, 30, 162, 74, 250, 10, 128, 128, 128, 102, 0, 255]],
  [
    'all in an order of their own',
    [
      ['hue', -0.1],
      ['contrast', 0.6],
      ['brightness', 1.3],
      ['saturation', 1.7],
    ],
    [255, 46.3892, 221.4212, 64.2469, 255, 0, 158.7946, 158.7946, 158.7946, 161.908, 26.656, 255],
  ],
] as const) {
  test(`jitter: ${name}`, () => {
    const values = Float32Array.from(COLOURS);
    jitterColours(
      values,
      jitter.map(([change, factor]) => ({ change, factor })),
    );
    close([...values], expected);
  });
}

test('factors are drawn from their ranges, each change once, in any order', () => {
  const orders = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const jitter = drawJitter({ brightness: 0.4, contrast: 2, saturation: 0, hue: 0.1 }, random(i).stream('jitter'));
    orders.add(jitter.map(({ change }) => change).join(' '));
    for (const { change, factor } of jitter) {
      const [low, high] = { brightness: [0.6, 1.4], contrast: [0, 3], saturation: [1, 1], hue: [-0.1, 0.1] }[change] as [
        number,
        number,
      ];
      assert.ok(factor >= low && factor <= high);
    }
  }
  assert.equal(orders.size, 6);
});
