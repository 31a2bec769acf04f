/** What start() makes of measured engines, which only pretend. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EngineMeasure } from 'iekd/dist/engine/choice/engineMeasure';
import type { EngineOrders } from 'iekd/dist/engine/choice/engineOrders';
import { type Pretences, starterOf } from '../pretendEngines';

/** Orders that only pretend, and write down what they were asked for. */
function measuring(measures: readonly EngineMeasure[] | undefined, before = false): EngineOrders & { readonly asked: string[] } {
  const asked: string[] = [];
  const order = measures && { date: '2026-11-30T00:00:00.000Z', measures };
  return {
    asked,
    kept: (names) => {
      asked.push(`kept ${names}`);
      return before ? order : undefined;
    },
    measured: async (names, { threads }) => {
      asked.push(`measured ${names}, ${threads}`);
      return order;
    },
  };
}

describe('start measures', () => {
  const rates = (gpu: number): EngineMeasure[] =>
    [
      { name: 'webgpu' as const, imagesPerSecond: gpu },
      { name: 'onednn' as const, imagesPerSecond: 1940 },
      { name: 'portable' as const, imagesPerSecond: 62 },
    ].sort((a, b) => b.imagesPerSecond - a.imagesPerSecond);
  const WITH_GPU: Pretences = { tensorflow: { unavailable: 'not built' } };
  const slower = { name: 'webgpu', reason: "247 images/s, slower than onednn's 1,940", imagesPerSecond: 247 } as const;

  it('and refuses a GPU that is slower than the processor, saying so', async () => {
    const orders = measuring(rates(247));
    const { starter, log } = starterOf(WITH_GPU, undefined, orders);
    const { name, skipped, sentence } = await starter.start({ threads: 2 });
    assert.equal(name, 'onednn');
    assert.deepEqual(skipped, [{ name: 'tensorflow', reason: 'not built' }, slower]);
    assert.match(sentence, / Not tensorflow: not built\. Not webgpu: 247 images\/s, slower than onednn's 1,940\.$/);
    assert.deepEqual(orders.asked, ['kept webgpu,onednn,portable', 'measured webgpu,onednn,portable, 2']);
    assert.deepEqual(log, [['onednn', 2]]);
  });

  it('and takes a GPU that is faster', async () => {
    const { starter } = starterOf(WITH_GPU, undefined, measuring(rates(25_000)));
    const { name, skipped } = await starter.start();
    assert.deepEqual([name, skipped], ['webgpu', [{ name: 'tensorflow', reason: 'not built' }]]);
  });

  it('nothing where an order was kept', async () => {
    const orders = measuring(rates(247), true);
    assert.equal((await starterOf(WITH_GPU, undefined, orders).starter.start()).name, 'onednn');
    assert.deepEqual(orders.asked, ['kept webgpu,onednn,portable']);
  });

  const unmeasured: readonly (readonly [string, Pretences, string | undefined, object])[] = [
    ['for a name', WITH_GPU, undefined, { engine: 'webgpu' }],
    ['for IEKD_ENGINE', WITH_GPU, 'onednn', {}],
    ['for a single candidate', { ...WITH_GPU, webgpu: { unavailable: 'none' }, onednn: { unavailable: 'none' } }, undefined, {}],
    ['where one alone has the precision', { onednn: { bfloat16: true } }, undefined, { precision: 'bfloat16' }],
  ];
  for (const [what, pretences, variable, options] of unmeasured) {
    it(`nothing ${what}`, async () => {
      const orders = measuring(rates(247));
      await starterOf(pretences, variable, orders).starter.start(options);
      assert.deepEqual(orders.asked, []);
    });
  }

  it('and never starts an engine whose measured step crashed', async () => {
    const crashed: EngineMeasure = { name: 'webgpu', reason: 'its measured step ended the process with SIGSEGV' };
    const { starter, log } = starterOf(WITH_GPU, undefined, measuring([...rates(1).slice(0, 2), crashed]));
    assert.deepEqual((await starter.start()).skipped.at(-1), crashed);
    assert.equal(log.length, 1);
  });

  it('and goes on to the next where the fastest does not start after all', async () => {
    const { starter } = starterOf({ ...WITH_GPU, onednn: { failure: 'libdnnl has gone' } }, undefined, measuring(rates(247)));
    const { name, skipped } = await starter.start();
    assert.deepEqual([name, skipped], ['webgpu', [{ name: 'tensorflow', reason: 'not built' }]]);
    const processor = starterOf({ ...WITH_GPU, webgpu: { failure: 'lost' } }, undefined, measuring(rates(25_000)));
    assert.deepEqual((await processor.starter.start()).skipped.at(-1), { name: 'webgpu', reason: 'lost' });
  });

  it('and takes names in their order where nothing could be measured', async () => {
    assert.equal((await starterOf(WITH_GPU, undefined, measuring(undefined)).starter.start()).name, 'webgpu');
  });

  it('for the list of engines when it is asked to, and tells what was kept', async () => {
    const measures: EngineMeasure[] = [
      { name: 'onednn', imagesPerSecond: 1940 },
      { name: 'webgpu', reason: 'crashed' },
    ];
    const orders = measuring(measures, true);
    const { starter } = starterOf(WITH_GPU, undefined, orders);
    const rows = await starter.listEngines();
    assert.deepEqual(rows.slice(1, 3), [
      { name: 'webgpu', available: true, reason: 'crashed' },
      { name: 'onednn', available: true, imagesPerSecond: 1940, measured: '2026-11-30T00:00:00.000Z' },
    ]);
    assert.deepEqual(await starter.listEngines({ measure: true }), rows);
    assert.equal(orders.asked.length, 2);
  });
});
