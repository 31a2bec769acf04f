/** What is taken for a method, a matcher or the tensors of a loss and is none: each error names the right one. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { ckaLinear } from 'iekd/dist/losses/cka';
import { cosineDistance } from 'iekd/dist/losses/cosine';
import { crossEntropy } from 'iekd/dist/losses/crossEntropy';
import { kd } from 'iekd/dist/losses/kdLoss';
import { klDivergence } from 'iekd/dist/losses/kl';
import { normalisedL1 } from 'iekd/dist/losses/normalisedDistance';
import { partialL2 } from 'iekd/dist/losses/partialL2';
import { ie } from 'iekd/dist/methods/ie';
import { buildMethod, type MethodSpec } from 'iekd/dist/methods/index';
import { kdMethod } from 'iekd/dist/methods/kd';
import { match } from 'iekd/dist/methods/match';
import type { Matcher } from 'iekd/dist/methods/matcher';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { at } from 'iekd/dist/methods/matchers/features/at';
import { fitnet } from 'iekd/dist/methods/matchers/features/fitnet';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import { od } from 'iekd/dist/methods/matchers/features/od';
import type { Method } from 'iekd/dist/methods/method';
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import { tfKdSelf } from 'iekd/dist/methods/tfKdSelf';
import { buildNetwork, planNetwork } from 'iekd/dist/models/index';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { type Random, random } from 'iekd/dist/util/rng';

before(() => tf.setBackend('cpu'));

/** What TypeScript would not let pass, and JavaScript does. */
const [matcher, method] = [(value: unknown) => value as Matcher, (value: unknown) => value as Method];
const spec = (value: unknown) => value as MethodSpec & NetworkSpec;
const tensor = (value: unknown) => value as tf.Tensor2D & tf.Tensor1D;

