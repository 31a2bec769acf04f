/** Whether labels are classes of their data set: looked at before training, where a wrong one is a wrong loss without a word. */
import { hasObjects } from '../../data/images/objectSource';
import type { Dataset, Labels } from '../../data/types';
import { refusePhrase } from '../../util/check';
import { count } from '../../util/text';

const PARTS = ['train', 'validation', 'test'] as const;

/**
 * @throws InputError naming `where`, the part and the image for a label that is no class, and where all training images have one label,
 * or labels are too narrow for the classes
 */
export function checkClasses(where: string, data: Dataset): void {
  const { length: classes } = data.classNames;
  if (classes < 2) throw refusePhrase(`${where}: classNames`, 'at least two classes', count(classes));
  if (hasObjects(data.train)) {
    throw refusePhrase(`${where}: train`, 'images with a label each', 'images with objects', 'the task detection learns these');
  }
  for (const part of PARTS) checkPart(`${where}: ${part}: labels`, data[part].labels, classes);
  const { labels } = data.train;
  const [first] = labels;
  if (labels.length < 2 || !labels.every((label) => label === first)) return;
  const received = `class ${first} ${count(labels.length)} times`;
  throw refusePhrase(`${where}: train: labels`, 'at least two classes', received, 'texts in an array of numbers become 0');
}

function checkPart(where: string, labels: Labels, classes: number): void {
  if (labels instanceof Uint8Array && classes > 256) {
    const expected = `a Uint16Array or Int32Array for ${count(classes)} classes`;
    throw refusePhrase(where, expected, 'a Uint8Array, which holds no label above 255');
  }
  const bad = labels.findIndex((label: number) => label < 0 || label >= classes);
  if (bad < 0) return;
  const fromOne = labels.every((label: number) => label >= 1 && label <= classes);
  const hint = fromOne ? 'labels count from 0: subtract 1 from each' : undefined;
  throw refusePhrase(where, `classes from 0 to ${classes - 1}`, `${labels[bad]} of image ${bad}`, hint);
}
