/** Whether a frozen teacher normalises by its stored statistics, or by each batch's own moments as it did in training. */
import { pick } from '../../util/check';
import type { TeacherMode } from '../matcher';

const MODES: Readonly<Record<TeacherMode, TeacherMode>> = { evaluation: 'evaluation', training: 'training' };

/** A checked name of a mode. */
export function teacherModeNamed(where: string, name: string): TeacherMode {
  return pick<TeacherMode>(where, MODES, name);
}
