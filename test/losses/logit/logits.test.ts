/** Losses of logits, and the methods made of them, against PyTorch's in float64 (`test/golden/logits_reference.py`), to 1e-6 of the largest. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { otherClassesKd, targetClassKd } from 'iekd/dist/losses/logit/decoupledKd';
import { otherClassesCrossEntropy, targetCrossEntropy } from 'iekd/dist/losses/logit/normalisedKd';
import type { LabelledLogits } from 'iekd/dist/losses/logit/pairedLogits';
import { interClassDistance, intraClassDistance } from 'iekd/dist/losses/logit/pearson';
import { batchGramDistance, classGramDistance } from 'iekd/dist/losses/logit/probabilityGrams';
import { softDivergence } from 'iekd/dist/losses/logit/softDivergence';
import { standardLogits } from 'iekd/dist/losses/logit/standardLogits';
import { weightedSoftLabels } from 'iekd/dist/losses/logit/weightedSoftLabels';
import { kdMethod } from 'iekd/dist/methods/kd';
import { bornAgain } from 'iekd/dist/methods/logit/bornAgain';
import { ctkd } from 'iekd/dist/methods/logit/ctkd';
import { dist } from 'iekd/dist/methods/logit/dist';
import { dkd } from 'iekd/dist/methods/logit/dkd';
import { ensembleKd } from 'iekd/dist/methods/logit/ensembleKd';
import { logitStandard } from 'iekd/dist/methods/logit/logitStandard';
import { mlkd } from 'iekd/dist/methods/logit/mlkd';
import { nkd } from 'iekd/dist/methods/logit/nkd';
import { wsld } from 'iekd/dist/methods/logit/wsld';
import type { Method } from 'iekd/dist/methods/method';
import { kdcl } from 'iekd/dist/methods/online/kdcl';
import { psKd } from 'iekd/dist/methods/self/psKd';
import { sum } from 'iekd/dist/methods/sum';
import type { ForwardResult, Network } from 'iekd/dist/models/types';
import { random } from 'iekd/dist/util/rng';
import { CLOCK, number, weightedSum } from '../../fixtures/methodNetworks';
import { type Loss, testRows } from '../goldenRows';

before(() => tf.setBackend('cpu'));

const labels = (): tf.Tensor1D => tf.tensor1d([2, 0, 1, 4], 'int32');

/** Another teacher's logits. */
const second = (teacher: tf.Tensor): tf.Tensor => tf.mul(tf.reverse(teacher, 1), 0.5);

/** A loss of labelled logits as one of two tensors. */
const of =
  (loss: (logits: LabelledLogits) => tf.Scalar): Loss =>
  (a, b) =>
    loss({ student: a as tf.Tensor2D, teacher: b as tf.Tensor2D, labels: labels() });

/** The whole loss of a method, on networks of which nothing but the description is asked. */
const whole =
  (method: Method, teachersOf = (teacher: tf.Tensor): tf.Tensor[] => [teacher]): Loss =>
  (a, b) => {
    const network = { spec: { name: 'any' } } as Network;
    const logits = [a, ...teachersOf(b)];
    const bound = method.build({ student: network, teachers: logits.slice(1).map(() => network), random: random(0) });
    const [student, ...teachers] = logits.map((x) => ({ logits: x, features: {} })) as [ForwardResult, ...ForwardResult[]];
    const loss = weightedSum(bound.terms({ student, teachers, targets: [labels()], clock: CLOCK }));
    bound.dispose();
    return loss;
  };

/** The whole loss of a method of two networks that learn together. */
const together =
  (method: Method): Loss =>
  (a, b) => {
    const network = { spec: { name: 'any' } } as Network;
    const [student, ...peers] = [a, b].map((x) => ({ logits: x, features: {} })) as [ForwardResult, ...ForwardResult[]];
    const bound = method.build({ student: network, peers: [network], teachers: [], random: random(0) });
    return weightedSum(bound.terms({ student, peers, teachers: [], targets: [labels()], clock: CLOCK }));
  };

