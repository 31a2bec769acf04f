/** Golden values of forward and backward passes: the network, its teacher, and the teacher's factor encoder. */
import { tf } from '../engine/tf';
import { crossEntropy } from '../losses/crossEntropy';
import { reconstruction } from '../losses/reconstruction';
import type { FactorAutoEncoder } from '../models/factor/factorEncoder';
import type { ForwardResult, Network } from '../models/types';
import { type Compared, compareStates } from './goldenCompare';
import type { GoldenFile } from './goldenFile';
import { gradientsOf, upload, valuesOf } from './goldenTensors';

const FEATURE = 'stage3';

/** One training-mode pass with its gradients, the state after it, and an evaluation-mode pass from that state. */
export function replayNetwork(file: GoldenFile, net: Network): Compared[] {
  const { images, labels } = file.batch(0);
  const rows: Compared[] = [];
  tf.tidy(() => {
    const x = upload<tf.Tensor4D>(images);
    const y = tf.tensor1d(labels, 'int32');
    const gradients = gradientsOf(net.variables, () => {
      const result = net.forward(x, { training: true, features: [FEATURE] });
      const loss = crossEntropy(result.logits, y);
      rows.push(...forwardRows('forward', 'train', file, result));
      rows.push({ group: 'forward', tensor: 'train.ce', expected: file.tensor('train.ce'), actual: valuesOf(loss) });
      return loss;
    });
    rows.push(...compareStates('gradients', 'train.grad.0', file.state('train.grad.0'), gradients));
    rows.push(...compareStates('statistics', 'after.net', file.state('after.net'), net.variables.snapshot()));
    rows.push(...forwardRows('forward', 'eval', file, net.forward(x, { features: [FEATURE] })));
  });
  return rows;
}

/** The frozen teacher in evaluation mode. */
export function replayTeacher(file: GoldenFile, teacher: Network): Compared[] {
  const rows: Compared[] = [];
  tf.tidy(() => {
    const result = teacher.forward(upload<tf.Tensor4D>(file.batch(0).images), { features: [FEATURE] });
    rows.push(...forwardRows('teacher', 'teacher', file, result));
  });
  return rows;
}

/** The auto-encoder in training mode on the teacher's stored map: factor, reconstruction, gradients, and the state after it. */
export function replayEncoder(file: GoldenFile, encoder: FactorAutoEncoder): Compared[] {
  const group = 'factor encoder';
  const rows: Compared[] = [];
  tf.tidy(() => {
    const x = upload<tf.Tensor4D>(file.map('teacher.feature'));
    const gradients = gradientsOf(encoder.variables, () => {
      const factor = encoder.encode(x, true);
      const back = encoder.decode(factor, true);
      const loss = reconstruction(x, back);
      rows.push(
        { group, tensor: 'enc_t.factor', expected: file.map('enc_t.factor'), actual: valuesOf(factor) },
        { group, tensor: 'enc_t.rec', expected: file.map('enc_t.rec'), actual: valuesOf(back) },
        { group, tensor: 'enc_t.loss', expected: file.tensor('enc_t.loss'), actual: valuesOf(loss) },
      );
      return loss;
    });
    rows.push(...compareStates('factor encoder gradients', 'enc_t.grad.0', file.state('enc_t.grad.0'), gradients));
    rows.push(...compareStates('statistics', 'ie.enc_t', file.state('ie.enc_t'), encoder.variables.snapshot()));
  });
  return rows;
}

function forwardRows(group: string, prefix: string, file: GoldenFile, { logits, features }: ForwardResult): Compared[] {
  const map = features[FEATURE] as tf.Tensor4D;
  return [
    { group, tensor: `${prefix}.logits`, expected: file.tensor(`${prefix}.logits`), actual: valuesOf(logits) },
    { group, tensor: `${prefix}.feature`, expected: file.map(`${prefix}.feature`), actual: valuesOf(map) },
  ];
}
