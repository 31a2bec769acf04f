/** The paper's experiments by name, and the project's own: of forms of exploring, and of all methods. */
import { pick } from '../../util/check';
import type { Experiment } from '../experiment';
import { ablations } from './ablations';
import { cifar100 } from './cifar100';
import { everyMethod, moreMethods } from './everyMethod';
import { exploring } from './exploring';
import { figure1b } from './figure1b';
import { leaderboard } from './leaderboard';
import { table1 } from './table1';
import { table2 } from './table2';
import { table3 } from './table3';
import { table4 } from './table4';

/** The paper's experiments, in its order, then the project's own. */
export const EXPERIMENTS: readonly Experiment[] = [
  ...[table1, cifar100, table2, table3, table4],
  ...ablations,
  ...[exploring, figure1b, everyMethod, moreMethods, leaderboard],
];

/** An experiment by name. @throws InputError for another name, listing these */
export function experimentNamed(name: string): Experiment {
  return pick('experimentNamed', Object.fromEntries(EXPERIMENTS.map((one) => [one.name, one])), name);
}
