/** What a run is: the header of its log, and what a checkpoint compares before it lets a run go on. */
import type { Dataset } from '../../data/types';
import type { Variables } from '../../engine/variables';
import type { Distillation } from '../../methods/distillation';
import type { Method } from '../../methods/method';
import type { Network } from '../../models/types';
import { refuse } from '../../util/check';
import { canonicalJson, configHash, sha256 } from '../../util/hash';
import type { NetworkFacts, RunFacts } from '../events';
import type { PlannedStage } from '../stages';
import { checkSame, isObject } from './difference';

export interface FactsInput {
  readonly student: Network;
  readonly peers?: readonly Network[];
  readonly teachers: readonly Network[];
  readonly method: Method;
  readonly distillation: Distillation;
  readonly data: Dataset;
  readonly stages: readonly PlannedStage[];
  readonly seed: number;
}

/** Gathers the facts of a run. */
export function runFacts(input: FactsInput): RunFacts {
  const { student, peers = [], teachers, method, distillation, data, stages, seed } = input;
  const { features, pretrainStages = [], expected } = distillation;
  const inTraining = [distillation, ...pretrainStages].some(({ teacherMode }) => teacherMode === 'training');
  return {
    student: networkFacts(student),
    ...(peers.length > 0 ? { peers: peers.map(networkFacts) } : {}),
    teachers: teachers.map((t) => ({ ...networkFacts(t), sha256: variablesHash(t.variables) })),
    method: { name: method.name, options: method.options },
    data: {
      name: data.name,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
      augmentation: data.augmentation,
      fingerprint: data.fingerprint,
    },
    stages: stages.map(({ name, objective, stepsPerEpoch, training }) => {
      return { name, parameters: objective.variables.parameterCount(), stepsPerEpoch, training };
    }),
    seed,
    state: distillation.state(),
    ...(features.student.length > 0 ? { reads: features } : {}),
    ...(inTraining ? { teacherMode: 'training' } : {}),
    ...(expected ? { expected } : {}),
  };
}

/** Names the run: 12 hexadecimal digits over everything but the method's drawn state. */
export function factsHash(facts: RunFacts): string {
  return configHash({ ...facts, state: undefined });
}

/** SHA-256 over names and values, in order. */
export function variablesHash(variables: Variables): string {
  const parts = Object.entries(variables.snapshot()).flatMap(([name, { data }]) => [
    `${name}\n`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  return sha256(...parts);
}

/** Refuses to go on with a run that is not the one of the checkpoint, naming the first fact that differs. */
export function checkSameRun(where: string, stored: unknown, current: RunFacts): asserts stored is RunFacts {
  const plain = (facts: object): unknown => JSON.parse(canonicalJson({ ...facts, state: undefined }));
  if (!isObject(stored)) throw refuse(where, 'the facts of a run', stored);
  const hint = 'the checkpoint was made with the former: set it back, or train in another folder';
  checkSame(where, plain(stored), plain(current), hint);
}

function networkFacts({ name, spec, variables }: Network): NetworkFacts {
  return { name, spec, parameters: variables.parameterCount() };
}
