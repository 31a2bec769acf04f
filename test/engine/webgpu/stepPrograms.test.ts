/**
 * How many programs a training step gives to the GPU: each costs JavaScript and the driver some tens of microseconds, whatever it
 * computes. tfjs's own kernels alone made 1,667 of supervised training of ResNet-20 and 2,442 of IE-FT.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { benchWork } from 'iekd/dist/bench/benchWork';
import { tf } from 'iekd/dist/engine/tf';
import { webgpu } from 'iekd/dist/engine/webgpu';

const MOST = { supervised: 350, 'ie-ft': 500 } as const;

describe('programs of a step on webgpu', async () => {
  const skip = (await webgpu.unavailable()) ?? false;
  describe('on an adapter', { skip }, () => {
    before(async () => {
      tf.enableProdMode();
      await webgpu.start({ threads: 2 });
    });

    for (const [name, most] of Object.entries(MOST)) {
      it(`${name} of ResNet-20: at most ${most}`, () => {
        const backend = tf.backend() as unknown as { countProgram: () => void };
        const { countProgram } = backend;
        const work = benchWork(name as keyof typeof MOST, { batch: 2 });
        let programs = 0;
        work.step();
        backend.countProgram = () => {
          programs++;
          countProgram();
        };
        work.step();
        backend.countProgram = countProgram;
        work.dispose();
        assert.ok(programs > 100 && programs <= most, `${programs} programs`);
      });
    }
  });
});
