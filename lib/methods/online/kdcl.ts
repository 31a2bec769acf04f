/**
 * Collaborative learning (Guo et al. 2020): networks that learn side by side, each from one target made of the logits of all.
 *   loss of network i = task + weight · T² · KL(softmax(z_t / T) ‖ softmax(z_i / T)), summed over classes, averaged over the batch
 * z_t by `target`: `min-logit`, the paper's KDCL-MinLogit, of each class the least logit over the label's; `naive`, of each image the logits of
 * the network with the least cross-entropy (KDCL-Naive). Its KDCL-Linear and KDCL-General, which solve for weights of the networks, are not
 * here. z_t is a constant, and all networks are updated at once, from one forward pass of each. Deviations: the paper gives each network its
 * own random distortions of an image, here all see the same one. weight = 1 and T = 2 are defaults ours.
 */
import { klDivergence } from '../../losses/kl';
import { type CollaborativeTarget, leastLogits, leastLossLogits } from '../../losses/logit/collaborativeTarget';
import type { ForwardResult } from '../../models/types';
import type { LossTerm } from '../../optim/objective';
import { checkSchedule, type Schedule } from '../../optim/schedule';
import { scheduledWeight } from '../../optim/weight';
import { knownKeys, pick, positive } from '../../util/check';
import { roleOf } from '../../util/networkRoles';
import type { Distillation, DistillationStep } from '../distillation';
import type { Method, MethodContext } from '../method';
import { noState } from '../parts/logitMethod';
import { bindPeers, peerFeatures, peerVariables } from '../parts/mutualPeers';
import { classRows, taskOf, taskTerms } from '../parts/taskTerms';
import { supervised } from '../supervised';

/** How the target is made of all networks' logits. */
export type KdclTarget = 'min-logit' | 'naive';

/** Options of `kdcl`. */
export interface KdclOptions {
  /** Default `min-logit`. */
  readonly target?: KdclTarget;
  /** Of the divergence over epochs, ≥ 0; default 1. */
  readonly weight?: Schedule;
  /** T, above 0; default 2. */
  readonly temperature?: number;
}

/** Names of the options of `kdcl`. */
export const KDCL_OPTIONS: readonly (keyof KdclOptions)[] = ['target', 'weight', 'temperature'];

const NAME = 'kdcl';

const TARGETS: Readonly<Record<KdclTarget, CollaborativeTarget>> = { 'min-logit': leastLogits, naive: leastLossLogits };

/**
 * Collaborative learning (Guo et al. 2020), one peer or more: the method `kdcl`.
 *   loss of network i = task + weight · T² · KL(target at T ‖ network i at T), the target made of the logits of all
 * @throws InputError for unknown options and values out of their range; when bound, without a peer, and for a task that tells no classes apart
 *
 * @example
 * ```ts
 * import { buildNetwork, kdcl, loadDataset, random, start, train } from 'iekd';
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 256, test: 64 });
 * const network = (name: string, seed: number) => buildNetwork({ name, input: [32, 32, 1] }, random(seed));
 * const networks = { student: network('resnet8', 1), peers: [network('resnet14', 2)] };
 * await train({ ...networks, method: kdcl({ target: 'naive' }), data, training: { epochs: 1 } });
 * ```
 */
export function kdcl(options: KdclOptions = {}): Method {
  knownKeys(NAME, options, KDCL_OPTIONS);
  const { target = 'min-logit' } = options;
  const settings = {
    make: pick<CollaborativeTarget>(`${NAME}: target`, TARGETS, target),
    weight: checkSchedule(`${NAME}: weight`, options.weight ?? 1),
    temperature: positive(`${NAME}: temperature`, options.temperature ?? 2),
  };
  const { weight, temperature } = settings;
  return {
    name: NAME,
    options: { target, weight, temperature },
    teachers: 0,
    peers: true,
    build: (context) => bind(settings, context),
  };
}

interface Settings extends Required<Omit<KdclOptions, 'target'>> {
  readonly make: CollaborativeTarget;
}

function bind({ make, weight, temperature }: Settings, context: MethodContext): Distillation {
  const task = taskOf(context);
  const rows = classRows(NAME, task);
  const all = bindPeers(NAME, supervised(), context);
  const own = (step: DistillationStep, student: ForwardResult, target: ReturnType<CollaborativeTarget>): LossTerm[] => {
    const { logits } = rows({ ...step, student });
    const value = klDivergence(logits, target, temperature);
    const divergence = {
      name: NAME,
      value,
      weight: scheduledWeight(weight, temperature ** 2),
      reduction: 'sum over classes, mean over batch',
    };
    return [...taskTerms(task, { ...step, student }), divergence];
  };
  return {
    features: peerFeatures(all),
    teacherStages: [],
    variables: peerVariables(all),
    ...noState(NAME),
    rounds: [all.map((_, i) => i)],
    terms(step) {
      const results = [step.student, ...(step.peers ?? [])];
      const seen = results.map((student) => rows({ ...step, student }));
      const target = make(
        seen.map(({ logits }) => logits),
        (seen[0] as (typeof seen)[number]).labels,
      );
      // The student's terms keep their names, a peer's become `peer1.task`.
      return results.flatMap((result, i) =>
        own(step, result, target).map((term) => (i === 0 ? term : { ...term, name: `${roleOf(i)}.${term.name}` })),
      );
    },
    compare: () => [],
    dispose() {
      for (const { bindings } of all) for (const { distillation } of bindings) distillation.dispose();
    },
  };
}
