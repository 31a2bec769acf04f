/** What holds of relevance whatever the weights: it is conserved, stays positive, adds up over parts, and is gradient × input for LRP-0. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildNetwork, lrp, type Network, type NetworkSpec, type Relevance, random, tf } from 'iekd';
import { type CanonicalOperation, canonical } from 'iekd/dist/analysis/lrp/foldBatchNorms';
import type { LrpRules } from 'iekd/dist/analysis/lrp/lrpOptions';
import { type PlacedRules, propagate } from 'iekd/dist/analysis/lrp/propagate';
import { FIRST_RULES, RULES, type Rule, type RuleValues } from 'iekd/dist/analysis/lrp/rules';
import { batches } from 'iekd/dist/data/batches';
import { toTensors } from 'iekd/dist/data/images/batchTensors';
import { deviation, NORMALISATION, pictures, settle, smallResidual } from '../../fixtures/lrpNetworks';

before(() => tf.setBackend('cpu'));

const THREE = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.25, 0.25] };
const everywhere = (rule: keyof typeof RULES): LrpRules => ({ linear: rule, convolution: rule, first: rule });
/** The images of a set as the network sees them. */
const seen = (network: Network, count: number): tf.Tensor4D => {
  const [batch] = [
    ...batches(pictures(network, count), { batch: count, normalisation: network.input[2] === 2 ? NORMALISATION : THREE }),
  ];
  assert.ok(batch);
  return toTensors(batch).images;
};
const sumAt = ({ sums }: Relevance, at: string): number[] => sums.find((row) => row.at === at)?.relevance ?? [];

describe('conserved end to end by networks without biases, to 1e-4', () => {
  const rows: readonly (readonly [string, LrpRules])[] = [
    ['LRP-0', everywhere('zero')],
    ['ε → 0', everywhere('epsilon')],
    ['γ', everywhere('gamma')],
    ['z+', everywhere('alpha1beta0')],
    ['the default: ε, z+, z^B', {}],
    ['the default with sums split in proportion', { sum: 'zero' }],
  ];
  for (const [what, rules] of rows) {
    test(what, () => {
      const network = settle(smallResidual(), false);
      const found = lrp(network, pictures(network, 3), { normalisation: NORMALISATION, rules, epsilon: 1e-9 });
      for (const { at, relevance } of found.sums) {
        assert.ok(deviation(relevance, sumAt(found, 'logits')) < 1e-4, `${at}: ${relevance} for ${sumAt(found, 'logits')}`);
      }
      assert.ok(sumAt(found, 'logits').every((sum) => sum > 1e-3));
      network.dispose();
    });
  }
});

describe('conserved by every layer, also within blocks, to 1e-5', () => {
  const values: RuleValues = { epsilon: 1e-9, gamma: 0.25, low: [-2, -1.7], high: [3, 1.7] };
  const placed = (rule: Rule): PlacedRules => ({ linear: rule, convolution: rule, sum: rule, norm: rule, first: rule });

  function countOperations(operations: readonly CanonicalOperation[], x: tf.Tensor4D, rules: PlacedRules): number {
    let [h, layers] = [x, 0];
    for (const operation of operations) {
      if (operation.kind === 'sum') for (const path of operation.summands) layers += countOperations(path, h, rules);
      const { y, backward } = propagate([operation], h, rules);
      const relevance = tf.mul<tf.Tensor4D>(tf.relu(y), tf.randomUniform(y.shape, 0.5, 1.5, 'float32', layers));
      const [out, into] = [relevance, backward(relevance)].map((r) => tf.sum(r).dataSync()[0] as number) as [number, number];
      assert.ok(Math.abs(into - out) <= 1e-5 * Math.abs(out), `${operation.kind} ${layers}: ${into} for ${out}`);
      [h, layers] = [y, layers + 1];
    }
    return layers;
  }

  for (const [name, rule] of Object.entries(RULES)) {
    test(name, () => {
      const network = settle(smallResidual(), false);
      tf.tidy(() => {
        const { stages, heads } = network.operations ?? { stages: [], heads: [] };
        const all = [...stages, ...heads].flatMap((part) => part.operations);
        const operations = canonical('test', all, network.variables);
        assert.equal(countOperations(operations, seen(network, 2), placed(rule(values))), 3 + 3 + 2 + 4 + 2 + 2);
      });
      network.dispose();
    });
  }

  test('zB, bias or none, with pixels at their bounds', () => {
    tf.tidy(() => {
      const apply: (x: tf.Tensor4D, w: tf.Tensor) => tf.Tensor4D = (x, w) => tf.conv2d(x, w as tf.Tensor4D, 1, 1);
      const weight = tf.randomNormal([3, 3, 2, 4], 0, 1, 'float32', 1);
      const x = tf.tensor4d([-2, -1.7, 3, 1.7, 0, 0, 1, -1], [1, 2, 2, 2]);
      for (const bias of [undefined, tf.tensor1d([1, -2, 3, 0])]) {
        const operation: CanonicalOperation = { kind: 'linear', place: 'first', weight, bias, apply };
        const relevance = tf.randomUniform([1, 2, 2, 4], 0, 1, 'float32', 2) as tf.Tensor4D;
        const received = propagate([operation], x, placed(FIRST_RULES.zB(values))).backward(relevance);
        assert.ok(deviation(tf.sum(received).dataSync(), tf.sum(relevance).dataSync()) < 1e-5);
        assert.ok((tf.min(received).dataSync()[0] as number) >= 0);
      }
    });
  });
});

