/** A stage of a run beside what is kept of the same one: taken before its first step, or kept after its last. */
import { InputError } from '../../util/check';
import { adjustedText } from '../byHand/adjustments';
import type { EpochEvent, TrainingListener } from '../events';
import { FIT_START } from '../fitStage';
import type { FittedKey, FittedStage, FittedStages } from '../fittedStages';
import type { PlannedStage } from '../planStages';
import type { RunState } from '../runState';

export interface KeptStageOptions {
  readonly fitted: { readonly stages: FittedStages; readonly keys: readonly (FittedKey | undefined)[] } | undefined;
}

export interface KeptStage {
  /** Takes what was fitted before; false where nothing is kept, the stage has begun, or the file is damaged: the event says so. */
  take(): boolean;
  /** Keeps what the stage has come to. A run does not end because there is no room for it: the event says so. */
  keep(): void;
}

/** Of the stage that a run is at. Does nothing for a stage that has no key. */
export function keptStage(run: RunState, stage: PlannedStage, { fitted }: KeptStageOptions, emit: TrainingListener): KeptStage {
  const key = fitted?.keys[run.stage];
  if (!fitted || !key) return { take: () => false, keep: () => undefined };
  const { name, objective, training, stepsBefore, stepsPerEpoch } = stage;
  const path = fitted.stages.path(key);
  // The run moves on to the next stage before what this one came to is kept.
  const begun = run.fit.epoch !== FIT_START.epoch || run.fit.done !== FIT_START.done;
  const tell = (reused: boolean, seconds: number, failed?: string): void => {
    const step = stepsBefore + (reused ? 0 : training.epochs * stepsPerEpoch);
    emit({ kind: 'fitted', stage: name, step, path, reused, epochs: training.epochs, seconds, ...(failed ? { failed } : {}) });
  };
  const ownEpochs = (): readonly EpochEvent[] => run.history.filter(({ stage: of }) => of === name);
  const find = (): FittedStage | undefined => {
    try {
      return fitted.stages.find(key);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tell(false, 0, `${error.message}; it is fitted anew, and the file replaced`);
      return undefined;
    }
  };
  return {
    take() {
      const kept = begun ? undefined : find();
      if (!kept) return false;
      objective.variables.load(kept.tensors, path);
      tell(true, secondsOf(kept.history));
      for (const epoch of kept.history) emit({ ...epoch, step: stepsBefore + epoch.epoch * stepsPerEpoch });
      return true;
    },
    keep() {
      const history = ownEpochs();
      const changes = run.adjusted.filter((change) => change.stage === name);
      if (changes.length > 0) return tell(false, secondsOf(history), `not kept for other runs: it has ${adjustedText(changes)}`);
      try {
        fitted.stages.keep(key, { tensors: objective.variables.snapshot(), history });
        tell(false, secondsOf(history));
      } catch (error) {
        tell(false, secondsOf(history), `not kept for other runs: ${(error as Error).message}`);
      }
    },
  };
}

const secondsOf = (history: readonly EpochEvent[]): number => history.reduce((sum, { seconds }) => sum + seconds, 0);
