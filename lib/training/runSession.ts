/** One process's share of a run: from where it stands to its end, or to where it is asked to stop. */
import { join } from 'node:path';
import type { Dataset } from '../data/types';
import { random } from '../util/rng';
import type { StopSignal } from '../util/stopSignal';
import { CHECKPOINT_FILE } from './checkpoint/checkpoint';
import type { TrainingEvent, TrainingListener } from './events';
import { type FallbackCounter, fitStage } from './fitStage';
import type { PlannedStage } from './planStages';
import type { RunSlot } from './roundRobin';
import type { RunState } from './runState';
import { stopwatch } from './throughput';
import type { CheckpointOptions } from './trainOptions';

export interface SessionOptions {
  readonly data: Dataset;
  readonly seed: number;
  readonly listeners: readonly TrainingListener[];
  readonly stop: StopSignal;
  readonly checkpoint: CheckpointOptions | undefined;
  readonly engine: FallbackCounter | undefined;
  readonly slot: RunSlot;
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean;
}

/** Trains to the end. @returns false when it was stopped before, with a checkpoint where a folder is given */
export async function runSession(run: RunState, options: SessionOptions): Promise<boolean> {
  const emit = (event: TrainingEvent): void => {
    if (event.kind === 'epoch') run.record(event);
    for (const listener of options.listeners) listener(event);
  };
  const saver = createSaver(run, options, emit);
  const pause = async (atBorder: boolean): Promise<boolean> => {
    await options.slot.next(run.left);
    // A run that is complete can no longer be stopped.
    const stopping = run.current !== undefined && options.stop.stopped;
    if (atBorder || stopping || saver.due()) saver.save();
    if (stopping) emit({ kind: 'stopped', ...place(run), reason: options.stop.reason ?? '', ...saver.target });
    return !stopping;
  };
  const resumed = options.resumed ? { resumed: run.point() } : {};
  emit({ kind: 'start', facts: run.description, primary: run.setup.task.primary.name, ...resumed });
  await options.slot.next(run.left);
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
  run: RunState,
  stage: PlannedStage,
  { data, seed, engine, slot }: SessionOptions,
  emit: TrainingListener,
  pause: Pause,
): Promise<boolean> {
  const { name, objective, training, stepsBefore } = stage;
  return fitStage(
    {
      stage: name,
      objective,
      optimizer: run.optimizer,
      data,
      task: run.setup.task,
      training,
      random: random(seed).child(`stage/${name}`),
      stepsBefore,
      now: slot.now,
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

function stageEvent(run: RunState, { name, training, stepsPerEpoch, objective }: PlannedStage): TrainingEvent {
  const point = run.point();
  return {
    kind: 'stage',
    stage: name,
    index: run.stage,
    stages: run.setup.stages.length,
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

function createSaver(run: RunState, { checkpoint, slot }: SessionOptions, emit: TrainingListener): Saver {
  if (!checkpoint) return { target: {}, due: () => false, save: () => undefined };
  const { folder, everySteps, everySeconds = everySteps === undefined ? 60 : Number.POSITIVE_INFINITY } = checkpoint;
  const path = join(folder, CHECKPOINT_FILE);
  const elapsed = stopwatch(slot.now);
  let seconds = 0;
  return {
    target: { path },
    due() {
      seconds += elapsed();
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
function place(run: RunState): { readonly stage: string; readonly step: number } {
  const { stage, step } = run.point();
  return { stage, step };
}
