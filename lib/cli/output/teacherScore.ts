/** How good teachers are by themselves, said before anybody learns from them: who finds nothing teaches nothing. */
import type { RunOptions } from '../../experiments/run/runExperiment';
import { metricText, taskNamed } from '../../tasks';
import { InputError } from '../../util/check';
import { manner } from './terminal';
import type { ProgressView } from './terminalProgress';

/** Measures each teacher on the test part, where it does the task itself: one whose maps alone are compared may have another head. */
export function teacherScores(view: ProgressView): NonNullable<RunOptions['onInputs']> {
  return async ({ teachers, data }, { config }) => {
    const { evaluate } = await import('../../training/evaluate.js');
    const task = taskNamed(config.task);
    if (manner().quiet || data.test.count === 0) return;
    for (const teacher of teachers) {
      try {
        task.checkData('teacher', teacher, data);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        continue;
      }
      const { metrics } = await evaluate(teacher, data, 'test', { task });
      const { name } = task.primary;
      view.line(
        `Teacher ${teacher.name} by itself: test ${task.metrics[name]?.title ?? name} ${metricText(name, metrics[name])}.`,
      );
    }
  };
}
