/**
 * What is said of a run's networks before the first step: what of a student its weights do not have, and how good teachers are by
 * themselves, since who finds nothing teaches nothing.
 */
import type { RunOptions } from '../../experiments/run/runExperiment';
import { metricText, taskNamed } from '../../tasks';
import { InputError } from '../../util/check';
import { shownPath } from './output';
import { manner } from './terminal';
import type { ProgressView } from './terminalProgress';

export function inputNotes(view: ProgressView): NonNullable<RunOptions['onInputs']> {
  const scores = teacherScores(view);
  return async (inputs, run) => {
    if (inputs.drawn.length > 0 && !manner().quiet) view.line(drawnText(run.config.from ?? '', inputs.drawn));
    await scores(inputs, run);
  };
}

/** A last layer of other classes above all. */
function drawnText(from: string, drawn: readonly string[]): string {
  const names = drawn.length > 4 ? [...drawn.slice(0, 3), `${drawn.length - 3} more`] : drawn;
  return `Begins with ${shownPath(from)}; drawn anew, since it has no such values of these shapes: ${names.join(', ')}.`;
}

/** Measures each teacher on the test part, where it does the task itself: one whose maps alone are compared may have another head. */
function teacherScores(view: ProgressView): NonNullable<RunOptions['onInputs']> {
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
