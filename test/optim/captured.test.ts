/**
 * Captured steps: the same bits as uncaptured ones, for every method and every family of networks; what is not captured, and why, stands in
 * the tables. IEKD_CAPTURED_STEPS asks for more steps than the few that a capture and what follows take.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onednn } from 'iekd/dist/engine/onednn';
import { loadAddon } from 'iekd/dist/engine/onednn/loader';
import { tf } from 'iekd/dist/engine/tf';
import type { Precision } from 'iekd/dist/engine/types';
import { buildMethod, describeMethods, type MethodSpec } from 'iekd/dist/methods/index';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network, NetworkSpec } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { outcomeOf, type Steps } from '../fixtures/capturedSteps';
import { methodSteps, stagesOf } from '../fixtures/methodSteps';

const loaded = loadAddon();
const skip = 'unavailable' in loaded ? loaded.unavailable : false;
const halves = !('unavailable' in loaded) && loaded.addon.info().bfloat16;
const STEPS = Number(process.env['IEKD_CAPTURED_STEPS'] ?? 8);

const DROPOUT = 'random numbers are drawn (dropout)';

const NUMBERS = 'the loss depends on which images are in the batch';

/** Networks, and whether their steps are captured, or why not. */
const NETWORKS: readonly (readonly [NetworkSpec['name'], Partial<NetworkSpec>, boolean | string])[] = [
  ['resnet8', { shortcut: 'A' }, true],
  ['resnet8', { shortcut: 'B' }, true],
  ['wrn-16-1', {}, true],
  ['wrn-16-1', { dropout: 0.3 }, DROPOUT],
  ['vgg8-bn', {}, true],
  ['mobilenet', {}, true],
  ['mobilenetv2', {}, true],
  ['shufflenetv2', {}, true],
];

/** Options under which a step looks at the epoch: the weight is an input of what is captured, or it begins anew where a term comes or goes. */
const OPTIONS: readonly MethodSpec[] = [
  { name: 'ie-ft', explore: { kind: 'cosine', base: 50 } },
  { name: 'ie-ft', inherit: { kind: 'linear', base: 500, warmUp: { epochs: 0.25 } }, explore: { how: 'reversed' } },
  { name: 'ie-ft', explore: { how: 'shared', from: 0.5 } },
  { name: 'ie-ft', explore: { how: 'cka', floor: 0.2, until: 0.5 } },
  { name: 'ie-at', explore: { how: 'cka-halves', weight: { kind: 'cosine', base: 1 } } },
  {
    name: 'sum',
    of: [
      { name: 'dkd', warmUp: 0.5 },
      { method: { name: 'ie-ft' }, weight: { kind: 'cosine', base: 1 } },
    ],
  },
  { name: 'ie-dml', kl: { kind: 'linear', base: 1 }, explore: { how: 'shared' } },
];

/** Methods whose steps are not captured, and why. */
const NOT_CAPTURED: Readonly<Record<string, string>> = {
  mgd: DROPOUT,
  'ie-mgd': DROPOUT,
  crd: NUMBERS,
  'ie-crd': NUMBERS,
  'ps-kd': NUMBERS,
};

function same(steps: Steps, expected: boolean | string = true): void {
  const [plain, captured] = [outcomeOf(steps, false), outcomeOf(steps, true)];
  assert.deepEqual(
    captured.captured,
    captured.captured.map(() => expected),
  );
  assert.deepEqual([captured.hash, captured.left, plain.left], [plain.hash, 0, 0]);
}

/** The least that all of these families take. */
const SMALL: Steps['input'] = [32, 32, 3];

async function using(precision: Precision): Promise<void> {
  await onednn.start({ threads: 2, precision });
}

for (const precision of ['float32', 'bfloat16'] as const) {
  const without = skip || (precision === 'bfloat16' && !halves ? 'no bfloat16 here' : false);
  describe(`captured steps in ${precision} give the bits of uncaptured ones`, { skip: without }, () => {
    for (const { name } of describeMethods()) {
      it(name, async () => {
        await using(precision);
        const spec: MethodSpec = { name };
        same(methodSteps(spec, STEPS), NOT_CAPTURED[name]);
      });
    }
    for (const spec of OPTIONS) {
      it(JSON.stringify(spec), async () => {
        await using(precision);
        same(methodSteps(spec, STEPS));
      });
    }
    for (const [name, options, expected] of NETWORKS) {
      it(`${name} ${JSON.stringify(options)}`, async () => {
        await using(precision);
        const network = (): Network => buildNetwork({ name, input: [...SMALL], classes: 10, ...options }, random(1));
        same(
          {
            ...{ input: SMALL, classes: 10, steps: STEPS, batch: 2 },
            make: () => stagesOf(network, buildMethod({ name: 'supervised' }), () => []),
          },
          expected,
        );
      });
    }
  });
}

it('leaves nothing of another engine captured', async () => {
  await tf.setBackend('cpu');
  assert.deepEqual(outcomeOf(methodSteps({ name: 'supervised' }, 4), true).captured, [false]);
});
