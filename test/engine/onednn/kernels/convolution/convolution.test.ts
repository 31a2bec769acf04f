/** Convolutions, depthwise ones too, and their gradients against the plain CPU kernels, over 80 drawn geometries each (fast-check, fixed seed). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { tf } from 'iekd/dist/engine/tf';
import type { KernelCase } from '../../../cases/types';
import { compare, evaluate } from '../../../compare';
import { enginesUnderTest } from '../../../engines';

const size = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const margin = fc.integer({ min: 0, max: 3 });

interface Geometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid' | [number, number][];
}

/** The window fits into the padded input at least once. */
function fits({ height, width, filterHeight, filterWidth, pad }: Geometry): boolean {
  if (pad === 'same') return true;
  const [top, bottom] = pad === 'valid' ? [0, 0] : (pad[1] as [number, number]);
  const [left, right] = pad === 'valid' ? [0, 0] : (pad[2] as [number, number]);
  return top + height + bottom >= filterHeight && left + width + right >= filterWidth;
}

const explicit = fc.tuple(margin, margin, margin, margin).map(([top, bottom, left, right]): [number, number][] => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]);

const geometry: fc.Arbitrary<Geometry> = fc
  .record({
    batch: size(3),
    height: size(9),
    width: size(9),
    from: size(5),
    to: size(5),
    filterHeight: size(4),
    filterWidth: size(4),
    strides: fc.tuple(size(3), size(3)),
    pad: fc.oneof(fc.constantFrom<'same' | 'valid'>('same', 'valid'), explicit),
  })
  .filter(fits);

function caseOf(g: Geometry): KernelCase {
  return {
    name: JSON.stringify(g),
    kernels: ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'],
    inputs: [{ shape: [g.batch, g.height, g.width, g.from] }, { shape: [g.filterHeight, g.filterWidth, g.from, g.to] }],
    run: (x, f) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, g.strides, g.pad as 'same'),
  };
}

/** `to` of them a channel, at most 2: so many channels that registers overhang. */
function depthwiseCaseOf(g: Geometry): KernelCase {
  const channels = 4 * g.from + 1;
  const filter = [g.filterHeight, g.filterWidth, channels, Math.max(1, g.to - 3)];
  return {
    name: JSON.stringify(g),
    kernels: ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'],
    inputs: [{ shape: [g.batch, g.height, g.width, channels] }, { shape: filter }],
    run: (x, f) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, g.strides, g.pad as 'same'),
  };
}

describe('drawn convolutions and their gradients', async () => {
  for (const { engine, skip, start } of await enginesUnderTest()) {
    for (const [kind, make] of Object.entries({ plain: caseOf, depthwise: depthwiseCaseOf })) {
      it(`${engine.name}, ${kind}: as on the plain CPU engine`, { skip: skip ?? false }, async () => {
        const { backend } = await start();
        const property = fc.asyncProperty(geometry, async (g) => {
          const kernelCase = make(g);
          const expected = await evaluate(kernelCase, 'cpu');
          assert.equal(compare(kernelCase, await evaluate(kernelCase, backend), expected), undefined);
        });
        await fc.assert(property, { numRuns: 80, seed: 5, includeErrorInReport: true });
      });
    }
  }
});
