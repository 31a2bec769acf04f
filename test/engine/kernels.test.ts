/** Every engine against the plain CPU engine: values, gradients and leaks over the tables of kernelCases.ts. */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { EngineName } from 'iekd/dist/engine/types';
import { compare, evaluate, type Result } from './compare';
import { enginesUnderTest } from './engines';
import { kernelCases } from './kernelCases';

/**
 * Cases in which an engine differs from tfjs's plain one and is right: a mean over a window at the border is over the values that are
 * there, and its gradient is divided by their number; the plain kernel divides by the window's size.
 */
const BETTER: Readonly<Partial<Record<EngineName, RegExp>>> = { tensorflow: /^avgPool .* pad same$/ };

const expected = new Map<string, Result[]>();

test('case names are unique and every CPU result is finite', async () => {
  for (const kernelCase of Object.values(kernelCases).flat()) {
    assert.ok(!expected.has(kernelCase.name), `two cases are called ${kernelCase.name}`);
    const results = await evaluate(kernelCase, 'cpu');
    assert.ok(results.length > 0 && results.every(({ values }) => values.every(Number.isFinite)), kernelCase.name);
    expected.set(kernelCase.name, results);
  }
});

describe('engines agree with plain CPU (1e-4 relative + 1e-5 absolute where a case names no other)', async () => {
  for (const { engine, skip, start } of await enginesUnderTest()) {
    describe(engine.name, { skip: skip ?? false }, () => {
      for (const [group, cases] of Object.entries(kernelCases)) {
        it(`${group}: ${cases.length} cases`, async () => {
          const { backend } = await start();
          const wrong: string[] = [];
          for (const kernelCase of cases) {
            const difference = compare(kernelCase, await evaluate(kernelCase, backend), expected.get(kernelCase.name) ?? []);
            if (BETTER[engine.name]?.test(kernelCase.name))
              assert.match(difference ?? '', /^gradient of input 0/, kernelCase.name);
            else if (difference) wrong.push(`${kernelCase.name}: ${difference}`);
          }
          assert.deepEqual(wrong, []);
        });
      }

      it('forgets nothing: all tensors of all cases are gone', async () => {
        await start();
        assert.equal(tf.memory().numTensors, 0);
        assert.equal(tf.memory().numDataBuffers, 0);
      });
    });
  }
});