/** The loss of a method that remembers softmax(b) of the images 3, 1, 0 and 2. */
const remembered =
  (method: Method): Loss =>
  (a, b) => {
    const images = { count: 4, labels: Uint8Array.of(1, 0, 4, 2) };
    const bound = method.build({ student: { classes: 5 } as Network, teachers: [], images, random: random(0) });
    const table = bound.variables.get('predictions');
    assert.equal(String(table.dataSync()), String([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]));
    table.assign(tf.gather(tf.softmax(b as tf.Tensor2D), tf.tensor1d([2, 1, 3, 0], 'int32')));
    const student = { logits: a as tf.Tensor2D, features: {} };
    const numbers = () => Int32Array.of(3, 1, 0, 2);
    const loss = weightedSum(bound.terms({ student, teachers: [], targets: [labels()], clock: CLOCK, numbers }));
    const kept = tf.gather(table as tf.Tensor, tf.tensor1d(numbers(), 'int32')).dataSync();
    assert.deepEqual(kept, tf.softmax(a as tf.Tensor2D).dataSync(), 'what it says now is remembered');
    bound.dispose();
    return loss;
  };

describe('losses of logits as PyTorch has them', () => {
  testRows(
    'logits.json',
    {
      'TCKD, T 2': of((logits) => targetClassKd(logits, 2)),
      'TCKD, T 1': of((logits) => targetClassKd(logits, 1)),
      'NCKD, T 4': of((logits) => otherClassesKd(logits, 4)),
      'NKD, target': of(targetCrossEntropy),
      'NKD, others, T 1': of((logits) => otherClassesCrossEntropy(logits, 1)),
      'NKD, others, T 3': of((logits) => otherClassesCrossEntropy(logits, 3)),
      'DIST, inter, T 4': of((logits) => interClassDistance(logits, 4)),
      'DIST, intra, T 1': of((logits) => intraClassDistance(logits, 1)),
      'Gram of images, T 2': of((logits) => batchGramDistance(logits, 2)),
      'Gram of classes, T 2': of((logits) => classGramDistance(logits, 2)),
      'weighted soft labels, T 2': of((logits) => weightedSoftLabels(logits, 2)),
      'z-scores': of(({ student, teacher }) =>
        tf.mean<tf.Scalar>(tf.mul(standardLogits(student), tf.square(standardLogits(teacher)))),
      ),
      dkd: whole(dkd({ alpha: 1, beta: 6, temperature: 3, warmUp: 0 })),
      nkd: whole(nkd({ gamma: 1.5, temperature: 2 })),
      dist: whole(dist({ beta: 2, gamma: 3, temperature: 4 })),
      mlkd: whole(mlkd({ temperatures: [2, 3], instance: 2, batch: 3, classes: 5 })),
      wsld: whole(wsld({ alpha: 2.5, temperature: 2 })),
      'born-again': whole(bornAgain()),
      'logit-standard over kd': whole(logitStandard(kdMethod({ alpha: 0.9, temperature: 2 }))),
      'sum of dkd, kd by half and wsld': whole(
        sum(
          dkd({ beta: 6, temperature: 3, warmUp: 0 }),
          { method: kdMethod({ alpha: 0.9, temperature: 4 }), weight: 0.5 },
          wsld(),
        ),
      ),
      'ensemble-kd, the first teacher three times the second': whole(
        ensembleKd({ alpha: 0.8, temperature: 3, weights: [3, 1] }),
        (teacher) => [teacher, second(teacher)],
      ),
      'ctkd, first epoch': whole(ctkd()),
      'divergence by its temperature': (temperature, teacher) => {
        const logits = { student: second(teacher) as tf.Tensor2D, teacher: teacher as tf.Tensor2D };
        return softDivergence(logits, tf.reshape(temperature, []) as tf.Scalar);
      },
      'kdcl, the least logits': together(kdcl({ weight: 0.5, temperature: 3 })),
      'kdcl, the least loss': together(kdcl({ target: 'naive', weight: 0.5, temperature: 3 })),
      'ps-kd, first epoch': remembered(psKd()),
    },
    1e-6,
  );
});

