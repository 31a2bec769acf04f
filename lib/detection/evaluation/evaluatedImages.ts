/** What is given for images of an evaluation. */
import { integerIn, isObject, objectsIn, refuse, refusePhrase } from '../../util/check';
import type { EvaluatedImage } from '../detections';

const MOST_CLASSES = 1_000_000;

/** @throws InputError naming `where` and the image, for what is no such image, boxes that are not as many as their classes, and scores that are no numbers */
export function evaluatedImages(where: string, images: readonly EvaluatedImage[], classes: number): void {
  integerIn(`${where}: classes`, classes, 1, MOST_CLASSES);
  for (const [i, image] of objectsIn(where, 'images', images, ['objects', 'detections']).entries()) {
    for (const part of ['objects', 'detections'] as const) {
      const here = `${where}: number ${i + 1}: ${part}`;
      const given: Partial<EvaluatedImage['objects'] & EvaluatedImage['detections']> = image[part];
      if (!isObject(given) || !given.boxes || !given.classes) throw refuse(here, 'boxes and classes', given);
      if (given.boxes.length !== 4 * given.classes.length) {
        throw refusePhrase(here, `${4 * given.classes.length} numbers of ${given.classes.length} boxes`, `${given.boxes.length}`);
      }
      if (part === 'objects') continue;
      const bad = given.scores?.find((score) => !Number.isFinite(score));
      if (given.scores?.length !== given.classes.length || bad !== undefined) {
        throw refuse(`${here}: scores`, 'a finite number a box', bad ?? given.scores);
      }
    }
  }
}
