/** Values of configurations: finite, in range, bounded, and refused in the configuration's words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkConfig } from 'iekd/dist/experiments/run/config';
import { DISTILLED as distilled, PLAIN as plain, TEACHER_FILE as teacher } from '../../fixtures/runConfigs';

function circular(): object {
  const method: Record<string, unknown> = { name: 'ft' };
  method.match = method;
  return { ...plain, method };
}

describe('checkConfig', () => {
  const rows: readonly (readonly [string, unknown, string | RegExp])[] = [
    [
      'the same teacher twice',
      { ...plain, method: { name: 'feed' }, teacher: [teacher, teacher] },
      'config: teacher: expected teachers from files of their own, received "teacher.safetensors"',
    ],
    [
      'no training images',
      { ...plain, dataset: { name: 'cifar10', train: 0 } },
      'config: dataset: train: expected an integer from 1, received 0',
    ],
    [
      'a data set without a name',
      { ...plain, dataset: {} },
      'config: dataset: name: expected one of fashion-mnist, cifar10, cifar100, folder:PATH, csv:PATH, jsonl:PATH, voc:PATH, coco:PATH, received undefined',
    ],
    [
      'a data set in capitals',
      { ...plain, dataset: { name: 'CIFAR-10' } },
      'config: dataset: name: did you mean "cifar10"? expected one of fashion-mnist, cifar10, cifar100, folder:PATH, csv:PATH, jsonl:PATH, voc:PATH, coco:PATH, received "CIFAR-10"',
    ],
    [
      'a method in capitals',
      { ...plain, method: { name: 'KD' } },
      /^config: method: name: did you mean "kd"\? expected one of .*, received "KD"$/,
    ],
    [
      'a value of a method out of its range',
      { ...plain, method: { name: 'kd', temperature: 0 }, teacher },
      'config: method: kd: temperature: expected a number above 0, received 0',
    ],
    [
      'a value of a network out of its range',
      { ...plain, student: { name: 'vgg8', hidden: -1 } },
      'config: student: vgg8: hidden: expected an integer in [0, 1000000], received -1',
    ],
    [
      'a rate that is not finite',
      { ...plain, training: { epochs: 1, learningRate: { kind: 'cosine', base: Number.NaN } } },
      'config: training: learningRate: base: expected a finite number, received NaN',
    ],
    [
      'weights that are not finite',
      { ...plain, method: { name: 'ft', weight: Infinity }, teacher },
      'config: method: weight: expected a finite number, received Infinity',
    ],
    [
      'milestones past the end',
      { ...plain, training: { epochs: 3, learningRate: { kind: 'multiStep', base: 0.1, at: [5, 8], factor: 0.1 } } },
      'config: training: learningRate: at: expected milestones before the end of 3 epochs, received [5,8]',
    ],
    [
      'a stage’s milestones past its end',
      { ...distilled, stages: { student: { epochs: 2, learningRate: { kind: 'multiStep', base: 0.1, at: [2], factor: 0.1 } } } },
      'config: stages: student: learningRate: at: expected milestones before the end of 2 epochs, received [2]',
    ],
    [
      'a warm-up past the end',
      { ...plain, training: { epochs: 2, learningRate: { kind: 'cosine', base: 0.1, warmUp: { epochs: 3 } } } },
      'config: training: learningRate: warmUp: epochs: expected at most the 2 epochs, received 3',
    ],
    [
      'a function',
      { ...plain, method: { name: 'ft', fit: () => 1 }, teacher },
      'config: method: fit: expected a text, a number, a list or an object of these, received function fit',
    ],
    [
      'a promise',
      { ...plain, dataset: Promise.resolve(plain.dataset) },
      'config: dataset: expected a text, a number, a list or an object of these, received a promise; await it',
    ],
    [
      'a long text',
      { ...plain, dataset: { name: 'cifar10', folder: 'x'.repeat(5000) } },
      'config: dataset: folder: expected a text of at most 4096 characters, received one of 5000',
    ],
    [
      'a zero byte',
      { ...plain, dataset: { name: 'cifar10', folder: 'a\0' } },
      'config: dataset: folder: expected a text without zero bytes, received "a\\u0000"',
    ],
    [
      'depth',
      { ...plain, method: JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown },
      'config: expected at most 64 levels, received a deeper one',
    ],
    ['itself', circular(), 'config: expected at most 64 levels, received a deeper one'],
    [
      'very many entries',
      { ...plain, method: { name: 'ft', features: Array.from({ length: 20_000 }, () => 'a') } },
      'config: expected at most 10000 entries, received more',
    ],
    ...['toString', '__proto__', 'constructor'].map((key): readonly [string, unknown, string] => {
      const entry = JSON.parse(`{ "${key}": 1 }`) as object;
      return [
        `the key ${key}`,
        { ...plain, training: Object.assign(entry, { epochs: 1 }) },
        `config: training: expected options among epochs, batch, learningRate, momentum, nesterov, weightDecay, augment, optimizer, decay, clip, accumulate, ema, stopEarly, received "${key}"`,
      ];
    }),
    [
      'a name that is an object',
      { ...plain, method: { name: { toString: 1 } } },
      'config: method: name: expected a text, received {"toString":1}',
    ],
  ];
  for (const [name, value, message] of rows) {
    test(`refuses ${name}`, () => {
      assert.throws(() => checkConfig(value), { name: 'InputError', message });
    });
  }
});