test('a bias keeps its share of an output: b / z of LRP-0, b⁺ / z⁺ of z+', () => {
  const rows = [
    // x = [1, 2], w = [3, −1], b = 4: z = 3 − 2 + 4 = 5; of 10: 6, −4, and 8 to the bias; z⁺ = 3 + 4: 30 / 7, 0, and 40 / 7
    ['zero', 4, [6, -4]],
    ['alpha1beta0', 4, [30 / 7, 0]],
    // b = −3: z = −2, of 10: −15, 10, and 15 to the bias; z⁺ = 3: all to the first
    ['zero', -3, [-15, 10]],
    ['alpha1beta0', -3, [10, 0]],
    // γ = 1: z ≥ 0 is 2 · 3 − 2 + 2 · 4; below 0: 3 − 2 · 2 − 2 · 3
    ['gamma', 4, [(10 * 6) / 12, (10 * -2) / 12]],
    ['gamma', -3, [(10 * 3) / -7, (10 * -4) / -7]],
    // ε = 5 has the sign of z: 10 and −7
    ['epsilon', 4, [3, -2]],
    ['epsilon', -3, [(10 * 3) / -7, (10 * -2) / -7]],
  ] as const;
  tf.tidy(() => {
    for (const [name, b, expected] of rows) {
      const rule = RULES[name]({ epsilon: 5, gamma: 1, low: [], high: [] });
      const operation: CanonicalOperation = {
        ...{ kind: 'linear', place: 'convolution', weight: tf.tensor4d([3, -1], [1, 1, 2, 1]), bias: tf.tensor1d([b]) },
        apply: (x, w) => tf.conv2d(x, w as tf.Tensor4D, 1, 0),
      };
      const rules = { linear: rule, convolution: rule, first: rule, sum: rule, norm: rule };
      const { backward } = propagate([operation], tf.tensor4d([1, 2], [1, 1, 1, 2]), rules);
      const received = backward(tf.tensor4d([10], [1, 1, 1, 1])).dataSync();
      assert.ok(deviation(received, expected) < 1e-6, `${name}, bias ${b}: ${received} for ${expected}`);
    }
  });
});

describe('LRP-0 of networks without biases is gradient × input, to 1e-4', () => {
  const rows: readonly (readonly [string, () => Network])[] = [
    ['smallResidual', () => smallResidual()],
    ['resnet8, option A', () => buildNetwork({ name: 'resnet8', shortcut: 'A', input: [8, 8, 3], classes: 3 }, random(1))],
    ['wrn-10-1', () => buildNetwork({ name: 'wrn-10-1', input: [8, 8, 3], classes: 3 }, random(1))],
    ['shufflenetv2', () => buildNetwork({ name: 'shufflenetv2', width: 0.5, input: [8, 8, 3], classes: 3 }, random(1))],
  ];
  for (const [what, make] of rows) {
    test(what, () => {
      const network = settle(make(), false);
      const normalisation = network.input[2] === 2 ? NORMALISATION : THREE;
      const found = lrp(network, pictures(network, 2), { normalisation, rules: everywhere('zero'), target: 1 });
      const expected = tf.tidy(() => {
        const x = seen(network, 2);
        const logit = (images: tf.Tensor): tf.Scalar =>
          tf.sum(tf.slice(network.forward(images as tf.Tensor4D).logits, [0, 1], [2, 1]));
        return tf.mul(x, tf.grad(logit)(x)).dataSync();
      });
      const off = deviation(found.relevance, expected);
      assert.ok(off < 1e-4, String(off));
      network.dispose();
    });
  }
});

