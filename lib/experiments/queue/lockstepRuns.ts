/** Which runs can take turns in one process and gain by it: those that their teachers show the same of the same images, step by step. */
import { canonicalJson } from '../../util/hash';
import { planName, type RunPlan, teachersOf, withoutFolders } from '../runPlan';

/** Of `plans`, in their order, those that can be trained in lockstep with the first: none where it has no teacher. */
export function lockstepRuns(first: RunPlan, plans: readonly RunPlan[]): RunPlan[] {
  if (teachersOf(first).length === 0 && first.given === undefined) return [];
  const step = stepOf(first);
  return plans.filter((plan) => planName(plan) !== planName(first) && stepOf(plan) === step);
}

/** What must be the same for two runs to be trained in lockstep, as text. */
function stepOf(plan: RunPlan): string {
  const { dataset, given, training, precision, seed } = withoutFolders(plan);
  return canonicalJson([teachersOf(plan).map(planName), given, dataset, training, precision, seed]);
}
