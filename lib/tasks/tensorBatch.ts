/** A batch of a data set on the engine, with the targets that a task makes of it. */
import { imageTensor } from '../data/images/batchTensors';
import type { Batch } from '../data/types';
import { tf } from '../engine/tf';
import type { TensorBatch } from '../optim/objective';
import type { Task } from './types';

/** Uploads a batch; `disposeBatch` frees it. The images' own array must not be written while the tensors live. */
export function tensorBatch(task: Pick<Task, 'targets'>, batch: Batch): TensorBatch {
  const { numbers } = batch;
  return { images: imageTensor(batch), targets: task.targets(batch), ...(numbers ? { numbers: () => numbers } : {}) };
}

export function disposeBatch({ images, targets }: TensorBatch): void {
  tf.dispose([images, ...targets]);
}
