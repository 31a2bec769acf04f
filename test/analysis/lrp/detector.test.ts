/**
 * Relevance of one class at one prior: as in the reference (test/golden/lrp_detector_reference.py, to 1e-4 of the largest value), conserved, gradient
 * × input for LRP-0, in parts that add up, and refused where there is none.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { imageSet, type LrpOptions, lrp, type Network, type Relevance, tf } from 'iekd';
import type { LrpRules } from 'iekd/dist/analysis/lrp/lrpOptions';
import { batches } from 'iekd/dist/data/batches';
import { toTensors } from 'iekd/dist/data/images/batchTensors';
import { priorCount } from 'iekd/dist/detection/priors/priors';
import { buildNetwork } from 'iekd/dist/models/index';
import { random } from 'iekd/dist/util/rng';
import { deviation, NORMALISATION, pictures, settle, smallDetector } from '../../fixtures/lrpNetworks';

before(() => tf.setBackend('cpu'));

interface Golden {
  readonly state: Readonly<Record<string, readonly unknown[]>>;
  readonly pictures: readonly number[];
  readonly epsilon: number;
  /** Head after head of each image: the rows of both. */
  readonly outputs: readonly number[];
  readonly cases: readonly {
    readonly prior: number;
    readonly ofClass: number;
    readonly rules: LrpRules;
    readonly part: number[] | null;
    readonly relevance: readonly number[];
    /** Image by image: logits, stage2, stage1, input. */
    readonly sums: readonly (readonly number[])[];
  }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '..', '..', 'golden', 'lrpDetector.json'), 'utf8')) as Golden;
const STAGES = ['logits', 'stage2', 'stage1', 'input'];
const SIDE = { height: 8, width: 8, channels: 2 };

function goldenDetector(): Network {
  const network = smallDetector();
  for (const [name, values] of Object.entries(golden.state)) network.variables.get(name).assign(tf.tensor(values as number[]));
  return network;
}

describe('as in the reference', () => {
  const images = imageSet('golden', Uint8Array.from(golden.pictures), new Uint8Array(2), SIDE);
  for (const { prior, ofClass, rules, part, relevance, sums } of golden.cases) {
    test(`class ${ofClass} at prior ${prior}, ${Object.values(rules).join(' ')}${part ? `, part ${part}` : ''}`, () => {
      const network = goldenDetector();
      const count = tf.memory().numTensors;
      const options = { normalisation: NORMALISATION, rules, epsilon: golden.epsilon, target: { prior, ofClass } };
      const found = lrp(network, images, { ...options, ...(part ? { part } : {}) });
      assert.equal(tf.memory().numTensors, count, 'tensors');
      assert.deepEqual(
        [found.explained, found.priors],
        [
          [ofClass, ofClass],
          [prior, prior],
        ],
      );
      assert.deepEqual(
        found.sums.map(({ at }) => at),
        STAGES,
      );
      const received = sums.flatMap((_, i) => found.sums.map((one) => one.relevance[i] as number));
      assert.ok(deviation(received, sums.flat()) < 1e-4, `sums ${received}`);
      assert.ok(deviation(found.relevance, relevance) < 1e-4, String(deviation(found.relevance, relevance)));
      const values = 7;
      const logits = golden.outputs.filter((_, i) => i % values < 3);
      assert.ok(deviation(found.logits, logits) < 1e-5, 'logits');
      network.dispose();
    });
  }
});

const THREE = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.25, 0.25] };
const detector = (shifts: boolean): Network =>
  settle(buildNetwork({ name: 'ssd-resnet8', width: 4, classes: 3, input: [32, 32, 3] }, random(1)), shifts);
const sumAt = ({ sums }: Relevance, at: string): number[] => sums.find((row) => row.at === at)?.relevance ?? [];

/** Priors of the maps of strides 4, 8 and 16 of 32 pixels, and the stages whose maps they are on. */
const PLACES = [
  [20, 'stage2'],
  [64 + 13, 'stage3'],
  [64 + 48 + 5, 'stage4'],
] as const;

describe('conserved from the map that the head reads to the pixels by a network without biases, to 1e-4; above it there is none', () => {
  for (const rules of [{}, { linear: 'zero', convolution: 'zero', first: 'zero' }] as const) {
    for (const [prior, stage] of PLACES) {
      test(`${JSON.stringify(rules)}, prior ${prior} of ${stage}`, () => {
        const network = detector(false);
        const images = pictures(network, 2);
        const found = lrp(network, images, { normalisation: THREE, rules, target: { prior, ofClass: 1 } });
        const logits = sumAt(found, 'logits');
        const at = (own: number, i: number): number => found.logits[i * (found.logits.length / 2) + own] as number;
        assert.deepEqual(
          logits,
          [0, 1].map((i) => at(prior * 4 + 2, i)),
        );
        assert.ok(logits.every((logit) => Math.abs(logit) > 1e-4));
        let below = false;
        for (const { at: where, relevance } of found.sums.slice(1)) {
          below ||= where === stage;
          const expected = below ? logits : [0, 0];
          assert.ok(
            relevance.every((r, i) => Math.abs(r - (expected[i] as number)) < 1e-4 * Math.abs(logits[i] as number)),
            `${where}: ${relevance} for ${expected}`,
          );
        }
        network.dispose();
      });
    }
  }
});

