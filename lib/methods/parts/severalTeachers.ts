/** A method of one teacher, summed over several of them: each has its own sides and terms, and one student has one split. */
import { Variables } from '../../engine/variables';
import { refuse } from '../../util/check';
import type { ComparedPart, Distillation, DistillationStep, ForwardPair, Method, MethodContext, Stage } from '../types';

/** Binds `build` to each teacher; the only one of one teacher stays as it is. Terms are numbered: `inheritance.1`, … */
export function overTeachers(name: string, count: number, context: MethodContext, build: Method['build']): Distillation {
  const { teachers, random } = context;
  if (count === 1) return build(context);
  if (teachers.length !== count) throw refuse(name, `${count} teachers`, teachers.length);
  const all: Distillation[] = [];
  try {
    for (const [i, teacher] of teachers.entries()) {
      const one = build({ ...context, teachers: [teacher], random: random.child(`teacher${i + 1}`) });
      all.push(one);
      one.restore((all[0] as Distillation).state);
    }
  } catch (error) {
    for (const one of all) one.dispose();
    throw error;
  }
  return sum(all);
}

function sum(all: readonly Distillation[]): Distillation {
  const first = all[0] as Distillation;
  const pair = <T extends ForwardPair>(step: T, i: number): T => ({ ...step, teachers: step.teachers.slice(i, i + 1) });
  const terms = (step: DistillationStep): ReturnType<Distillation['terms']> =>
    all.flatMap((one, i) => {
      const [task, ...own] = one.terms(pair(step, i));
      const numbered = own.map((term) => ({ ...term, name: `${term.name}.${i + 1}` }));
      return i === 0 && task ? [task, ...numbered] : numbered;
    });
  return {
    reads: first.reads,
    fits: all.flatMap((one, i) => one.fits.map((fit): Stage => ({ ...fit, name: `${fit.name} ${i + 1}` }))),
    variables: all.reduce((v, one, i) => v.include(`${i + 1}.`, one.variables), new Variables()),
    get state() {
      return first.state;
    },
    restore(state) {
      for (const one of all) one.restore(state);
    },
    ...(first.expected ? { expected: first.expected } : {}),
    terms,
    compare: (step, training) =>
      all.flatMap((one, i): ComparedPart[] =>
        one.compare(pair(step, i), training).map((part) => ({ ...part, part: `${part.part}.${i + 1}` })),
      ),
    dispose() {
      for (const one of all) one.dispose();
    },
  };
}
