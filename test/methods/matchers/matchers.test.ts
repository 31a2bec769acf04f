/** What every matcher of the table keeps to: its distance's minimum, bound and scale, and pairs of unlike networks. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { buildMethod } from 'iekd/dist/methods/index';
import type { Factor, Matcher, TeacherSide } from 'iekd/dist/methods/matcher';
import { MATCHERS } from 'iekd/dist/methods/matchers/matcherTable';
import { featureInfos } from 'iekd/dist/methods/parts/featureMaps';
import { resolveFeatures } from 'iekd/dist/methods/parts/featureSelection';
import type { Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { images, number, smallWorld, type World, worldOf } from '../../fixtures/methodNetworks';
import { smallNetwork } from '../../fixtures/smallNetwork';

/** What a distance does not see: the scale of the teacher's maps, or that of the student's factor. The others see both. */
const SCALE_INVARIANT: Readonly<Record<string, { readonly map: boolean; readonly factor: boolean }>> = {
  at: { map: true, factor: false }, // its factors are normalised already
  ab: { map: true, factor: false }, // signs
  feed: { map: true, factor: true },
  nst: { map: true, factor: true }, // patterns of length 1
  'cat-kd': { map: true, factor: false }, // its factors are normalised already
  sp: { map: true, factor: true }, // rows of length 1
  pkt: { map: true, factor: true }, // cosines
  rkd: { map: true, factor: true }, // relative distances and angles
  cc: { map: true, factor: true }, // cosines
  'dist-feature': { map: true, factor: true }, // correlations
  ft: { map: true, factor: true }, // as long as the encoder is not fitted: it has no shifts then
};

/** Those whose student sides compare, with what they remember of other images: a target alone has no distance to another. crd.test.ts has theirs. */
const BY_SIDES: readonly string[] = ['crd'];

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld();
});
after(() => world.dispose());

/** A matcher bound to one network on both sides. */
function onItself(matcher: Matcher, network: Network): { readonly matcher: Matcher; readonly side: TeacherSide } {
  const features = resolveFeatures(matcher.name, matcher, { student: network, teachers: [network], random: random(0) });
  const infos = featureInfos(matcher.name, network, features.teacher);
  return { matcher: { ...matcher, features }, side: matcher.teacherSide(infos, network, random(0)) };
}

