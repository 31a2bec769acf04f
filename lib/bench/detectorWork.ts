/** The detectors that are timed, each with the task that it is trained for. Twins of those in lib/bench/pytorch_ssd.py. */
import type { NetworkSpec } from '../models/types';
import { detection } from '../tasks/detection/detection';
import type { Task } from '../tasks/types';

interface Detector {
  readonly spec: NetworkSpec;
  readonly task: Task;
}

/** Of three classes, as BCCD has, on images of 160×160. @param depth 6n + 2 */
export const smallDetector = (depth: number): Detector => ({
  spec: { name: `ssd-resnet${depth}`, classes: 3, input: [160, 160, 3] },
  task: detection(),
});

/** Of twenty classes, as VOC has. @param depth of the backbone */
export const ssd300Detector = (depth: number): Detector => ({
  spec: { name: `ssd300-resnet${depth}`, classes: 20 },
  task: detection({ priors: 'ssd300' }),
});
