/** A method of one teacher, summed over several of them: each has its own sides and terms, and one student has one split. */
import { Variables } from '../../engine/variables';
import { refuse, refusePhrase } from '../../util/check';
import type { Random } from '../../util/rng';
import type { ComparedBranch, Distillation, DistillationStep, ForwardPair, Stage } from '../distillation';
import type { FeatureNames } from '../matcher';
import type { Method, MethodContext } from '../method';
import { splitTerms, taskOf } from './taskTerms';

/** Binds `build` to each teacher; the only one of one teacher stays as it is. Terms are numbered: `inheritance.1`, … */
export function overTeachers(name: string, count: number, context: MethodContext, build: Method['build']): Distillation {
  const { student, teachers, random, fitRandom = random } = context;
  taskOf(context).check(name, student);
  if (count === 1) return build(context);
  if (teachers.length !== count) throw refuse(name, `${count} teachers`, teachers.length);
  const all: Distillation[] = [];
  try {
    for (const [i, teacher] of teachers.entries()) {
      const [own, fitting] = [random, fitRandom].map((source) => source.child(`teacher${i + 1}`)) as [Random, Random];
      const one = build({ ...context, teachers: [teacher], random: own, fitRandom: fitting });
      all.push(one);
      checkReads(name, all[0] as Distillation, one);
      one.restore((all[0] as Distillation).state());
    }
  } catch (error) {
    for (const one of all) one.dispose();
    throw error;
  }
  return sum(all);
}

/** The trainer asks all teachers for maps of the same names. */
function checkReads(name: string, first: Distillation, { features }: Distillation): void {
  const pairs = ({ teacher, student }: FeatureNames): string => teacher.map((map, i) => `${map} with ${student[i]}`).join(', ');
  const [expected, received] = [pairs(first.features), pairs(features)];
  if (received === expected) return;
  throw refusePhrase(
    name,
    `teachers that are compared by the same maps, ${expected}`,
    received,
    'name maps that all of them have',
  );
}

function sum(all: readonly Distillation[]): Distillation {
  const first = all[0] as Distillation;
  const pair = <T extends ForwardPair>(step: T, i: number): T => ({ ...step, teachers: step.teachers.slice(i, i + 1) });
  const terms = (step: DistillationStep): ReturnType<Distillation['terms']> =>
    all.flatMap((one, i) => {
      const { task, own } = splitTerms(one.terms(pair(step, i)));
      const numbered = own.map((term) => ({ ...term, name: `${term.name}.${i + 1}` }));
      return i === 0 ? [...task, ...numbered] : numbered;
    });
  const { features, teacherMode } = first;
  return {
    features,
    ...(teacherMode ? { teacherMode } : {}),
    teacherStages: all.flatMap((one, i) => one.teacherStages.map((fit): Stage => ({ ...fit, name: `${fit.name} ${i + 1}` }))),
    variables: all.reduce((v, one, i) => v.include(`${i + 1}.`, one.variables), new Variables()),
    state() {
      return first.state();
    },
    restore(state) {
      for (const one of all) one.restore(state);
    },
    ...(first.expected ? { expected: first.expected } : {}),
    terms,
    compare: (step, training) =>
      all.flatMap((one, i): ComparedBranch[] =>
        one.compare(pair(step, i), training).map((one) => ({ ...one, branch: `${one.branch}.${i + 1}` })),
      ),
    dispose() {
      for (const one of all) one.dispose();
    },
  };
}
