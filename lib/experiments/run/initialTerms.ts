/**
 * The loss terms of a method before its first step, beside what theory says of them: log(classes) for the task of a network that
 * knows nothing, and where a matcher's distance starts for unrelated factors and what bounds it, where the matcher says so.
 */
import type { FactorSimilarityOptions } from '../../analysis/factorSimilarity';
import { batches } from '../../data/batches';
import type { Batch } from '../../data/types';
import { holdStatistics } from '../../engine/fused/movingStatistics';
import { tf } from '../../engine/tf';
import type { Distillation } from '../../methods/distillation';
import type { Objective } from '../../optim/objective';
import type { TermFacts } from '../../optim/pass';
import { weightAt } from '../../optim/weight';
import { DEFAULT_TASK } from '../../tasks';
import { tensorBatch } from '../../tasks/tensorBatch';
import type { Task } from '../../tasks/types';
import { STUDENT_STAGE } from '../../training/planStages';
import { studentObjective } from '../../training/studentObjective';
import { integerIn, knownKeys } from '../../util/check';

/** What `factorSimilarity` takes, but for the batch. */
export interface InitialTermsOptions extends Omit<FactorSimilarityOptions, 'batch'> {
  /** How many of the first images are looked at; default 64. */
  readonly batch?: number;
  /** What the networks are trained for; default classification. */
  readonly task?: Task;
  /** Of each image, in units of it, where the task learns objects. */
  readonly objects?: NonNullable<Batch['objects']>;
}

/** One term of one stage. */
export interface InitialTerm {
  readonly stage: string;
  readonly term: string;
  /** Negative where the term is pushed up. */
  readonly weight: number;
  /** Where it should start; absent where no theory says. */
  readonly expected?: number;
  /** What it cannot exceed, where that is known. */
  readonly bound?: number;
  readonly seen: number;
}

/** How many of the first images are looked at where nothing else is said. */
export const INITIAL_BATCH = 64;

const OPTIONS = ['distillation', 'student', 'teachers', 'peers', 'images', 'normalisation', 'batch', 'task', 'objects'];

/** The terms of every stage that trains the student, on one batch, training mode. Changes nothing and leaks no tensor. */
export function initialTerms(options: InitialTermsOptions): InitialTerm[] {
  knownKeys('initialTerms', options, OPTIONS);
  const { distillation, student, teachers, peers = [], images, normalisation, task = DEFAULT_TASK, objects } = options;
  const batch = integerIn('initialTerms: batch', options.batch ?? INITIAL_BATCH, 1);
  const [plain] = batches(images, { batch, normalisation });
  if (!plain) return [];
  const first: Batch = objects ? { ...plain, objects: objects.slice(0, plain.size) } : plain;
  const { features, variables, pretrainStages = [], expected: scale, rounds } = distillation;
  const stages = [...pretrainStages, { ...withTerms(distillation), name: STUDENT_STAGE }];
  return stages.flatMap(({ name: stage, terms, teacherMode }) => {
    const mode = teacherMode ? { teacherMode } : {};
    const trained = { features, variables, terms, ...mode, ...(rounds ? { rounds } : {}) };
    const objective = studentObjective([student, ...peers], teachers, trained, normalisation);
    return measured(objective, task, first).map(({ name, weight, role, expected, seen }) => {
      const known = role === 'task' ? { ...(expected === undefined ? {} : { expected }) } : landmarks(scale, name);
      return { stage, term: name, weight, ...known, seen };
    });
  });
}

type SeenTerm = TermFacts & { readonly seen: number };

function measured(objective: Objective, task: Task, batch: Batch): SeenTerm[] {
  let all: SeenTerm[] = [];
  holdStatistics(() =>
    tf.tidy(() => {
      const [tensors, clock] = [tensorBatch(task, batch), { step: 0, epoch: 0, epochs: Number.POSITIVE_INFINITY }];
      const rounds = Array.from({ length: objective.rounds ?? 1 }, (_, round) => round);
      const terms = rounds.flatMap((round) => objective.terms(tensors, clock, undefined, round));
      all = terms.map(({ value, weight, ...term }) => {
        return { ...term, weight: weightAt(weight, clock), seen: value.dataSync()[0] as number };
      });
    }),
  );
  return all;
}

function withTerms(distillation: Distillation): Pick<Distillation, 'terms' | 'teacherMode'> {
  const { teacherMode } = distillation;
  return { terms: (step) => distillation.terms(step), ...(teacherMode ? { teacherMode } : {}) };
}

/** Of the distance; `kl` and the terms that fit an encoder on line are not distances. */
function landmarks(scale: Distillation['expected'], term: string): Pick<InitialTerm, 'expected' | 'bound'> {
  if (!scale || /(^|[.])(kl|reconstruction)$/.test(term)) return {};
  return { ...(scale.unrelated === undefined ? {} : { expected: scale.unrelated }), bound: scale.bound };
}
