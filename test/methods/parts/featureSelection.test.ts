/** Which maps are compared: names, words for any network, sides of their own; what does not fit, and what would. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { ie } from 'iekd/dist/methods/ie';
import { match } from 'iekd/dist/methods/match';
import type { FeatureNames, Matcher } from 'iekd/dist/methods/matcher';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { feed } from 'iekd/dist/methods/matchers/features/feed';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import {
  type FeatureOption,
  type FeaturesOption,
  parseFeature,
  parseFeatures,
  resolveFeatures,
} from 'iekd/dist/methods/parts/featureSelection';
import { buildNetwork } from 'iekd/dist/models/index';
import type { Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { number, worldOf } from '../../fixtures/methodNetworks';
import { type SmallOptions, smallNetwork } from '../../fixtures/smallNetwork';

/** Maps of 8, 4, 2 and of 8, 8, 4, 2, 1: as a residual network beside one that pools more often. */
const FLAT: SmallOptions = { name: 'flat', channels: [4, 6, 5] };
const DEEP: SmallOptions = { name: 'deep', prefix: 'layer', channels: [3, 4, 7, 8, 9], strides: [1, 1, 2, 2, 2] };
/** One map of 5×5 alone. */
const ODD: SmallOptions = { name: 'odd', channels: [4], strides: [1], input: [5, 5, 3] };

const made: Network[] = [];
const network = (options: SmallOptions): Network => {
  const one = smallNetwork(random(0), options);
  made.push(one);
  return one;
};
before(() => tf.setBackend('cpu'));
after(() => {
  for (const one of made) one.dispose();
});

const reading = (features: FeatureNames, anySize = false): Matcher => ({ ...ft(), name: 'm', features, anySize }) as Matcher;
const resolved = (features: FeatureNames, teacher: SmallOptions, student: SmallOptions, anySize = false): FeatureNames =>
  resolveFeatures('m', reading(features, anySize), {
    teachers: [network(teacher)],
    student: network(student),
    random: random(0),
  });
const both = (...names: string[]): FeatureNames => ({ teacher: names, student: names });

test("a detector's last map is that of its backbone, whatever comes after it", () => {
  const detector = (seed: number): Network => buildNetwork({ name: 'ssd-resnet8', width: 2, classes: 2 }, random(seed));
  const [student, teacher] = [detector(1), detector(2)];
  const context = { student, teachers: [teacher], random: random(0) };
  const named = (feature: string): unknown => resolveFeatures('ft', ft({ feature }), context);
  assert.deepEqual(named('last'), { teacher: ['stage3'], student: ['stage3'] });
  assert.deepEqual(named('last.pre'), { teacher: ['stage3.pre'], student: ['stage3.pre'] });
  assert.deepEqual(named('stage4'), { teacher: ['stage4'], student: ['stage4'] });
  for (const one of [student, teacher]) one.dispose();
});

describe('options', () => {
  const one: readonly (readonly [FeatureOption, FeatureNames])[] = [
    ['stage3', both('stage3')],
    ['last', both('last')],
    [
      { teacher: 'stage3', student: 'layer4' },
      { teacher: ['stage3'], student: ['layer4'] },
    ],
  ];
  for (const [option, features] of one)
    test(`one: ${JSON.stringify(option)}`, () => assert.deepEqual(parseFeature('x', option), features));

  const several: readonly (readonly [FeaturesOption, FeatureNames])[] = [
    ['stages', both('stages')],
    [['stage1', 'last'], both('stage1', 'last')],
    [
      { teacher: ['a', 'b'], student: ['c', 'd'] },
      { teacher: ['a', 'b'], student: ['c', 'd'] },
    ],
  ];
  for (const [option, features] of several) {
    test(`several: ${JSON.stringify(option)}`, () => assert.deepEqual(parseFeatures('x', option), features));
  }

  const oneName = 'x: expected the name of a feature, or { teacher, student } with a name each, received';
  const names = 'x: expected stages, stages.pre, names of features, or { teacher, student } with as many each, received';
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['a number', () => parseFeature('x', 3 as unknown as string), `${oneName} 3`],
    ['one side', () => parseFeature('x', { teacher: 'a' } as unknown as string), `${oneName} {"teacher":"a"}`],
    [
      'another key',
      () => parseFeature('x', { pupil: 'a' } as unknown as string),
      'x: expected options among teacher, student, received "pupil"',
    ],
    ['a list for one', () => parseFeature('x', ['a'] as unknown as string), `${oneName} ["a"]`],
    ['a name for several', () => parseFeatures('x', 'stage1'), `${names} "stage1"`],
    ['no names', () => parseFeatures('x', []), `${names} []`],
    [
      'sides of different lengths',
      () => parseFeatures('x', { teacher: ['a', 'b'], student: ['c'] }),
      `${names} {"teacher":["a","b"],"student":["c"]}`,
    ],
  ];
  for (const [name, act, message] of refused) test(`refuses ${name}`, () => assert.throws(act, { name: 'InputError', message }));
});