/** Long lists by a name. */
const LISTS = [
  [/one of resnet8, .* shufflenetv2 and \d+ more,/, 'one of LISTED,'],
  [/one of supervised, kd, [^"]*, received/, 'one of METHODS, received'],
  [/one of at, od, fitnet, [^{]*, received/, 'one of MATCHERS, received'],
] as const;

describe('refused, with the right one named', () => {
  const gone = tf.zeros([1, 2]);
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'ie(kdMethod())',
      () => ie(matcher(kdMethod())),
      'ie: expected a matcher, received the method kd; a matcher is ft(), at(), …',
    ],
    [
      'ie(match(ft()))',
      () => ie(matcher(match(ft()))),
      'ie: expected a matcher, received the method ft; give the matcher itself: ft()',
    ],
    [
      'match(ie(at()))',
      () => match(matcher(ie(at()))),
      'match: expected a matcher, received the method ie-at; give the matcher itself: at()',
    ],
    ['match(ft)', () => match(matcher(ft)), 'match: expected a matcher, received function ft; call it: ft()'],
    ['match("ft")', () => match(matcher('ft')), 'match: expected a matcher, received "ft"; call its function: ft()'],
    [
      'ie({ name: "ft" })',
      () => ie(matcher({ name: 'ft' })),
      'ie: expected a matcher, received {"name":"ft"}; buildMethod makes a method of a description',
    ],
    ['ie()', () => ie(matcher(undefined)), 'ie: expected a matcher, received undefined'],
    [
      'mutual(ft())',
      () => mutual(method(ft())),
      'mutual: expected a method, received the matcher ft; match(ft()) and ie(ft()) make one of it',
    ],
    [
      'mutual(supervised)',
      () => mutual(method(supervised)),
      'mutual: expected a method, received function supervised; call it: supervised()',
    ],
    [
      'mutual(kd)',
      () => mutual(method(kd)),
      'mutual: expected a method, received function kd; kd is the loss: kdMethod() is the method',
    ],
    [
      'mutual("ft")',
      () => mutual(method('ft')),
      'mutual: expected a method, received "ft"; buildMethod({ name: "ft" }) makes one',
    ],
    ['mutual({ kl: 1 })', () => mutual(method({ kl: 1 })), 'mutual: expected a method, received {"kl":1}'],
    [
      'buildMethod("ft")',
      () => buildMethod(spec('ft')),
      'buildMethod: expected a description of a method, { name: "ft" }, received "ft"',
    ],
    [
      'buildMethod(ft())',
      () => buildMethod(spec(undefined)),
      'buildMethod: expected a description of a method, { name: "ft" }, received undefined',
    ],
    [
      'buildNetwork("resnet8")',
      () => buildNetwork(spec('resnet8'), random(0)),
      'buildNetwork: expected a description of a network, { name: "resnet20" }, received "resnet8"',
    ],
    [
      'buildNetwork without random',
      () => buildNetwork({ name: 'resnet8' }, undefined as unknown as Random),
      'buildNetwork: random: expected random(seed), received undefined; as in buildNetwork(…, random(0))',
    ],
    [
      'buildNetwork with a seed',
      () => buildNetwork({ name: 'resnet8' }, 3 as unknown as Random),
      'buildNetwork: random: expected random(seed), received 3; as in buildNetwork(…, random(0))',
    ],
    ['a network by a number', () => planNetwork(spec({ name: 8 })), 'planNetwork: expected one of LISTED, received 8'],
    [
      'a network in capitals',
      () => planNetwork({ name: 'ResNet8' }),
      'planNetwork: did you mean "resnet8"? expected one of LISTED, received "ResNet8"',
    ],
    [
      'a depth beyond all',
      () => planNetwork({ name: 'resnet6000000002' }),
      'buildNetwork: resnet6000000002: a number in the name: expected an integer in [0, 2000], received 6000000002',
    ],
    [
      'a width beyond all memory',
      () => buildNetwork({ name: 'wrn-16-1999' }, random(0)),
      'buildNetwork: wrn-16-1999: expected a network of at most 1,000,000,000 values, received 682335142266',
    ],
    [
      'too many classes',
      () => planNetwork({ name: 'resnet8', classes: 1e9 }),
      'buildNetwork: resnet8: classes: expected an integer in [1, 1000000], received 1000000000',
    ],
    [
      'a shortcut that is an object',
      () => planNetwork({ name: 'resnet8', shortcut: { toString: 1 } }),
      'buildNetwork: resnet8: shortcut: expected one of A, B, received {"toString":1}',
    ],
    [
      'a method in capitals',
      () => buildMethod({ name: 'IE_FT' }),
      'buildMethod: did you mean "ie-ft"? expected one of METHODS, received "IE_FT"',
    ],
    [
      'a distance in capitals',
      () => ft({ distance: 'L1' }),
      'ft: distance: expected one of l1, l2, cosine, cka, cka-rbf, received "L1"; did you mean "l1"?',
    ],
    [
      'dml over an object',
      () => buildMethod({ name: 'dml', match: { toString: 1 } }),
      'dml: match: expected one of MATCHERS, received {"toString":1}',
    ],
    [
      'kd()',
      () => kd(tensor(undefined), tensor(undefined), tensor(undefined)),
      'kd: logits: expected a tensor, received undefined; kd is the loss: kdMethod() is the method',
    ],
    [
      'kd of options',
      () => kd(tensor({ alpha: 1 }), tensor(undefined), tensor(undefined)),
      'kd: logits: expected a tensor, received {"alpha":1}; kd is the loss: kdMethod() is the method',
    ],
    [
      'a loss of numbers',
      () => crossEntropy(tensor([[1, 2]]), tensor([0])),
      'crossEntropy: logits: expected a tensor, received [[1,2]]',
    ],
    [
      'a loss of one row',
      () => crossEntropy(tensor(tf.zeros([2])), tensor(tf.zeros([2]))),
      'crossEntropy: expected logits [batch, classes], received [2]',
    ],
    [
      'a loss of a promise',
      () => klDivergence(tensor(Promise.resolve(1)), tensor(1)),
      'klDivergence: logits: expected a tensor, received a promise; await it',
    ],
    [
      'a loss of a disposed tensor',
      () => normalisedL1(gone, gone),
      'normalisedL1: a: expected a tensor in use, received one that was disposed of',
    ],
    [
      'cosines of a number',
      () => cosineDistance(gone, tensor(1)),
      'cosineDistance: a: expected a tensor in use, received one that was disposed of',
    ],
    ['alignment of a number', () => ckaLinear(tensor(1), gone), 'ckaLinear: a: expected a tensor, received 1'],
    ['a partial distance of nothing', () => partialL2(tensor(null), gone), 'partialL2: s: expected a tensor, received null'],
  ];
  gone.dispose();
  for (const [name, act, message] of rows) {
    test(name, () => {
      assert.throws(act, (error: Error) => {
        assert.equal(error.name, 'InputError');
        const told = LISTS.reduce((text, [list, name]) => text.replace(list, name), error.message);
        assert.equal(told, message);
        assert.ok(error.message.length <= 500);
        return true;
      });
    });
  }
});

test('which methods look at their teachers’ logits', () => {
  const second = { task: 1, soft: 1 };
  const rows: readonly (readonly [Method, true | undefined])[] = [
    [supervised(), undefined],
    [kdMethod(), true],
    [tfKdSelf(), true],
    [match(ft()), undefined],
    [ie(at()), undefined],
    [match(od()), undefined],
    [match(ab()), true],
    [match(ab({ second: { task: 1, soft: 0 } })), undefined],
    [ie(ab({ pretrain: 0 })), undefined],
    [match(fitnet()), undefined],
    [ie(fitnet({ pretrain: 3, second })), true],
    [mutual(), undefined],
  ];
  for (const [{ name, teacherLogits }, expected] of rows) assert.equal(teacherLogits, expected, name);
});
