/** Names of the files in a run's folder. */
import { weightsName } from '../../weights/networkFile';

export const RUN_FILES = {
  config: 'config.json',
  result: 'result.json',
  last: weightsName('student', 'last'),
  best: weightsName('student', 'best'),
} as const;
