/**
 * Targets of collaborative learning (Guo et al. 2020, section 3.2): one row of logits an image, made of those of all networks. Constants:
 * nothing flows back into who made them.
 */
import { detached } from '../../engine/detached';
import { tf } from '../../engine/tf';
import { refuse } from '../../util/check';
import { checkPaired, targetMask } from './pairedLogits';

/** A target of the logits [rows, classes] of networks, one at least, and the labels, int32 [rows]. */
export type CollaborativeTarget = (networks: readonly tf.Tensor2D[], labels: tf.Tensor1D) => tf.Tensor2D;

/** KDCL-Naive: of each image the logits of the network whose cross-entropy is the least, the first of equals. */
export const leastLossLogits: CollaborativeTarget = (networks, labels) => {
  const [first, ...others] = checked('leastLossLogits', networks);
  return constant(() => {
    const mask = targetMask(first, labels);
    const loss = (logits: tf.Tensor2D): tf.Tensor2D => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), mask), 1, true));
    const start = { logits: first, loss: loss(first) };
    return others.reduce((best, logits) => {
      const own = loss(logits);
      const better = tf.cast(tf.less(own, best.loss), 'float32'); // [rows, 1]
      const chosen = <T extends tf.Tensor>(a: T, b: T): T => tf.add<T>(tf.mul(a, better), tf.mul(b, tf.sub(1, better)));
      return { logits: chosen(logits, best.logits), loss: chosen(own, best.loss) };
    }, start).logits;
  });
};

/** KDCL-MinLogit: of each class the least logit over that of the image's own class; that of its own class is 0. */
export const leastLogits: CollaborativeTarget = (networks, labels) => {
  const [first] = checked('leastLogits', networks);
  return constant(() => {
    const mask = targetMask(first, labels);
    const relative = networks.map((logits) => tf.sub<tf.Tensor2D>(logits, tf.sum(tf.mul(logits, mask), 1, true)));
    return relative.reduce((least, logits) => tf.minimum(least, logits));
  });
};

const constant = (make: () => tf.Tensor2D): tf.Tensor2D => detached(() => tf.tidy(make));

function checked(where: string, networks: readonly tf.Tensor2D[]): readonly [tf.Tensor2D, ...tf.Tensor2D[]] {
  const [first, ...others] = networks;
  if (!first) throw refuse(where, 'logits of one network at least', 0);
  for (const other of others) checkPaired(where, { student: other, teacher: first });
  return [first, ...others];
}