describe('at the ends', () => {
  const pair = (a: number[][], b: number[][]): LabelledLogits => {
    return {
      student: tf.tensor2d(a),
      teacher: tf.tensor2d(b),
      labels: tf.tensor1d(
        a.map(() => 0),
        'int32',
      ),
    };
  };
  const sure = [[200, -200, 0, 5]];
  const losses: Readonly<Record<string, (logits: LabelledLogits) => tf.Scalar>> = {
    targetClassKd: (logits) => targetClassKd(logits, 1),
    otherClassesKd: (logits) => otherClassesKd(logits, 1),
    targetCrossEntropy,
    otherClassesCrossEntropy: (logits) => otherClassesCrossEntropy(logits, 1),
    interClassDistance: (logits) => interClassDistance(logits, 1),
    intraClassDistance: (logits) => intraClassDistance(logits, 1),
    batchGramDistance: (logits) => batchGramDistance(logits, 1),
    classGramDistance: (logits) => classGramDistance(logits, 1),
    weightedSoftLabels: (logits) => weightedSoftLabels(logits, 1),
  };
  for (const [name, loss] of Object.entries(losses)) {
    test(`${name}: of networks that are sure, rightly or wrongly, and of one image, finite with a finite gradient`, () => {
      tf.tidy(() => {
        for (const other of [sure, [[-200, 200, 0, 5]], [[0, 0, 0, 0]]]) {
          const given = pair(sure, other);
          const { value, grad } = tf.valueAndGrad((x) => loss({ ...given, student: x as tf.Tensor2D }))(given.student);
          assert.ok(Number.isFinite(number(value as tf.Scalar)));
          assert.ok(grad.dataSync().every(Number.isFinite));
        }
      });
    });

    test(`${name} refuses logits of unlike shapes, and of one class`, () => {
      const act = (a: number[][], b: number[][]) => () => tf.tidy(() => loss(pair(a, b)));
      assert.throws(act([[1, 2]], [[1, 2, 3]]), {
        name: 'InputError',
        message: `${name}: expected logits of shape [1,3], received [1,2]`,
      });
      assert.throws(act([[1]], [[1]]), {
        name: 'InputError',
        message: `${name}: expected logits [rows, classes], two classes at least, received [1,1]`,
      });
    });
  }

  test('equal logits are at rest: divergences and distances of 0', () => {
    tf.tidy(() => {
      const logits = pair(
        [
          [1, -2, 0.5],
          [3, 0, 1],
        ],
        [
          [1, -2, 0.5],
          [3, 0, 1],
        ],
      );
      const atRest = [
        'targetClassKd',
        'otherClassesKd',
        'interClassDistance',
        'intraClassDistance',
        'batchGramDistance',
        'classGramDistance',
      ];
      for (const name of atRest) assert.ok(Math.abs(number(losses[name]?.(logits) as tf.Scalar)) < 1e-6, name);
    });
  });

  test('z-scores do not change with the size or the place of logits; a row of equal ones is 0', () => {
    tf.tidy(() => {
      const of = (rows: number[][]): number[] => Array.from(standardLogits(tf.tensor2d(rows)).dataSync());
      const [own, moved] = [of([[1, 4, -2]]), of([[13, 43, -17]])];
      for (const [i, value] of own.entries()) assert.ok(Math.abs(value - (moved[i] as number)) < 1e-5);
      assert.deepEqual(of([[2, 2, 2]]), [0, 0, 0]);
      const grad = tf.grad((x) => tf.sum(standardLogits(x as tf.Tensor2D)))(tf.tensor2d([[2, 2, 2]]));
      assert.ok(grad.dataSync().every(Number.isFinite));
    });
  });
});
