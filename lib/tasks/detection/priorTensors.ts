/** Targets of a batch at the priors of its images' size. */

import type { Batch } from '../../data/types';
import { boxCount, selectBoxes } from '../../detection/boxes';
import type { Objects } from '../../detection/detections';
import { priorsFor } from '../../detection/priors/priorChoice';
import { priorBoxes } from '../../detection/priors/priors';
import { type PriorTable, priorTable, priorTargets } from '../../detection/priorTargets';
import { tf } from '../../engine/tf';
import { refusePhrase } from '../../util/check';
import type { DetectionOptions } from './detectionOptions';

/** The priors of images of a size, made once. */
export function priorTables({ priors }: Required<DetectionOptions>): (height: number, width: number) => PriorTable {
  const tables = new Map<string, PriorTable>();
  return (height, width) => {
    const key = `${height}×${width}`;
    const table = tables.get(key) ?? priorTable(priorBoxes(priorsFor('detection', priors, height, width)));
    tables.set(key, table);
    return table;
  };
}

/** Labels int32 [batch, priors] and offsets [batch, priors, 4]. @throws InputError for images that have no objects with them */
export function priorTensors(batch: Batch, priors: PriorTable, options: Required<DetectionOptions>): [tf.Tensor2D, tf.Tensor3D] {
  const count = boxCount(priors.centres);
  const labels = new Int32Array(batch.size * count);
  const offsets = new Float32Array(batch.size * count * 4);
  for (const [i, objects] of objectsOf('detection', batch).entries()) {
    const { boxes, classes } = learned(objects, options.difficult);
    const targets = priorTargets(boxes, classes, priors, { threshold: options.overlap });
    labels.set(targets.labels, i * count);
    offsets.set(targets.offsets, i * count * 4);
  }
  return [tf.tensor2d(labels, [batch.size, count], 'int32'), tf.tensor3d(offsets, [batch.size, count, 4])];
}

/** The objects of each image. @param where named in errors */
export function objectsOf(where: string, { objects }: Batch): readonly Objects[] {
  if (!objects) throw refusePhrase(where, 'images with objects', 'images with labels', 'detectionDataset makes them');
  return objects;
}

/** Crowds are not learned: their box is none of an object. */
function learned({ boxes, classes, difficult, crowd }: Objects, difficultToo: boolean): Pick<Objects, 'boxes' | 'classes'> {
  const kept = [...classes.keys()].filter((i) => crowd?.[i] !== 1 && (difficultToo || difficult?.[i] !== 1));
  return { boxes: selectBoxes(boxes, kept), classes: Int32Array.from(kept, (i) => classes[i] as number) };
}
