/** The memory of contrastive distillation (Tian et al. 2020): both networks' embeddings of every training image, and Z of either side. */
import { detached, stopGradient } from '../../../engine/detached';
import { statisticsHeld } from '../../../engine/fused/movingStatistics';
import { normalizeRows } from '../../../engine/fused/normalizeRows';
import { tf } from '../../../engine/tf';
import type { Variables } from '../../../engine/variables';
import { type Candidates, noiseContrast, scoreNormaliser } from '../../../losses/relations/noiseContrast';
import { constant, uniform } from '../../../models/layers/initial';
import type { VariablePlan } from '../../../models/layers/variablePlan';
import { imageRows, replaceRows } from '../../parts/imageRows';

/** What of a memory is chosen. */
export interface MemoryOptions {
  /** T, above 0. */
  readonly temperature: number;
  /** The share of an embedding that stays when a new one comes, in [0, 1). */
  readonly momentum: number;
}

/** The networks whose embeddings it holds. */
const SIDES = ['student', 'teacher'] as const;

/** Embeddings of both, [batch, dimensions], rows of length 1. */
export type Embeddings = Readonly<Record<(typeof SIDES)[number], tf.Tensor2D>>;

/** Moved by batches, not trained, so that checkpoints hold them: a bank [images, dimensions] and Z, 0 before the first batch, of each side. */
export function memoryPlan(images: number, dimensions: number): VariablePlan[] {
  return SIDES.flatMap((side) => [
    { name: `${side}.bank`, shape: [images, dimensions], trainable: false, initial: uniform(Math.sqrt(3 / dimensions)) },
    { name: `${side}.normaliser`, shape: [1], trainable: false, initial: constant(0) },
  ]);
}

/** The student's embeddings against the teacher's bank, and the teacher's against the student's; then both banks are moved. */
export function contrast(
  embeddings: Embeddings,
  variables: Variables,
  candidates: Candidates,
  { temperature, momentum }: MemoryOptions,
): readonly [student: tf.Scalar, teacher: tf.Scalar] {
  const [student, teacher] = SIDES.map((side, i) => {
    const bank = imageBank(variables, SIDES[1 - i] as (typeof SIDES)[number]);
    const normaliser = normaliserOf(variables.get(`${side}.normaliser`), () =>
      detached(() => scoreNormaliser(embeddings[side], bank, candidates, temperature)),
    );
    return noiseContrast(embeddings[side], bank, candidates, { temperature, normaliser });
  }) as [tf.Scalar, tf.Scalar];
  for (const side of SIDES) moveBank(variables.get(`${side}.bank`), candidates.own, embeddings[side], momentum);
  return [student, teacher];
}

/** A bank as it is by now: what moves it later is not seen by a backward pass. */
const imageBank = (variables: Variables, side: string): tf.Tensor2D =>
  stopGradient(variables.get(`${side}.bank`) as tf.Tensor) as tf.Tensor2D;

/** Z, which is estimated once; where statistics are held it is not kept. */
function normaliserOf(stored: tf.Variable, estimate: () => number): number {
  const [value = 0] = stored.dataSync();
  if (value > 0) return value;
  const found = Math.fround(estimate());
  if (!statisticsHeld()) tf.tidy(() => stored.assign(tf.tensor1d([found])));
  return found;
}

/** bank ← momentum · bank + (1 − momentum) · embedding, of length 1, in the rows of these images. */
function moveBank(bank: tf.Variable, numbers: Int32Array, rows: tf.Tensor2D, momentum: number): void {
  detached(() =>
    tf.tidy(() => {
      const moved = tf.add<tf.Tensor2D>(tf.mul(imageRows(bank, numbers), momentum), tf.mul(rows, 1 - momentum));
      replaceRows(bank, numbers, normalizeRows(moved));
    }),
  );
}
