/** Who teaches a pair of networks: a run of the table, or in its place the file that a budget names. */
import { whileUnchanged } from '../../data/files/whileUnchanged';
import { planNetwork } from '../../models';
import type { NetworkSpec } from '../../models/types';
import { refuse } from '../../util/check';
import { canonicalJson } from '../../util/hash';
import { isOfLibrary } from '../../weights/fileFormats';
import { recogniseNetwork } from '../../weights/naming/recogniseNetwork';
import { readTensors } from '../../weights/readTensors';
import type { Budget } from '../budgets';
import type { ExperimentRow } from '../experiment';
import { givenTo } from '../givenTeacher';
import { readRunWeights } from '../run/runWeights';
import type { RunPlan } from '../runPlan';

/** A teacher as a row of its table shows it, and as its students' plans name it. */
export interface PairTeacher {
  readonly row: Pick<ExperimentRow, 'plan' | 'given'>;
  readonly entry: Pick<RunPlan, 'teacher' | 'given'>;
}

/** @param plan of the run that trains it where no file is given @throws InputError for a file of another network */
export function pairTeacher({ teachers = {} }: Budget, plan: RunPlan): PairTeacher {
  const { name } = plan.student;
  const file = Object.hasOwn(teachers, name) ? teachers[name] : undefined;
  if (file === undefined) return { row: { plan }, entry: { teacher: plan } };
  const given = { network: networkIn(file, plan.student), weights: file };
  return { row: { given: givenTo(plan, given) }, entry: { given: [given] } };
}

const known = whileUnchanged('a file of weights');

/** The network of a file, with whatever the table does not say of it: its classes and its normalisation. One that has not changed is not read again. */
function networkIn(path: string, expected: NetworkSpec): NetworkSpec {
  const text = known(`${path} ${canonicalJson(expected)}`, [path], () => JSON.stringify(readNetwork(path, expected)));
  return JSON.parse(text) as NetworkSpec;
}

/** Where a file of another program does not say its network, it is held against the table's, on the images that there are. */
function readNetwork(path: string, expected: NetworkSpec): NetworkSpec {
  const { notes, tensors } = readTensors(path);
  const spec = isOfLibrary(notes) ? readRunWeights(path).spec : recogniseNetwork(tensors)?.spec;
  if (!spec) return expected;
  const found = planNetwork(spec).spec;
  const wanted = planNetwork(expected).spec;
  const differs = Object.keys(expected).find((key) => canonicalJson(found[key]) !== canonicalJson(wanted[key]));
  if (differs === undefined) return found;
  throw refuse(`${path}: network: ${differs}`, `${JSON.stringify(wanted[differs])}, as the table’s teacher has`, found[differs]);
}
