/** What `reproduce` tells, as lines on a terminal, with the progress of each training. */

import type { ReproduceEvent, ReproduceOptions } from '../../experiments/queue/reproduce';
import { listOf } from '../../experiments/run/config';
import { planName, type RunPlan } from '../../experiments/runPlan';
import { metricText, taskNamed } from '../../tasks';
import type { Evaluation } from '../../training/evaluation';
import type { LockHolder } from '../../util/lockFile.cjs';
import { duration } from '../../util/text';
import type { ProgressView } from './terminalProgress';
import { trainingProgress } from './trainingProgress';

/** Listeners that show in a view. @param several whether runs take turns: each line then begins with the name of its run */
export function reproduceProgress(view: ProgressView, several = false): Required<Pick<ReproduceOptions, 'listen' | 'onEvent'>> {
  return {
    listen: (plan) => trainingProgress(view, several ? planName(plan) : ''),
    onEvent: (event) => view.line(eventLine(event)),
  };
}

/** `resnet20 by ie-ft from resnet56, seed 1` */
export function runText({ student, method, peers = [], teacher, given = [], seed = 0 }: RunPlan): string {
  const teachers = [...listOf(teacher).map((one) => one.student), ...given.map(({ network }) => network)];
  const from = teachers.map(({ name }) => ` from ${name}`);
  const beside = peers.map(({ name }) => ` with ${name}`);
  return `${student.name} by ${method.name}${[...from, ...beside].join('')}, seed ${seed}`;
}

function eventLine(event: ReproduceEvent): string {
  const what = runText(event.plan);
  switch (event.kind) {
    case 'begin':
      return `\n${what} (${event.left} left)`;
    case 'measured':
      return `teacher ${event.score.given.network.name}, given: ${scoreText([event.score.evaluation], event.plan)}`;
    case 'waiting':
      return `waiting for ${what}, which ${event.holder ? holderText(event.holder) : 'another process'} is training`;
    case 'failed':
      return `failed: ${what}: ${event.error.message}`;
    case 'done':
      return `done: ${what}: ${scoreText(event.record.last?.evaluations, event.plan)} in ${duration(event.record.seconds)}`;
  }
}

const holderText = ({ pid, host, since }: LockHolder): string => `process ${pid} on ${host}, since ${since},`;

function scoreText(evaluations: readonly Evaluation[] = [], { task }: RunPlan): string {
  const { name } = taskNamed(task).primary;
  return evaluations.map(({ split, metrics }) => `${split} ${metricText(name, metrics[name])}`).join(', ');
}
