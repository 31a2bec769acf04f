/** Golden values of losses and of their gradients with respect to the first argument. */
import { tf } from '../engine/tf';
import { kd } from '../losses/kdLoss';
import { klDivergence } from '../losses/kl';
import { normalisedL1 } from '../losses/normalisedDistance';
import { refusePhrase } from '../util/check';
import type { Compared } from './goldenCompare';
import type { GoldenFile } from './goldenFile';
import { upload, valuesOf } from './goldenTensors';

type Loss = (first: tf.Tensor2D, second: tf.Tensor2D, labels: tf.Tensor1D) => tf.Scalar;

/** KD at every α and T of the file (`loss.kd_0.9_4`), the FT distance, and mutual learning's divergence. */
export function replayLosses(file: GoldenFile): Compared[] {
  const rows = kdNames(file).flatMap(({ name, alpha, temperature }) =>
    lossRows(file, name, ['eval.logits', 'teacher.logits'], (a, b, y) => kd(a, b, y, { alpha, temperature })),
  );
  return [
    ...rows,
    ...lossRows(file, 'loss.ft', ['loss.ft.p', 'loss.ft.q'], normalisedL1),
    ...lossRows(file, 'loss.mutual', ['eval.logits', 'teacher.logits'], (a, b) => klDivergence(a, b)),
  ];
}

function kdNames(file: GoldenFile): { name: string; alpha: number; temperature: number }[] {
  const found = file.names().flatMap((name) => {
    const [, alpha, temperature] = /^loss\.kd_(\d+(?:\.\d+)?)_(\d+(?:\.\d+)?)$/.exec(name) ?? [];
    return alpha && temperature ? [{ name, alpha: Number(alpha), temperature: Number(temperature) }] : [];
  });
  if (found.length === 0) throw refusePhrase('golden', 'a tensor "loss.kd_<alpha>_<temperature>"', 'none of that name');
  return found;
}

function lossRows(file: GoldenFile, name: string, [first, second]: readonly [string, string], loss: Loss): Compared[] {
  const rows: Compared[] = [];
  tf.tidy(() => {
    const labels = tf.tensor1d(file.batch(0).labels, 'int32');
    const other = upload<tf.Tensor2D>(file.tensor(second));
    const { value, grad } = tf.valueAndGrad((x) => loss(x as tf.Tensor2D, other, labels))(upload(file.tensor(first)));
    const gradient = `${name}.grad`;
    rows.push({ group: 'losses', tensor: name, expected: file.tensor(name), actual: valuesOf(value) });
    rows.push({ group: 'loss gradients', tensor: gradient, expected: file.tensor(gradient), actual: valuesOf(grad) });
  });
  return rows;
}