test('z+ maps of positive logits are nowhere negative and somewhere positive, biases or none', () => {
  for (const shifts of [false, true]) {
    const network = settle(smallResidual(), shifts);
    const images = pictures(network, 3);
    const size = images.images.length / 3;
    let positive = 0;
    for (const target of [0, 1, 2]) {
      const { relevance, sums } = lrp(network, images, {
        normalisation: NORMALISATION,
        target,
        rules: { linear: 'alpha1beta0' },
      });
      for (const [i, logit] of (sums[0]?.relevance ?? []).entries()) {
        if (logit <= 0) continue;
        const map = relevance.subarray(i * size, (i + 1) * size);
        assert.ok(map.every((r) => r >= 0) && Math.max(...map) > 0, `image ${i}, class ${target}`);
        positive++;
      }
    }
    assert.ok(positive >= 3, `${positive} positive logits`);
    network.dispose();
  }
});

test('two parts of the last map add up to the whole, under every composite', () => {
  const network = settle(smallResidual(), true);
  const images = pictures(network, 3);
  for (const rules of [{}, everywhere('zero'), everywhere('gamma')]) {
    const [whole, a, b] = [undefined, [0, 2], [1, 3]].map((part) =>
      lrp(network, images, { normalisation: NORMALISATION, rules, ...(part ? { part } : {}) }),
    ) as [Relevance, Relevance, Relevance];
    assert.ok(
      deviation(
        a.relevance.map((r, i) => r + (b.relevance[i] as number)),
        whole.relevance,
      ) < 1e-5,
    );
    assert.ok(deviation(a.relevance, whole.relevance) > 0.05 && deviation(b.relevance, whole.relevance) > 0.05);
    assert.deepEqual(sumAt(a, 'logits'), sumAt(whole, 'logits'));
  }
  const none = lrp(network, images, { normalisation: NORMALISATION, part: [] });
  assert.ok(none.relevance.every((r) => r === 0));
  network.dispose();
});

describe('networks of all families: folded norms give the same logits to 1e-5, relevance is finite, nothing is left behind', () => {
  const specs: readonly NetworkSpec[] = [
    { name: 'resnet8', shortcut: 'A' },
    { name: 'resnet8', shortcut: 'B' },
    { name: 'wrn-10-1', dropout: 0.3 },
    { name: 'wrn-10-2' },
    { name: 'vgg8', pools: 3 },
    { name: 'vgg8-bn', pools: 3, hidden: 8, dropout: 0.5 },
    { name: 'mobilenet', width: 0.25 },
    { name: 'mobilenetv2', width: 0.25 },
    { name: 'shufflenetv2', width: 0.5, stem: 'imagenet' },
    { name: 'ssd-resnet8', width: 4 },
  ];
  for (const spec of specs) {
    test(Object.values(spec).join(' '), () => {
      const side = spec.stem === 'imagenet' || spec.name.startsWith('ssd') ? 32 : 8;
      const network = settle(buildNetwork({ ...spec, input: [side, side, 3], classes: 3 }, random(2)), true);
      const before = tf.memory().numTensors;
      const found = lrp(network, pictures(network, 2), { normalisation: THREE, batch: 1 });
      assert.equal(tf.memory().numTensors, before);
      const logits = tf.tidy(() => network.forward(seen(network, 2)).logits.dataSync());
      assert.ok(deviation(found.logits, logits) < 1e-5, String(deviation(found.logits, logits)));
      assert.equal(found.relevance.length, 2 * side * side * 3);
      assert.ok(found.relevance.every(Number.isFinite) && found.relevance.some((r) => r !== 0));
      network.dispose();
    });
  }
});
