/** What trains the student, its peers and the method's variables: the method's terms, made of one forward pass of each network. */
import { detached } from '../engine/detached';
import { holdStatistics } from '../engine/fused/movingStatistics';
import { tf } from '../engine/tf';
import { Variables } from '../engine/variables';
import type { Distillation } from '../methods/distillation';
import { renormalised } from '../models/inputNormalisation';
import type { ForwardOptions, ForwardResult, InputNormalisation, Network } from '../models/types';
import type { Objective } from '../optim/objective';
import { roleOf } from '../util/networkRoles';

/** The part of a distillation that an objective is made from. */
type Trained = Pick<Distillation, 'features' | 'variables' | 'terms' | 'teacherMode' | 'rounds'>;

/**
 * What the student's stage minimises: the method's terms, round by round, over the networks that are trained, the student
 * (`network/…`) and its peers (`peer1/…`), and the method's variables (`method/…`). Each network has one forward pass a round, and
 * drops the same values in all rounds of a step; nothing is differentiated through those that do not learn in it.
 * @param data what batches are normalised by, which networks of another normalisation renormalise; absent: they suit all networks
 */
export function studentObjective(
  networks: readonly Network[],
  teachers: readonly Network[],
  distillation: Trained,
  data?: InputNormalisation,
): Objective {
  const own = (network: Network): Network => (data ? renormalised(network, data) : network);
  const [trained, frozen] = [networks.map(own), teachers.map(own)];
  const { features, teacherMode = 'evaluation', rounds = [[0]] } = distillation;
  const variables = new Variables();
  for (const [i, network] of networks.entries()) variables.include(prefixOf(i), network.variables);
  const asTeacher: ForwardOptions = { training: teacherMode === 'training', features: features.teacher };
  return {
    variables: variables.include('method/', distillation.variables),
    measured: networks,
    rounds: rounds.length,
    terms({ images, targets, numbers }, clock, random, round = 0) {
      const learners = rounds[round] ?? [];
      const pass = (network: Network, i: number, own: readonly string[] = []): ForwardResult => {
        // By role: layers of one name in two networks would drop the same values.
        const options: ForwardOptions = { training: true, features: own, random: random?.child(roleOf(i)) };
        return learners.includes(i) ? network.forward(images, options) : frozenForward(network, images, options);
      };
      const names = [features.student, ...(features.peers ?? [])];
      const [student, ...peers] = trained.map((network, i) => pass(network, i, names[i])) as [ForwardResult, ...ForwardResult[]];
      return distillation.terms({
        student,
        peers,
        teachers: frozen.map((teacher, i) => {
          return frozenForward(teacher, images, { ...asTeacher, random: random?.child(`teacher${i + 1}`) });
        }),
        learners,
        targets,
        numbers,
        clock,
        random: random?.child('method'),
      });
    },
  };
}

const prefixOf = (index: number): string => (index === 0 ? 'network/' : `${roleOf(index)}/`);

/** Off the tape, nothing of the network is kept for a backward pass; in neither mode does it change. */
function frozenForward(network: Network, images: tf.Tensor4D, options: ForwardOptions): ForwardResult {
  return holdStatistics(() => detached(() => tf.tidy(() => ({ ...network.forward(images, options) }))));
}
