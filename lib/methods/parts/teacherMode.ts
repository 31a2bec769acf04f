/** Whether a frozen teacher normalises by its stored statistics, or by each batch's own moments as it did in training. */
import { pick } from '../../util/check';

const MODES = { evaluation: 'evaluation', training: 'training' } as const;

/** In `training` mode batch norms use the batch's moments; stored statistics stay as they are in both. */
export type TeacherMode = keyof typeof MODES;

/** A checked name of a mode. */
export function teacherModeNamed(where: string, name: string): TeacherMode {
  return pick<TeacherMode>(where, MODES, name);
}
