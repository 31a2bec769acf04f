/** The stages of a run: those that fit the teacher's side, those that pretrain the student, then its own, each with its settings. */
import { stepsPerEpoch } from '../data/batches';
import type { Dataset } from '../data/types';
import type { Distillation, Stage } from '../methods/distillation';
import type { Network } from '../models/types';
import type { Objective, TrainingOptions } from '../optim/objective';
import { DEFAULT_OPTIMIZER } from '../optim/optimizers';
import { checkEnds } from '../optim/schedule';
import { imagesPerStep, type StageTraining, type TrainingSettings, trainingOptions } from '../optim/trainingOptions';
import { knownKeys, refuse } from '../util/check';
import { studentObjective } from './studentObjective';

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
  /** What it fits, where the result can be kept: the same of its `Stage`. */
  readonly fits?: Stage['fits'];
  /** It is of the teacher's side, and draws from the seed of that. */
  readonly ofTeacher: boolean;
}

/** Settings by the name of a stage, over those that the method gives it. */
export type StageSettings = Readonly<Record<string, StageTraining>>;

export interface PlanInput {
  /** Those that are trained: the student, then its peers. */
  readonly networks: readonly Network[];
  readonly teachers: readonly Network[];
  readonly distillation: Distillation;
  readonly data: Dataset;
  readonly training: TrainingSettings;
  readonly stages: StageSettings;
}

/** All stages in order. A stage's settings: the run's, overlaid by the method's for that stage, then by `stages[name]`. */
export function planStages({ networks, teachers, distillation, data, training, stages }: PlanInput): PlannedStage[] {
  const pretrainStages = (distillation.pretrainStages ?? []).map(({ name, training: own, ...stage }): Stage => {
    const { features, variables } = distillation;
    const { measured: _, ...objective } = studentObjective(
      networks.slice(0, 1),
      teachers,
      { features, variables, ...stage },
      data,
    );
    return { name, objective, training: own };
  });
  const own = studentObjective(networks, teachers, distillation, data);
  const studentStage: Stage = { name: STUDENT_STAGE, objective: own, training: {} };
  const all = [...distillation.teacherStages, ...pretrainStages, studentStage];
  const names = all.map((stage) => stage.name);
  if (new Set(names).size !== names.length) throw refuse('train', 'stages with distinct names', names);
  knownKeys('train: stages', stages, names);
  let stepsBefore = 0;
  return all.map(({ name, objective, training: own, fits }, i) => {
    const where = `train: stage "${name}"`;
    const given = stages[name] ?? {};
    checkOfStudent(`train: stages: ${name}`, name, given);
    const settings = trainingOptions(where, forStage(name, training, own), own, given);
    // The rate of the whole run may be longer than a stage before the student's; one that is given to the stage is meant for its epochs.
    const isOwn = (stages[name]?.learningRate ?? own.learningRate) !== undefined;
    if (isOwn) checkEnds(`${where}: learningRate`, settings.learningRate, settings.epochs);
    const steps = stepsPerEpoch(data.train.count, imagesPerStep(settings));
    const ofTeacher = i < distillation.teacherStages.length;
    const planned = {
      name,
      objective,
      training: settings,
      stepsPerEpoch: steps,
      stepsBefore,
      ofTeacher,
      ...(fits ? { fits } : {}),
    };
    stepsBefore += settings.epochs * steps;
    return planned;
  });
}

/**
 * The run's settings as a stage takes them. Only the student's stage averages weights and ends early. A rate that the method gives a
 * stage is meant for the default optimiser.
 */
function forStage(name: string, training: TrainingSettings, own: StageTraining): TrainingSettings {
  const { ema: _, stopEarly: __, ...others } = training;
  const settings = name === STUDENT_STAGE ? training : others;
  const { optimizer, ...withDefault } = settings;
  const isOther = own.learningRate !== undefined && optimizer !== undefined && optimizer.name !== DEFAULT_OPTIMIZER;
  return isOther ? withDefault : settings;
}

function checkOfStudent(where: string, name: string, given: StageTraining): void {
  const own = (['ema', 'stopEarly'] as const).find((setting) => given[setting] !== undefined);
  if (own !== undefined && name !== STUDENT_STAGE)
    throw refuse(`${where}: ${own}`, `none but in the stage "${STUDENT_STAGE}"`, given[own]);
}