describe('words and names in two networks', () => {
  const rows: readonly (readonly [string, FeatureNames, teacher: SmallOptions, student: SmallOptions, FeatureNames])[] = [
    [
      'last is the last of each',
      both('last'),
      FLAT,
      { ...DEEP, channels: [3, 4, 7, 8] },
      { teacher: ['stage3'], student: ['layer4'] },
    ],
    ['last.pre is before its activation', both('last.pre'), FLAT, FLAT, both('stage3.pre')],
    [
      'a name for one side, a word for the other',
      { teacher: ['layer4'], student: ['last'] },
      DEEP,
      FLAT,
      { teacher: ['layer4'], student: ['stage3'] },
    ],
    ['common of one kind is the last', both('common'), FLAT, FLAT, both('stage3')],
    [
      'common of two kinds: the deepest pair of one size',
      both('common'),
      DEEP,
      FLAT,
      { teacher: ['layer4'], student: ['stage3'] },
    ],
    ['common.pre the other way round', both('common.pre'), FLAT, DEEP, { teacher: ['stage3.pre'], student: ['layer4.pre'] }],
    ['stages of one kind are all of them', both('stages'), FLAT, FLAT, both('stage1', 'stage2', 'stage3')],
    ['stages.pre are before activations', both('stages.pre'), FLAT, FLAT, both('stage1.pre', 'stage2.pre', 'stage3.pre')],
    [
      'stages of two kinds: the deepest of every size that both have',
      both('stages'),
      DEEP,
      FLAT,
      { teacher: ['layer2', 'layer3', 'layer4'], student: ['stage1', 'stage2', 'stage3'] },
    ],
    [
      'and the other way round',
      both('stages.pre'),
      FLAT,
      DEEP,
      { teacher: ['stage1.pre', 'stage2.pre', 'stage3.pre'], student: ['layer2.pre', 'layer3.pre', 'layer4.pre'] },
    ],
  ];
  for (const [name, features, teacher, student, expected] of rows) {
    test(name, () => assert.deepEqual(resolved(features, teacher, student), expected));
  }

  test('sizes may differ where the matcher takes any', () => {
    assert.deepEqual(resolved(both('last'), DEEP, FLAT, true), { teacher: ['layer5'], student: ['stage3'] });
  });

  const size = 'm: expected a map of flat of the size of the teacher';
  const refused: readonly (readonly [string, FeatureNames, teacher: SmallOptions, student: SmallOptions, string])[] = [
    [
      'last maps of different sizes, naming the teacher’s that fits',
      both('last'),
      DEEP,
      FLAT,
      `${size}'s layer5 of 1×1×9, received stage3 of 2×2×5; the teacher has layer4 of 2×2: name them as { teacher, student }, or ask for 'common'`,
    ],
    [
      'last maps of different sizes, naming the student’s that fit',
      { teacher: ['stage1'], student: ['last'] },
      FLAT,
      DEEP,
      "m: expected a map of deep of the size of the teacher's stage1 of 8×8×4, received layer5 of 1×1×9; the student has layer1, layer2 of 8×8: name them as { teacher, student }, or ask for 'common'",
    ],
    [
      'networks without maps of one size',
      both('last'),
      ODD,
      FLAT,
      `${size}'s stage1 of 5×5×4, received stage3 of 2×2×5; the networks have no maps of one size`,
    ],
    [
      'common without one size',
      both('common'),
      ODD,
      FLAT,
      'm: expected maps of a size that both networks have, received 5×5 of odd and 8×8, 4×4, 2×2 of flat; name them as { teacher, student }',
    ],
    [
      'stages without one size',
      both('stages'),
      ODD,
      FLAT,
      'm: expected maps of a size that both networks have, received 5×5 of odd and 8×8, 4×4, 2×2 of flat; name them as { teacher, student }',
    ],
    [
      'stages on one side alone',
      { teacher: ['stages'], student: ['stage1'] },
      FLAT,
      FLAT,
      'm: features of flat: expected one of stage1.pre, stage1, stage2.pre, stage2, stage3.pre, stage3, received "stages"',
    ],
    [
      'a name that a network lacks',
      { teacher: ['stage3'], student: ['stage9'] },
      FLAT,
      FLAT,
      'm: features of flat: expected one of stage1.pre, stage1, stage2.pre, stage2, stage3.pre, stage3, received "stage9"',
    ],
  ];
  for (const [name, features, teacher, student, message] of refused) {
    test(`refuses ${name}`, () => assert.throws(() => resolved(features, teacher, student), { name: 'InputError', message }));
  }
});

describe('in methods', () => {
  test('a distillation, and its split, have the names of the networks’ own maps', () => {
    const pair = worldOf(network(FLAT), [network(DEEP)]);
    const distillation = pair.bind(ie(at()));
    assert.deepEqual(distillation.features.teacher, ['layer2', 'layer3', 'layer4']);
    assert.deepEqual(Object.keys((distillation.state() as { channels: object }).channels), ['stage1', 'stage2', 'stage3']);
  });

  test('CKA compares factors of maps of different sizes, at which the other distances are refused', () => {
    const pair = worldOf(network(FLAT), [network(DEEP)]);
    for (const distance of ['cka', 'cka-rbf']) {
      const distillation = pair.bind(ie(ft({ distance })));
      assert.deepEqual(distillation.features, { teacher: ['layer5'], student: ['stage3'] });
      tf.tidy(() => {
        for (const { value } of distillation.terms(pair.step(distillation))) assert.ok(Number.isFinite(number(value)));
      });
    }
    assert.throws(() => pair.bind(ie(ft({ distance: 'l1' }))), { name: 'InputError' });
  });

  test('several teachers are read by the same names, or refused, leaking nothing', () => {
    const pair = worldOf(network(FLAT), [network(FLAT), network({ ...FLAT, prefix: 'layer' })]);
    const tensors = tf.memory().numTensors;
    assert.throws(() => pair.bind(match(feed())), {
      name: 'InputError',
      message:
        'feed: expected teachers that are compared by the same maps, stage3 with stage3, received layer3 with stage3; name maps that all of them have',
    });
    assert.equal(tf.memory().numTensors, tensors);
  });
});
