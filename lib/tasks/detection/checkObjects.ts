/** Whether a data set has objects, of its own classes: looked at before training. */
import { hasObjects } from '../../data/images/objectSource';
import type { Dataset } from '../../data/types';
import { refusePhrase } from '../../util/check';

const PARTS = ['train', 'validation', 'test'] as const;

/** @throws InputError naming `where` and the part, for images without objects and for an object of no class, naming its image */
export function checkObjects(where: string, data: Dataset): void {
  const { length: classes } = data.classNames;
  for (const name of PARTS) {
    const part = data[name];
    if (part.count === 0) continue;
    if (!hasObjects(part))
      throw refusePhrase(`${where}: ${name}`, 'images with objects', 'images with labels', 'detectionDataset makes them');
    for (const [i, { classes: own }] of part.objects.entries()) {
      const bad = own.find((one) => !(one >= 0 && one < classes));
      if (bad !== undefined) throw refusePhrase(`${where}: ${name}: image ${i}`, `classes from 0 to ${classes - 1}`, `${bad}`);
    }
    if (part.objects.every(({ classes: own }) => own.length === 0))
      throw refusePhrase(`${where}: ${name}`, 'images with objects', 'no object');
  }
}
