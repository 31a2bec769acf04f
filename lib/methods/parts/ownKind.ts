/** A method whose teacher is an earlier network of the student's own kind. */
import { refusePhrase } from '../../util/check';
import { canonicalJson } from '../../util/hash';
import type { Method, MethodContext } from '../method';

/** The method, which refuses teachers of another description than the student's. */
export function ownKind(name: string, method: Method): Method {
  const build: Method['build'] = (context) => {
    checkCopy(name, context);
    return method.build(context);
  };
  return { ...method, ownKind: true, build };
}

function checkCopy(name: string, { student, teachers }: MethodContext): void {
  for (const teacher of teachers) {
    const [expected, received] = [canonicalJson(student.spec), canonicalJson(teacher.spec)];
    if (received === expected) continue;
    throw refusePhrase(name, `a teacher of the student's own kind, ${expected}`, received, 'kd takes any teacher');
  }
}
