/** Relevance against dense matrices and explicit sums in float64 (test/golden/lrp_reference.py): 1e-4 of the largest value. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { imageSet, lrp, tf } from 'iekd';
import type { LrpRules } from 'iekd/dist/analysis/lrp/lrpOptions';
import { fromTorch } from 'iekd/dist/weights/torchState';
import { enginesUnderTest } from '../../engine/engines';
import { deviation, NORMALISATION, smallResidual } from '../../fixtures/lrpNetworks';

interface Values {
  readonly shape: number[];
  readonly data: number[];
}
interface Golden {
  readonly state: Record<string, Values>;
  readonly pictures: number[];
  readonly numbers: { readonly epsilon: number; readonly gamma: number };
  readonly logits: Values;
  readonly cases: readonly {
    readonly rules: LrpRules;
    readonly target: number | null;
    readonly part: number[] | null;
    readonly explained: number[];
    readonly relevance: Values;
    /** [images, heights] */
    readonly sums: Values;
  }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'lrp.json'), 'utf8')) as Golden;
const images = imageSet('golden', Uint8Array.from(golden.pictures), new Uint8Array(3), { height: 6, width: 6, channels: 2 });

function replay(): void {
  const network = smallResidual();
  const state = Object.entries(golden.state).map(([name, v]) => [name, { ...v, data: Float32Array.from(v.data) }] as const);
  network.variables.load(fromTorch(Object.fromEntries(state)));
  for (const { rules, target, part, explained, relevance, sums } of golden.cases) {
    const what = `${Object.values(rules).join(' ')} of ${target ?? 'predicted'}${part ? `, part ${part}` : ''}`;
    const options = { normalisation: NORMALISATION, rules, ...golden.numbers, batch: 2, ...(part ? { part } : {}) };
    const found = lrp(network, images, { ...options, target: target ?? 'predicted' });
    assert.ok(deviation(found.logits, golden.logits.data) < 1e-5, `${what}: logits`);
    assert.deepEqual(found.explained, explained, what);
    assert.deepEqual(
      found.sums.map(({ at }) => at),
      ['logits', 'stage3', 'stage2', 'stage1', 'input'],
    );
    const heights = found.sums[0]?.relevance.flatMap((_, i) => found.sums.map(({ relevance: all }) => all[i] as number)) ?? [];
    assert.ok(deviation(heights, sums.data) < 1e-4, `${what}: sums ${heights} for ${sums.data}`);
    const off = deviation(found.relevance, relevance.data);
    assert.ok(off < 1e-4, `${what}: ${off}`);
  }
  network.dispose();
}

describe('relevance as in the reference', () => {
  test('plain CPU', async () => {
    await tf.setBackend('cpu');
    replay();
  });
  test('every engine that can run', async (t) => {
    for (const { engine, skip, start } of await enginesUnderTest()) {
      await t.test(engine.name, skip === undefined ? {} : { skip }, async () => {
        await start();
        replay();
      });
    }
  });
});
