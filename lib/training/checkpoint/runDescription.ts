/** What a run is: the header of its log, and what a checkpoint compares before it lets a run go on. */

import type { Dataset } from '../../data/types';
import type { Variables } from '../../engine/variables';
import type { Distillation } from '../../methods/distillation';
import type { Method } from '../../methods/method';
import type { Network } from '../../models/types';
import { trainingRecord } from '../../optim/trainingOptions';
import { taskEntry } from '../../tasks';
import type { Task } from '../../tasks/types';
import { refuse } from '../../util/check';
import { asBytes, canonicalJson, configHash, sha256 } from '../../util/hash';
import type { NetworkDescription, RunDescription } from '../events';
import type { PlannedStage } from '../planStages';
import { checkSame, isObject } from './checkSame';

export interface DescriptionInput {
  /** Those that are trained: the student, then its peers. */
  readonly networks: readonly Network[];
  readonly teachers: readonly Network[];
  readonly method: Method;
  readonly distillation: Distillation;
  readonly data: Dataset;
  readonly task: Task;
  readonly stages: readonly PlannedStage[];
  readonly seed: number;
  readonly fitSeed?: number | undefined;
}

/** Describes a run before its first step. */
export function runDescription(input: DescriptionInput): RunDescription {
  const { networks, teachers, method, distillation, data, task, stages, seed, fitSeed } = input;
  const [student, ...peers] = networks.map(networkDescription) as [NetworkDescription, ...NetworkDescription[]];
  const { features, pretrainStages = [], expected, weightScale = 1, sizeExponent = 0 } = distillation;
  const inTraining = [distillation, ...pretrainStages].some(({ teacherMode }) => teacherMode === 'training');
  return {
    student,
    ...(peers.length > 0 ? { peers } : {}),
    teachers: teachers.map((t) => ({ ...networkDescription(t), sha256: variablesHash(t.variables) })),
    method: { name: method.name, options: method.options },
    data: {
      name: data.name,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
      augmentation: data.augmentation,
      fingerprint: data.fingerprint,
    },
    ...taskEntry(task),
    stages: stages.map(({ name, objective, stepsPerEpoch, training }) => {
      return { name, parameters: objective.variables.parameterCount(), stepsPerEpoch, training: trainingRecord(training) };
    }),
    seed,
    ...(fitSeed === undefined ? {} : { fitSeed }),
    state: distillation.state(),
    ...(features.student.length > 0 ? { reads: features } : {}),
    ...(inTraining ? { teacherMode: 'training' } : {}),
    ...(expected ? { expected } : {}),
    ...(weightScale === 1 ? {} : { weightScale, sizeExponent }),
  };
}

/** Names the run: 12 hexadecimal digits over everything but the method's drawn state. */
export function descriptionHash(description: RunDescription): string {
  return configHash({ ...description, state: undefined });
}

/** SHA-256 over names and values, in order. */
export function variablesHash(variables: Variables): string {
  const parts = Object.entries(variables.snapshot()).flatMap(([name, { data }]) => [`${name}\n`, asBytes(data)]);
  return sha256(...parts);
}

/** Refuses to go on with a run that is not the one of the checkpoint, naming the first entry that differs. */
export function checkSameRun(where: string, stored: unknown, current: RunDescription): asserts stored is RunDescription {
  const plain = (facts: object): unknown => JSON.parse(canonicalJson({ ...facts, state: undefined, inputs: undefined }));
  if (!isObject(stored)) throw refuse(where, 'the facts of a run', stored);
  const hint = 'the checkpoint was made with the former: set it back, or train in another folder';
  checkSame(where, plain(stored), plain(current), hint);
}

function networkDescription({ name, spec, variables }: Network): NetworkDescription {
  return { name, spec, parameters: variables.parameterCount() };
}
