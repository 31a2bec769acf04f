/** Phases of an input gradient against the definition of a convolution: which tap has met which positions. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Axis } from 'iekd/dist/engine/webgpu/kernels/convolution/geometry';
import { phasesOf } from 'iekd/dist/engine/webgpu/kernels/convolution/phases';

/** [position of the input, tap, position of the output], as the convolution has them; positions of the output may lie beyond it. */
function met({ input, taps, stride, dilation, before }: Axis): string[] {
  const triples: string[] = [];
  for (let i = 0; i < input; i++) {
    for (let tap = 0; tap < taps; tap++) {
      const o = (i + before - tap * dilation) / stride;
      if (Number.isInteger(o)) triples.push([i, tap, o === 0 ? 0 : o].join());
    }
  }
  return triples.sort();
}

function inPhases(axis: Axis): string[] {
  const { phases, tapStep, step } = phasesOf(axis);
  const triples = phases.flatMap(({ positions, first, taps, base }, phase) =>
    Array.from({ length: positions * taps }, (_, at) => {
      const [n, k] = [Math.floor(at / taps), at % taps];
      const o = n + base + k * step;
      return [phase + n * axis.stride, first + k * tapStep, o === 0 ? 0 : o].join();
    }),
  );
  return triples.sort();
}

describe('phases of an input gradient', () => {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  for (const stride of range(1, 5)) {
    it(`stride ${stride}: every tap that a position has met, once, for 1 to 7 taps, dilations to 4 and padding to 3`, () => {
      for (const taps of range(1, 7)) {
        for (const dilation of range(1, 4)) {
          for (const before of range(0, 3)) {
            for (const input of [1, 2, 7, 12]) {
              const axis = { input, output: 0, taps, stride, dilation, before };
              assert.deepEqual(inPhases(axis), met(axis), JSON.stringify(axis));
            }
          }
        }
      }
    });
  }

  it('of 3 taps at stride 2 have 1 and 2 taps: nothing is multiplied in vain', () => {
    const { phases } = phasesOf({ input: 8, output: 4, taps: 3, stride: 2, dilation: 1, before: 1 });
    assert.deepEqual(
      phases.map(({ taps }) => taps),
      [1, 2],
    );
  });
});
