/** The terms that a run would begin with: its own networks, teachers and first images, before the first step. */
import { readImages } from '../../data/images/imageSource';
import { hasObjects, readObjectsOf } from '../../data/images/objectSource';
import { start } from '../../engine/start';
import { buildMethod } from '../../methods';
import { taskNamed } from '../../tasks';
import { random } from '../../util/rng';
import { INITIAL_BATCH, type InitialTerm, initialTerms } from '../run/initialTerms';
import { buildInputs } from '../run/runInputs';
import { planRun, type RunPlan } from '../runPlan';
import type { RunStore } from './runStore';

/** On the first 64 training images, in training mode and the plan's precision; encoders are not fitted yet. @throws InputError where a teacher is not trained */
export async function planTerms(plan: RunPlan, store: RunStore): Promise<InitialTerm[]> {
  await start(plan.precision ? { precision: plan.precision } : {});
  const { data, student, peers, teachers } = await buildInputs(planRun(plan, store.weightsPath), {});
  const first = Uint32Array.from({ length: Math.min(INITIAL_BATCH, data.train.count) }, (_, i) => i);
  const networks = [student, ...peers, ...teachers];
  try {
    const { set: images, ...seen } = hasObjects(data.train)
      ? await readObjectsOf(data.train, first)
      : { set: await readImages(data.train, first) };
    const task = taskNamed(plan.task);
    const draws = random(plan.seed ?? 0).child('method');
    const distillation = buildMethod(plan.method).build({ student, teachers, peers, task, images: data.train, random: draws });
    try {
      return initialTerms({ distillation, student, teachers, peers, task, images, normalisation: data, ...seen });
    } finally {
      distillation.dispose();
    }
  } finally {
    for (const network of networks) network.dispose();
  }
}
