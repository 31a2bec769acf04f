/** What `train` and `evaluate` refuse before anything is built, in words that say which network, setting or data is meant; and what passes. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Dataset } from 'iekd/dist/data/types';
import { tf } from 'iekd/dist/engine/tf';
import { kdMethod } from 'iekd/dist/methods/kd';
import { match } from 'iekd/dist/methods/match';
import { ab } from 'iekd/dist/methods/matchers/features/ab';
import { feed } from 'iekd/dist/methods/matchers/features/feed';
import { ft } from 'iekd/dist/methods/matchers/features/ft';
import type { Method } from 'iekd/dist/methods/method';
import { mutual } from 'iekd/dist/methods/mutual';
import { supervised } from 'iekd/dist/methods/supervised';
import { cachedNetwork } from 'iekd/dist/models/cachedNetwork';
import type { Network } from 'iekd/dist/models/types';
import { evaluate } from 'iekd/dist/training/evaluate';
import { train } from 'iekd/dist/training/train';
import type { TrainOptions } from 'iekd/dist/training/trainOptions';
import { random } from 'iekd/dist/util/rng';
import { saveWeights } from 'iekd/dist/weights/networkFile';
import { smallNetwork } from '../../fixtures/smallNetwork';
import { tinyData } from '../../fixtures/tinyNetworks';

before(() => tf.setBackend('cpu'));

const DATA = tinyData();
const INPUT = [4, 4, 1] as const;
const small = (seed: number, classes = 3, input: readonly [number, number, number] = INPUT): Network =>
  smallNetwork(random(seed), { classes, input });
const [student, teacher, other, wide] = [small(1), small(2), small(3), small(4, 7)];
const gone = small(5);
gone.dispose();

const training = { epochs: 1, batch: 16, learningRate: 0.01 };
const options = (change: object): TrainOptions => ({ student, method: supervised(), data: DATA, training, ...change });
const taught = (method: Method, teachers: unknown, change: object = {}) => options({ method, teachers, ...change });

describe('train refuses', () => {
  const rows: readonly (readonly [string, TrainOptions, string])[] = [
    ['no options', undefined as unknown as TrainOptions, 'train: expected an object of options, received undefined'],
    [
      'a name for a student',
      options({ student: 'resnet8' }),
      'train: student: expected a network, received "resnet8"; buildNetwork({ name: "resnet8" }, random(0)) makes one',
    ],
    [
      'a description for a student',
      options({ student: { name: 'resnet8' } }),
      'train: student: expected a network, received {"name":"resnet8"}; buildNetwork(…, random(0)) makes one of a description',
    ],
    ['no student', options({ student: undefined }), 'train: student: expected a network, received undefined'],
    [
      'a student that is gone',
      options({ student: gone }),
      'train: student: expected a network in use, received small, which was disposed of; build or load it again',
    ],
    [
      'a teacher that is gone',
      taught(kdMethod(), [gone]),
      'train: teachers: expected a network in use, received small, which was disposed of; build or load it again',
    ],
    [
      'a second teacher that is gone',
      taught(match(feed()), [teacher, gone]),
      'train: teachers: number 2: expected a network in use, received small, which was disposed of; build or load it again',
    ],
    [
      'a teacher that is no list',
      taught(kdMethod(), teacher),
      'train: teachers: expected a list of networks, received the network small; put it in brackets',
    ],
    [
      'a path for a teacher',
      taught(kdMethod(), ['teacher.safetensors']),
      'train: teachers: expected a network, received "teacher.safetensors"; buildNetwork({ name: "teacher.safetensors" }, random(0)) makes one',
    ],
    [
      'a teacher not awaited',
      taught(kdMethod(), [Promise.resolve(teacher)]),
      'train: teachers: expected a network, received a promise; await it',
    ],
    [
      'the student as its teacher',
      taught(kdMethod(), [student]),
      'train: expected a network of its own in every role, received small as student and as teacher; build it a second time, or read it from its file again',
    ],
    [
      'the student as its teacher behind a cache',
      taught(kdMethod(), [cachedNetwork(student)]),
      'train: expected a network of its own in every role, received small as student and as teacher; build it a second time, or read it from its file again',
    ],
    [
      'one teacher twice',
      taught(match(feed()), [teacher, teacher]),
      'train: expected a network of its own in every role, received small as teacher 1 and as teacher 2; build it a second time, or read it from its file again',
    ],
    [
      'one peer twice',
      options({ method: mutual(), peers: [other, other] }),
      'train: expected a network of its own in every role, received small as peer 1 and as peer 2; build it a second time, or read it from its file again',
    ],
    [
      'a student of other classes',
      options({ student: wide }),
      'train: student small: expected 3 classes, as tiny has, received a network of 7; build it with classes: 3; a trained one learns other classes by `from` (iekd train --from FILE), which draws its last layer anew',
    ],
    [
      'a peer of other classes',
      options({ method: mutual(), peers: [wide] }),
      'train: peer small: expected 3 classes, as tiny has, received a network of 7; build it with classes: 3; a trained one learns other classes by `from` (iekd train --from FILE), which draws its last layer anew',
    ],
    [
      'a teacher of other classes whose logits are used',
      taught(kdMethod(), [wide]),
      'train: teacher small: expected 3 classes, as tiny has, received a network of 7; build it with classes: 3; a trained one learns other classes by `from` (iekd train --from FILE), which draws its last layer anew',
    ],
    [
      'the same in a second stage',
      taught(match(ab()), [wide]),
      'train: teacher small: expected 3 classes, as tiny has, received a network of 7; build it with classes: 3; a trained one learns other classes by `from` (iekd train --from FILE), which draws its last layer anew',
    ],
    [
      'a matcher for a method',
      options({ method: ft() }),
      'train: method: expected a method, received the matcher ft; match(ft()) and ie(ft()) make one of it',
    ],
    [
      'a name for a method',
      options({ method: 'ie-ft' }),
      'train: method: expected a method, received "ie-ft"; buildMethod({ name: "ie-ft" }) makes one',
    ],
    [
      'a method that was not called',
      options({ method: kdMethod }),
      'train: method: expected a method, received function kdMethod; call it: kdMethod()',
    ],
    [
      'data not awaited',
      options({ data: Promise.resolve(DATA) }),
      'train: data: expected a data set, received a promise; await it: await loadDataset(…)',
    ],
    [
      'data of labels NaN',
      options({ data: { ...DATA, train: { ...DATA.train, labels: new Float32Array(22).fill(Number.NaN) } } }),
      'train: tiny: train: labels: image 0: expected a class number, whole and from 0, received NaN',
    ],
    ['no training', options({ training: undefined }), 'train: training: expected an object of options, received undefined'],
    ['a number for training', options({ training: 10 }), 'train: training: expected an object of options, received 10'],
    [
      'a tensor for a rate',
      options({ training: { epochs: 1, learningRate: tf.scalar(0.1) } }),
      'train: training: learningRate: expected a number or a schedule, received a tensor of shape []',
    ],
    [
      'no epochs',
      options({ training: { batch: 8 } }),
      'train: stage "student": epochs: expected an integer from 1, received undefined',
    ],
    [
      'settings that are no object',
      options({ stages: { student: 3 } }),
      'train: stages: student: expected an object of options, received 3',
    ],
    [
      'a listener that is none',
      options({ listeners: ['log'] }),
      'train: listeners: expected a list of functions of events, received ["log"]',
    ],
    [
      'a task by name',
      options({ task: 'classification' }),
      'train: task: expected a task, as classification(), received "classification"',
    ],
    [
      'a signal of another kind',
      options({ stop: () => true }),
      'train: stop: expected a signal, as stopSignal(), received function stop',
    ],
    [
      'an engine by name',
      options({ engine: 'onednn' }),
      'train: engine: expected a started engine, as await start(), received "onednn"',
    ],
    [
      'an engine not awaited',
      options({ engine: Promise.resolve() }),
      'train: engine: expected a started engine, as await start(), received a promise; await it',
    ],
    [
      'a path for a checkpoint',
      options({ checkpoint: 'runs' }),
      'train: checkpoint: expected an object of options, received "runs"',
    ],
    [
      'a checkpoint without a folder',
      options({ checkpoint: {} }),
      'train: checkpoint.folder: expected a text, received undefined',
    ],
    [
      'milestones past the end',
      options({ training: { epochs: 4, learningRate: { kind: 'multiStep', base: 0.1, at: [2, 8], factor: 0.1 } } }),
      'train: training: learningRate: at: expected milestones before the end of 4 epochs, received [2,8]',
    ],
  ];
  for (const [name, given, message] of rows) {
    test(name, async () => {
      const before = tf.memory().numTensors;
      await assert.rejects(train(given), { name: 'InputError', message });
      assert.ok(message.length <= 500);
      assert.equal(tf.memory().numTensors, before, 'tensors');
    });
  }
});

describe('evaluate and files refuse', () => {
  const rows: readonly (readonly [string, () => unknown, string])[] = [
    [
      'a network that is gone',
      () => evaluate(gone, DATA, 'test'),
      'evaluate: expected a network in use, received small, which was disposed of; build or load it again',
    ],
    [
      'data not awaited',
      () => evaluate(student, Promise.resolve(DATA) as unknown as Dataset, 'test'),
      'evaluate: expected a data set, received a promise; await it: await loadDataset(…)',
    ],
    [
      'weights that are gone',
      () => saveWeights('never.safetensors', gone),
      'Variables.snapshot: expected variables in use, received some that were disposed of',
    ],
    [
      'a pass of what is gone',
      () => gone.forward(tf.zeros([1, ...INPUT])),
      'Variables.get: expected variables in use, received stage1.conv.weight of some that were disposed of',
    ],
  ];
  for (const [name, act, message] of rows) {
    test(name, async () =>
      assert.rejects(
        async () => act(),
        ({ message: said }: Error) => said.endsWith(message),
      ),
    );
  }
});
