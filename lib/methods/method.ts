/** A method: a way to train a student, which given networks becomes a distillation. */
import type { Network, NetworkSpec } from '../models/types';
import type { Task } from '../tasks/types';
import type { Random } from '../util/rng';
import type { Distillation } from './distillation';
import type { Matcher, TeacherSide, TrainingImages } from './matcher';

/** A teacher side with the names of the maps that it was made for. */
export interface CachedTeacherSide {
  readonly names: readonly string[];
  readonly side: TeacherSide;
}

/** What a method is bound to. */
export interface MethodContext {
  readonly student: Network;
  /** Frozen. Empty for methods that need none. */
  readonly teachers: readonly Network[];
  /** Networks that learn beside the student; absent: none. */
  readonly peers?: readonly Network[];
  readonly random: Random;
  /** Of the initial values of what is fitted to a frozen teacher; absent: `random`. */
  readonly fitRandom?: Random;
  /** How many images it is trained on, with their classes; absent: nobody knows, and methods that need it refuse. */
  readonly images?: TrainingImages | undefined;
  /** What the student is trained for; absent: the default task. */
  readonly task?: Task;
  /** Teacher sides by their network: looked up before one is made, and kept then; absent: each distillation has its own. */
  readonly teacherSides?: Map<Network, CachedTeacherSide>;
}

/** A way to train a student. */
export interface Method {
  /** `supervised`, `ft`, `ie-ft`. */
  readonly name: string;
  /** JSON-ready; part of the run's configuration hash. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly teachers: number;
  /** It uses its teachers' logits or classifier, whose classes must then be the student's; absent: their features alone, or it has none. */
  readonly teacherLogits?: true;
  /** Its teacher is an earlier network of the student's own kind; absent: any will do. */
  readonly ownKind?: true;
  /**
   * The network that it trains where a student is asked for: with layers that depend on its teachers; absent: the student as it is.
   * @param spec with classes and input @throws InputError for teachers that it does not fit
   */
  student?(spec: NetworkSpec, teachers: readonly Network[]): NetworkSpec;
  /** It trains peers beside the student, one or more; absent: none. */
  readonly peers?: true;
  /** It splits the student into branches that inherit and explore; absent: it does not. */
  readonly splits?: true;
  /** What it was made of, for the name of mutual learning over it: what stands before `dml`, and the matcher, an option there. */
  readonly madeOf?: { readonly prefix: string; readonly matcher?: Matcher };
  /** Builds the method for these networks. @throws InputError for networks that it cannot compare */
  build(context: MethodContext): Distillation;
}
