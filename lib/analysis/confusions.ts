/** The confusion matrix: which classes a network takes for which others, and how many images of each. */
import { objectIn, refuse } from '../util/check';
import type { Predictions } from './predictions';

/**
 * The confusion matrix C, [classes, classes]: `C[i][j]` images of class i are predicted as class j. The diagonal is what is right; a row has the
 * sum of its class's images, so that `C[i][i] / Σⱼ C[i][j]` is the class's recall.
 * @throws InputError for what are no predictions, and labels that the network has no class for
 * @example
 * ```ts
 * import { buildNetwork, confusions, heatMap, loadDataset, predictions, random, showFigure, start } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('cifar10', { train: 100, test: 100 });
 * const values = confusions(predictions(buildNetwork({ name: 'resnet8' }, random(0)), data.test, data));
 * const [rows, columns] = [data.classNames, data.classNames];
 * await showFigure(heatMap({ values, rows, columns, x: 'predicted', y: 'true', label: 'images', digits: 0 }));
 * ```
 */
export function confusions(given: Predictions): number[][] {
  const { classes, labels, predicted } = objectIn('confusions', 'predictions', given, ['classes', 'labels', 'predicted']);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    const row = counts[label];
    if (!row) throw refuse(`confusions: label of image ${i}`, `a class below ${classes}`, label);
    const answer = predicted[i] as number;
    row[answer] = (row[answer] as number) + 1;
  });
  return counts;
}
