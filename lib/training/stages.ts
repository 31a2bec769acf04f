/** The stages of a run: those that fit the teacher's side, those that pretrain the student, then its own, each with its settings. */
import { stepsPerEpoch } from '../data/batches';
import type { Dataset } from '../data/types';
import { detached } from '../engine/detached';
import { holdStatistics } from '../engine/fused/movingStatistics';
import { tf } from '../engine/tf';
import { Variables } from '../engine/variables';
import type { Distillation, Stage } from '../methods/distillation';
import type { ForwardOptions, ForwardResult, Network } from '../models/types';
import type { Objective, TrainingOptions } from '../optim/objective';
import { type TrainingSettings, trainingOptions } from '../optim/trainingOptions';
import { knownKeys, refuse } from '../util/check';
import { roleOf } from '../util/roles';

/** Name of the stage that trains the student. */
export const STUDENT_STAGE = 'student';

/** A stage with its settings resolved and its place in the run. */
export interface PlannedStage {
  readonly name: string;
  readonly objective: Objective;
  readonly training: TrainingOptions;
  readonly stepsPerEpoch: number;
  /** Steps of the run before it. */
  readonly stepsBefore: number;
}

/** Settings by the name of a stage, over those that the method gives it. */
export type StageSettings = Readonly<Record<string, Partial<TrainingOptions>>>;

export interface PlanInput {
  readonly student: Network;
  readonly peers?: readonly Network[];
  readonly teachers: readonly Network[];
  readonly distillation: Distillation;
  readonly data: Dataset;
  readonly training: TrainingSettings;
  readonly stages: StageSettings;
}

/** All stages in order. A stage's settings: the run's, overlaid by the method's for that stage, then by `stages[name]`. */
export function planStages({ student, peers, teachers, distillation, data, training, stages }: PlanInput): PlannedStage[] {
  const pretrainStages = (distillation.pretrainStages ?? []).map(({ name, training: own, ...stage }): Stage => {
    const { features, variables } = distillation;
    const { classifier: _, ...objective } = studentObjective(student, teachers, { features, variables, ...stage });
    return { name, objective, training: own };
  });
  const own = studentObjective(student, teachers, distillation, peers);
  const studentStage: Stage = { name: STUDENT_STAGE, objective: own, training: {} };
  const all = [...distillation.teacherStages, ...pretrainStages, studentStage];
  const names = all.map((stage) => stage.name);
  if (new Set(names).size !== names.length) throw refuse('train', 'stages with distinct names', names);
  knownKeys('train: stages', stages, names);
  let stepsBefore = 0;
  return all.map(({ name, objective, training: own }) => {
    const settings = trainingOptions(`train: stage "${name}"`, training, own, stages[name] ?? {});
    const steps = stepsPerEpoch(data.train.count, settings.batch);
    const planned = { name, objective, training: settings, stepsPerEpoch: steps, stepsBefore };
    stepsBefore += settings.epochs * steps;
    return planned;
  });
}

/** The part of a distillation that an objective is made from. */
type Trained = Pick<Distillation, 'features' | 'variables' | 'terms' | 'teacherMode' | 'rounds'>;

/**
 * What the student's stage minimises: the method's terms, round by round, over the student (`network/…`), its peers (`peer1/…`)
 * and the method's variables (`method/…`). Each network has one forward pass a round, and drops the same values in all rounds of a
 * step; the passes of those that do not learn in it are looked at only.
 */
export function studentObjective(
  student: Network,
  teachers: readonly Network[],
  distillation: Trained,
  peers: readonly Network[] = [],
): Objective {
  const { features, teacherMode = 'evaluation', rounds = [[0]] } = distillation;
  const variables = new Variables().include('network/', student.variables);
  for (const [i, peer] of peers.entries()) variables.include(`${roleOf(i + 1)}/`, peer.variables);
  const asTeacher: ForwardOptions = { training: teacherMode === 'training', features: features.teacher };
  return {
    variables: variables.include('method/', distillation.variables),
    classifier: student,
    ...(peers.length > 0 ? { peers } : {}),
    rounds: rounds.length,
    terms({ images, labels }, clock, random, round = 0) {
      const learners = rounds[round] ?? [];
      const pass = (network: Network, i: number, names: readonly string[] = []): ForwardResult => {
        // By role: layers of one name in two networks would drop the same values.
        const options: ForwardOptions = { training: true, features: names, random: random?.child(roleOf(i)) };
        return learners.includes(i) ? network.forward(images, options) : frozenForward(network, images, options);
      };
      return distillation.terms({
        student: pass(student, 0, features.student),
        peers: peers.map((peer, i) => pass(peer, i + 1, features.peers?.[i])),
        teachers: teachers.map((teacher, i) => {
          return frozenForward(teacher, images, { ...asTeacher, random: random?.child(`teacher${i + 1}`) });
        }),
        learners,
        labels,
        clock,
      });
    },
  };
}

/** Off the tape, nothing of the network is kept for a backward pass; in neither mode does it change. */
function frozenForward(network: Network, images: tf.Tensor4D, options: ForwardOptions): ForwardResult {
  return holdStatistics(() => detached(() => tf.tidy(() => ({ ...network.forward(images, options) }))));
}