test('LRP-0 without biases is gradient × input, to 1e-4', () => {
  for (const [network, normalisation, priors] of [
    [detector(false), THREE, PLACES.map(([prior]) => prior)],
    [settle(smallDetector(false), false), NORMALISATION, [3, 18]],
  ] as const) {
    const images = pictures(network, 2);
    const [batch] = [...batches(images, { batch: 2, normalisation })];
    for (const prior of priors) {
      const rules = { linear: 'zero', convolution: 'zero', first: 'zero' } as const;
      const found = lrp(network, images, { normalisation, rules, target: { prior, ofClass: 0 } });
      const expected = tf.tidy(() => {
        const x = toTensors(batch as NonNullable<typeof batch>).images;
        const place = prior * (network.classes + 1) + 1;
        const score = (map: tf.Tensor): tf.Scalar =>
          tf.sum(tf.slice(network.forward(map as tf.Tensor4D).logits, [0, place], [2, 1]));
        return tf.mul(x, tf.grad(score)(x)).dataSync();
      });
      assert.ok(deviation(found.relevance, expected) < 1e-4, `prior ${prior}: ${deviation(found.relevance, expected)}`);
    }
    network.dispose();
  }
});

test('two parts of the tapped map add up to the whole, for priors on it and after it', () => {
  const network = detector(true);
  const images = pictures(network, 2);
  const half = Array.from({ length: 16 }, (_, i) => i);
  const parts = [half.filter((i) => i < 8), half.filter((i) => i >= 8)];
  for (const [prior] of PLACES.slice(1)) {
    const explain = (options: Partial<LrpOptions>): Relevance =>
      lrp(network, images, { normalisation: THREE, target: { prior, ofClass: 2 }, ...options });
    const [whole, a, b] = [{}, { part: parts[0] as number[] }, { part: parts[1] as number[] }].map(explain) as [
      Relevance,
      Relevance,
      Relevance,
    ];
    const added = a.relevance.map((r, i) => r + (b.relevance[i] as number));
    assert.ok(deviation(added, whole.relevance) < 1e-5, `prior ${prior}`);
    assert.ok(deviation(a.relevance, whole.relevance) > 0.05 && deviation(b.relevance, whole.relevance) > 0.05);
  }
  const all = lrp(network, images, {
    normalisation: THREE,
    target: { prior: 3, ofClass: 0 },
    part: [0, 1, 2],
    feature: 'stage2',
  });
  assert.ok(sumAt(all, 'stage2').some((r) => r !== 0));
  network.dispose();
});

test('without a target, the class and prior of the largest probability; a target an image', () => {
  const network = detector(true);
  const images = pictures(network, 2);
  const found = lrp(network, images, { normalisation: THREE, batch: 1 });
  const [classes, priors] = [4, priorCount(network.priors ?? assert.fail())];
  for (const i of [0, 1]) {
    const rows = Array.from({ length: priors }, (_, p) => {
      const exps = Array.from(found.logits.subarray((i * priors + p) * classes, (i * priors + p + 1) * classes), Math.exp);
      return exps.slice(1).map((value) => value / exps.reduce((sum, one) => sum + one));
    });
    const best = Math.max(...rows.flat());
    assert.ok(Math.abs((rows[found.priors[i] as number]?.[found.explained[i] as number] ?? 0) - best) < 1e-12);
  }
  assert.deepEqual(found.predicted, found.explained);
  const targets = [
    { prior: 5, ofClass: 2 },
    { prior: 117, ofClass: 0 },
  ];
  const asked = lrp(network, images, { normalisation: THREE, target: targets });
  assert.deepEqual(
    [asked.priors, asked.explained],
    [
      [5, 117],
      [2, 0],
    ],
  );
  network.dispose();
});

describe('refuses', () => {
  const rows: readonly (readonly [Partial<LrpOptions>, string])[] = [
    [{ target: 1 }, 'lrp: target: expected a prior and a class, { prior, ofClass }, received 1'],
    [{ target: 'label' }, 'lrp: target: expected a prior and a class, { prior, ofClass }, received 0'],
    [{ target: { prior: 124, ofClass: 0 } }, 'lrp: target: prior: expected an integer in [0, 123], received 124'],
    [{ target: { prior: 1, ofClass: 3 } }, 'lrp: target: ofClass: expected an integer in [0, 2], received 3'],
    [{ target: { prior: 1, class: 0 } as never }, 'lrp: target: expected options among prior, ofClass, received "class"'],
    [
      { target: { prior: 1, ofClass: 0 }, part: [0] },
      'lrp: part: expected a prior of stage3 or a later stage, received 1 of stage2',
    ],
    [{ part: [16] }, 'lrp: part: expected an integer in [0, 15], received 16'],
  ];
  const network = detector(true);
  const images = pictures(network, 1);
  for (const [options, message] of rows) {
    test(message, () => {
      const count = tf.memory().numTensors;
      assert.throws(() => lrp(network, images, { normalisation: THREE, ...options }), { name: 'InputError', message });
      assert.equal(tf.memory().numTensors, count);
    });
  }
});
