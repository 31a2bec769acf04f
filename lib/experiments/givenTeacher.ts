/**
 * A teacher that is a file, on the images that its students learn: nobody here trained it, so that all that is known of it is the network,
 * its weights and how good it is there, which is measured once. Contents name it, not places.
 */
import { datasetLabel } from '../data/datasetNames';
import { taskEntry, taskNamed } from '../tasks';
import { configHash } from '../util/hash';
import type { TeacherConfig } from './run/config';
import { datasetByContents } from './run/datasetPlace';
import { byContents, type RunPlan } from './runPlan';

/** A file and what it is measured on. */
export interface GivenTeacher extends TeacherConfig, Pick<RunPlan, 'dataset' | 'task' | 'precision'> {}

/** A file as the teacher of a plan. */
export function givenTo({ dataset, task, precision }: RunPlan, { network, weights }: TeacherConfig): GivenTeacher {
  return { network, weights, dataset, ...(task ? { task } : {}), ...(precision ? { precision } : {}) };
}

/** The teachers of a plan that are files. */
export const givenTeachers = (plan: RunPlan): readonly GivenTeacher[] => (plan.given ?? []).map((one) => givenTo(plan, one));

/** Without the places of its file and data: what a result says of it. */
export function givenByContents({ dataset, task, precision, ...teacher }: GivenTeacher): GivenTeacher {
  return {
    ...byContents(teacher),
    dataset: datasetByContents(dataset),
    ...(task ? taskEntry(taskNamed(task)) : {}),
    ...(precision ? { precision } : {}),
  };
}

/** `<data set>-<network>-given-<hash>` */
export function givenName(teacher: GivenTeacher): string {
  return `${datasetLabel(teacher.dataset.name)}-${teacher.network.name}-given-${configHash(givenByContents(teacher))}`;
}
