/** One process's share of a run: from where it stands to its end, or to where it is asked to stop. */
import { join } from 'node:path';
import type { Dataset } from '../data/types';
import { refusePhrase } from '../util/check';
import { random } from '../util/rng';
import type { StopSignal } from '../util/stopSignal';
import { type AdjustOptions, adjustments, type StageAdjustments } from './byHand/adjustments';
import type { PausableSlot } from './byHand/pausableSlot';
import { CHECKPOINT_FILE } from './checkpoint/checkpoint';
import { keptStage } from './checkpoint/keptStage';
import type { TrainingEvent, TrainingListener } from './events';
import { type FallbackCounter, fitStage } from './fitStage';
import type { FittedKey, FittedStages } from './fittedStages';
import { type PlannedStage, STUDENT_STAGE } from './planStages';
import { checkOwner } from './runOwner';
import type { RunState } from './runState';
import { stopwatch } from './throughput';
import type { CheckpointOptions } from './trainOptions';

/** An evaluation may take so long after a stop was requested; then it is left to whoever goes on. */
const HURRY_MS = 2000;
/** Of steps that take longer than this, a process that is to end within seconds could not save the last one. */
const LONG_STEP_SECONDS = 3;
/** Then so much of the time at most goes to checkpoints. */
const SAVING_SHARE = 0.1;

export interface SessionOptions {
  readonly data: Dataset;
  readonly seed: number;
  readonly fitSeed: number | undefined;
  /** Where fitted stages are kept, and the key of each stage, by its number. */
  readonly fitted: { readonly stages: FittedStages; readonly keys: readonly (FittedKey | undefined)[] } | undefined;
  readonly listeners: readonly TrainingListener[];
  readonly stop: StopSignal;
  readonly adjust: AdjustOptions;
  readonly checkpoint: CheckpointOptions | undefined;
  readonly engine: FallbackCounter | undefined;
  readonly slot: PausableSlot;
  /** Whether the run goes on from a checkpoint. */
  readonly resumed: boolean;
}

/** Trains to the end. @returns false when it was stopped before, with a checkpoint where a folder is given */
export async function runSession(run: RunState, options: SessionOptions): Promise<boolean> {
  const { checkpoint } = options;
  const emit = (event: TrainingEvent): void => {
    // Before a row is written: two processes would write it.
    if (checkpoint?.claim) checkOwner(checkpoint.folder, checkpoint.claim);
    if (event.kind === 'epoch') run.record(event);
    if (event.kind === 'adjusted') run.adjust(event);
    for (const listener of options.listeners) listener(event);
  };
  const saver = createSaver(run, options, emit);
  const hurries = hurryAfter(options.stop);
  const adjusting = adjustments(options.adjust, run.adjusted, emit);
  const { slot } = options;
  const pause = async (atBorder: boolean): Promise<boolean> => {
    await slot.next(run.left);
    if (slot.waits) await slot.goesOn();
    // A run that is complete can no longer be stopped.
    const stopping = run.current !== undefined && options.stop.stopped;
    if (atBorder || stopping || saver.due()) saver.save();
    if (stopping) emit({ kind: 'stopped', ...place(run), reason: options.stop.reason ?? '', ...saver.target });
    return !stopping;
  };
  const resumed = options.resumed ? { resumed: run.point() } : {};
  const { task, networks } = run.setup;
  const remarks = [...new Set(networks.flatMap((network) => task.remarks?.(network, options.data) ?? []))];
  emit({
    kind: 'start',
    facts: run.description,
    primary: task.primary.name,
    ...(remarks.length > 0 ? { remarks } : {}),
    ...resumed,
    ...(run.adjusted.length > 0 ? { adjusted: [...run.adjusted] } : {}),
    controls: slot.controls,
  });
  await slot.next(run.left);
  if (slot.waits) await slot.goesOn();
  for (let stage = run.current; stage; stage = run.current) {
    emit(stageEvent(run, stage));
    const kept = keptStage(run, stage, options, emit);
    const taken = kept.take();
    if (!taken && !(await runStage(run, stage, options, { emit, pause, hurries, adjust: adjusting(stage.name) }))) return false;
    run.nextStage();
    const goOn = await pause(true);
    // After the checkpoint: a run that is killed in between does not begin the stage anew, and take what it kept itself.
    if (!taken) kept.keep();
    if (!goOn) return false;
  }
  emit({ kind: 'done', seconds: run.seconds() });
  return true;
}

/** How a stage talks to its session. */
interface SessionCalls {
  readonly emit: TrainingListener;
  readonly pause: (atBorder: boolean) => Promise<boolean>;
  readonly hurries: () => boolean;
  readonly adjust: StageAdjustments | undefined;
}

/** Whether more than two seconds have passed since a stop was requested and this was first asked. */
function hurryAfter(stop: StopSignal): () => boolean {
  let seen: number | undefined;
  return () => {
    if (!stop.stopped) return false;
    seen ??= performance.now();
    return performance.now() - seen > HURRY_MS;
  };
}

function runStage(
  run: RunState,
  stage: PlannedStage,
  { data, seed, fitSeed = seed, engine, slot }: SessionOptions,
  { emit, pause, hurries, adjust }: SessionCalls,
): Promise<boolean> {
  const { name, objective, training, stepsBefore, ofTeacher } = stage;
  return fitStage(
    {
      stage: name,
      objective,
      optimizer: run.optimizer,
      data,
      task: run.setup.task,
      training,
      mixes: !ofTeacher,
      random: random(ofTeacher ? fitSeed : seed).child(`stage/${name}`),
      stepsBefore,
      now: slot.now,
      engine,
      emit,
      hurries,
      adjust,
      average: name === STUDENT_STAGE ? run.average : undefined,
      endsEarly: (evaluations) => run.endsEarly(evaluations),
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

function createSaver(run: RunState, { checkpoint, slot, resumed }: SessionOptions, emit: TrainingListener): Saver {
  if (!checkpoint) return { target: {}, due: () => false, save: () => undefined };
  const { folder, everySteps, everySeconds = everySteps === undefined ? 60 : Number.POSITIVE_INFINITY } = checkpoint;
  const path = join(folder, CHECKPOINT_FILE);
  const elapsed = stopwatch(slot.now);
  let seconds = 0;
  let saving = 0;
  let saved = resumed ? run.step : undefined;
  return {
    target: { path },
    due() {
      const step = elapsed();
      seconds += step;
      const limit = step > LONG_STEP_SECONDS ? Math.min(everySeconds, saving / SAVING_SHARE) : everySeconds;
      return seconds >= limit || (everySteps !== undefined && run.step % everySteps === 0);
    },
    save() {
      elapsed();
      try {
        run.save(path);
      } catch (error) {
        throw unsaved(path, error, saved);
      }
      saved = run.step;
      saving = elapsed();
      seconds = 0;
      emit({ kind: 'checkpoint', ...place(run), path });
    },
  };
}

/** What a full disk, say, does to a checkpoint: the one before it is still whole. */
function unsaved(path: string, error: unknown, saved: number | undefined): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  const left = saved === undefined ? 'nothing of the run is saved yet' : `the one after step ${saved} is still there`;
  const room = code === 'ENOSPC' || code === 'EDQUOT' ? 'make room on the disk' : 'see to the folder';
  const next = saved === undefined ? 'begin again' : 'go on with it';
  return refusePhrase(path, 'a checkpoint that can be written', code, `${left}: ${room}, then ${next}`);
}

/** Stage and step, for events; after the last stage, that stage. */
function place(run: RunState): { readonly stage: string; readonly step: number } {
  const { stage, step } = run.point();
  return { stage, step };
}
