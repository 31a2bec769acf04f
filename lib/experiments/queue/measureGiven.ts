/**
 * Measures teachers that are files, each once, before anybody learns from them: on the test images of their students, in their precision.
 * One of other classes, or of another network, is refused before hours of training are lost.
 */
import { start } from '../../engine/start';
import { taskNamed } from '../../tasks';
import { evaluateUnless } from '../../training/evaluate';
import type { StopSignal } from '../../util/stopSignal';
import { type GivenTeacher, givenName, givenTeachers } from '../givenTeacher';
import { type DataOptions, OWN_INPUTS } from '../run/inputSource';
import { teacherOn } from '../run/runInputs';
import { provenance } from '../run/runProvenance';
import type { RunPlan } from '../runPlan';
import { type GivenScore, givenScore } from '../store/givenScore';
import type { RunStore } from '../store/runStore';

/** A teacher that was measured, for the first plan that it is to teach. */
export interface MeasuredTeacher {
  readonly kind: 'measured';
  readonly plan: RunPlan;
  readonly score: GivenScore;
}

/** How data sets are found, and what ends it: between two batches. */
export interface MeasureOptions extends DataOptions {
  readonly stop: StopSignal;
}

/** Measures those that the store has no score of. @throws InputError for a file that is not the network that it is to be, or of other classes */
export async function measureGiven(
  plans: readonly RunPlan[],
  store: RunStore,
  options: MeasureOptions,
  onEvent: (event: MeasuredTeacher) => void,
): Promise<void> {
  const done = new Set<string>();
  for (const plan of plans) {
    for (const teacher of givenTeachers(plan)) {
      const name = givenName(teacher);
      if (options.stop.stopped || done.has(name)) continue;
      done.add(name);
      const score = store.findScore(teacher) ? undefined : await measured(teacher, options);
      if (!score) continue;
      store.saveScore(score);
      onEvent({ kind: 'measured', plan, score });
    }
  }
}

/** Undefined where it was stopped. */
async function measured(teacher: GivenTeacher, options: MeasureOptions): Promise<GivenScore | undefined> {
  const { dataset, precision, weights } = teacher;
  const engine = await start(precision ? { precision } : {});
  const data = await OWN_INPUTS.dataset(dataset, options);
  const task = taskNamed(teacher.task);
  const network = teacherOn(data, teacher, teacher);
  try {
    task.checkData(`${weights}: ${network.name}`, network, data);
    const evaluation = await evaluateUnless(() => options.stop.stopped, network, data, 'test', { task });
    return evaluation && givenScore(teacher, evaluation, provenance(engine));
  } finally {
    network.dispose();
  }
}