for (const [name, { create }] of Object.entries(MATCHERS)) {
  describe(`matcher ${name}`, () => {
    test('states its weights, its reduction and its features, paired', () => {
      const { weights, distance, features } = create({});
      assert.ok(Object.values(weights).every((weight) => weight > 0) && distance.reduction.length > 0);
      assert.equal(features.teacher.length, features.student.length);
    });

    const alone = BY_SIDES.includes(name) ? test.skip : test;
    alone('has a distance that is 0 and at rest for its own target, and above 0, below its bound, for another', () => {
      const { matcher, side } = onItself(create({}), world.teacher);
      tf.tidy(() => {
        const [one, other] = [images(), noise()].map((x) => targetOf(matcher, side, x)) as [Factor, Factor];
        assert.deepEqual(
          one.map((t) => t.shape.slice(1)),
          side.shapes,
        );
        const distance = number(matcher.distance.of(one, other));
        const bound = matcher.distance.expected?.(side.shapes).bound ?? Number.POSITIVE_INFINITY;
        assert.ok(number(matcher.distance.of(one, one)) <= 1e-6 * distance);
        assert.ok(distance > 0 && distance <= bound, `${distance}`);
        const [moved, rest] = [other, one].map((factor) => steepest(matcher, factor, one)) as [number, number];
        assert.ok(moved > 0 && rest <= 1e-5 * moved, `${rest} and ${moved}`);
      });
      side.variables.dispose();
    });

    alone('sees the scale of maps and factors, or not, as its formula says', () => {
      const { matcher, side } = onItself(create({}), world.teacher);
      const expected = SCALE_INVARIANT[name] ?? { map: false, factor: false };
      tf.tidy(() => {
        const [one, other] = [images(), noise()].map((x) => targetOf(matcher, side, x)) as [Factor, Factor];
        const larger = targetOf(matcher, side, images(), 3);
        const distance = number(matcher.distance.of(other, one));
        const blind = (value: tf.Scalar): boolean => Math.abs(number(value) / distance - 1) < 1e-4;
        const times = other.map((x) => tf.mul(x, 3));
        const found = { map: blind(matcher.distance.of(other, larger)), factor: blind(matcher.distance.of(times, one)) };
        assert.deepEqual(found, expected);
      });
      side.variables.dispose();
    });

    alone('has a distance that grows with the size of factors as its exponent says, measured on random ones to 10 %', () => {
      const { matcher, side } = onItself(create({}), world.teacher);
      const { of, sizeExponent } = matcher.distance;
      tf.tidy(() => {
        // 4096 and 16,384 values an image.
        const [small, large] = [64, 128].map((height) => {
          const sizes = side.shapes.map((shape) => [4, height, height, ...shape.slice(2).map(() => 1)]);
          const [factor, target] = [0, 1].map((seed) => sizes.map((size, i) => factorOf(name, size, 10 * seed + i)));
          return number(of(factor as Factor, target as Factor));
        }) as [number, number];
        const found = large / small / 4 ** sizeExponent;
        assert.ok(Math.abs(found - 1) < 0.1, `${large} / ${small} is ${found} of ${4 ** sizeExponent}`);
      });
      side.variables.dispose();
    });

    for (const wrapped of [name, `ie-${name}`]) {
      test(`${wrapped} compares networks of other depths, widths and names, and maps of which some share no size`, () => {
        const named = { prefix: 'layer', name: 'deep', channels: [3, 7, 9, 8, 4], strides: [1, 2, 1, 2, 2] as const };
        const deep = ['layer', 'layer'].map((prefix, i) => smallNetwork(random(i), { ...named, prefix }));
        const pair = worldOf(smallNetwork(random(5)), deep);
        const options = 'feature' in create({}).options ? { feature: { teacher: 'layer4', student: 'stage3' } } : {};
        const distillation = pair.bind(buildMethod({ name: wrapped, ...options }));
        tf.tidy(() => {
          for (const { value } of distillation.terms(pair.step(distillation))) assert.ok(Number.isFinite(number(value)));
        });
        pair.dispose();
      });
    }
  });
}

const noise = (): tf.Tensor4D => tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 9);

/** The target that a batch has, its maps multiplied by `scale`. */
function targetOf({ features: names }: Matcher, side: TeacherSide, x: tf.Tensor4D, scale = 1): Factor {
  const { features } = world.teacher.forward(x, { features: names.teacher });
  return side.target(names.teacher.map((feature) => tf.mul(features[feature] as tf.Tensor4D, scale) as tf.Tensor4D));
}

/** Relations between images: what they are of does not depend on the size of factors unless these are noise. */
const RELATIONS: readonly string[] = ['sp', 'pkt', 'rkd', 'cc'];

/** Factors whose images have length 1. */
const UNIT: readonly string[] = ['at'];

/** A random factor of the kind that the matcher makes. */
function factorOf(name: string, size: readonly number[], seed: number): tf.Tensor {
  if (RELATIONS.includes(name)) return mixtures(size, seed);
  const normal = tf.randomNormal([...size], 0, 1, 'float32', seed + 1);
  const rows = tf.reshape(tf.abs(normal), [size[0] as number, -1]);
  return UNIT.includes(name) ? tf.reshape(tf.div(rows, tf.norm(rows, 2, 1, true)), [...size]) : normal;
}

/** Images that are mixtures of three patterns, the same mixtures for every size. */
function mixtures(size: readonly number[], seed: number): tf.Tensor {
  const values = size.slice(1).reduce((product, n) => product * n, 1);
  const shares = tf.randomNormal([size[0] as number, 3], 0, 1, 'float32', seed + 1);
  return tf.reshape(tf.matMul(shares, tf.randomNormal([3, values], 0, 1, 'float32', 77)), [...size]);
}

/** The largest derivative of the distance in any value of the factor. */
function steepest(matcher: Matcher, factor: Factor, target: Factor): number {
  const each = factor.map((layer, i) => {
    const gradient = tf.grad((x) =>
      matcher.distance.of(
        factor.map((other, k) => (k === i ? x : other)),
        target,
      ),
    )(layer);
    return number(tf.max(tf.abs(gradient)));
  });
  return Math.max(...each);
}
