/** One sitting of a run: from where it stands to its end, or to where it is asked to stop. */
import { join } from 'node:path';
import type { Dataset } from '../data/types';
import { random } from '../util/rng';
import type { StopSignal } from '../util/stopSignal';
import { CHECKPOINT_FILE } from './checkpoint/checkpoint';
import type { TrainingEvent, TrainingListener } from './events';
import { type FallbackCounter, fit } from './fit';
import type { Turn } from './roundRobin';
import type { Run } from './runState';
import type { PlannedStage } from './stages';
import { stopwatch } from './throughput';
import type { CheckpointOptions } from './trainOptions';

export interface SessionOptions {
  readonly data: Dataset;
  readonly seed: number;
  readonly listeners: readonly TrainingListener[];
  readonly stop: StopSignal;
  readonly checkpoint: CheckpointOptions | undefined;
  readonly engine: FallbackCounter | undefined;
  readonly turn: Turn;
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean;
}

/** Trains to the end. @returns false when it was stopped before, with a checkpoint where a folder is given */
export async function runSession(run: Run, options: SessionOptions): Promise<boolean> {
  const emit = (event: TrainingEvent): void => {
    if (event.kind === 'epoch') run.record(event);
    for (const listener of options.listeners) listener(event);
  };
  const saver = createSaver(run, options, emit);
  const pause = async (atBorder: boolean): Promise<boolean> => {
    await options.turn.next(run.left);
    // A run that is complete can no longer be stopped.
    const stopping = run.current !== undefined && options.stop.stopped;
    if (atBorder || stopping || saver.due()) saver.save();
    if (stopping) emit({ kind: 'stopped', ...place(run), reason: options.stop.reason ?? '', ...saver.target });
    return !stopping;
  };
  const resumed = options.resumed ? { resumed: run.point() } : {};
  emit({ kind: 'start', facts: run.facts, ...resumed });
  await options.turn.next(run.left);
  for (let stage = run.current; stage; stage = run.current) {
    emit(stageEvent(run, stage));
    if (!(await runStage(run, stage, options, emit, pause))) return false;
    run.nextStage();
    if (!(await pause(true))) return false;
  }
  emit({ kind: 'done', seconds: run.seconds() });
  return true;
}

type Pause = (atBorder: boolean) => Promise<boolean>;

function runStage(
  run: Run,
  stage: PlannedStage,
  { data, seed, engine, turn }: SessionOptions,
  emit: TrainingListener,
  pause: Pause,
): Promise<boolean> {
  const { name, objective, training, stepsBefore } = stage;
  return fit(
    {
      stage: name,
      objective,
      optimizer: run.optimizer,
      data,
      training,
      random: random(seed).child(`stage/${name}`),
      stepsBefore,
      now: turn.now,
      engine,
      emit,
      pause: (progress) => {
        run.fit = progress;
        return pause(false);
      },
    },
    run.fit,
  );
}

function stageEvent(run: Run, { name, training, stepsPerEpoch, objective }: PlannedStage): TrainingEvent {
  const point = run.point();
  return {
    kind: 'stage',
    stage: name,
    index: run.stage,
    stages: run.plan.stages.length,
    epochs: training.epochs,
    stepsPerEpoch,
    parameters: objective.variables.parameterCount(),
    step: run.step,
    ...(point.done > 0 ? { resumed: point } : {}),
  };
}

interface Saver {
  /** The checkpoint's path, for events; nothing when none is written. */
  readonly target: { readonly path?: string };
  due(): boolean;
  save(): void;
}

function createSaver(run: Run, { checkpoint, turn }: SessionOptions, emit: TrainingListener): Saver {
  if (!checkpoint) return { target: {}, due: () => false, save: () => undefined };
  const { folder, everySteps, everySeconds = everySteps === undefined ? 60 : Number.POSITIVE_INFINITY } = checkpoint;
  const path = join(folder, CHECKPOINT_FILE);
  const lap = stopwatch(turn.now);
  let seconds = 0;
  return {
    target: { path },
    due() {
      seconds += lap();
      return seconds >= everySeconds || (everySteps !== undefined && run.step % everySteps === 0);
    },
    save() {
      run.save(path);
      seconds = 0;
      emit({ kind: 'checkpoint', ...place(run), path });
    },
  };
}

/** Stage and step, for events; after the last stage, that stage. */
function place(run: Run): { readonly stage: string; readonly step: number } {
  const { stage, step } = run.point();
  return { stage, step };
}
