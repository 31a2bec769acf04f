/** What a run is going to do, before it begins, and about how long that takes, as soon as some steps tell. */
import type { StageEvent, StartEvent, StepEvent } from '../../training/events';
import { aboutDuration, counted } from '../../util/text';

/**
 * The stages that are still to come, where there are several: \`To do: "factor encoder", 30 epochs of 40 steps; then "student", 5 epochs of
 * 40 steps.\`
 */
export function stagesLine({ facts: { stages }, resumed }: StartEvent): string[] {
  const from = resumed === undefined ? 0 : stages.findIndex(({ name }) => name === resumed.stage);
  const left = stages.slice(Math.max(0, from));
  if (left.length < 2) return [];
  const each = left.map(({ name, stepsPerEpoch, training }, i) => {
    const whole = `"${name}", ${counted(training.epochs, 'epoch')} of ${counted(stepsPerEpoch, 'step')}`;
    return resumed && i === 0 ? `the rest of ${whole}` : whole;
  });
  return [`To do: ${each.join('; then ')}.`];
}

/** Steps after which their mean says something: the first one is slow. */
const STEPS = 5;
/** Seconds that must have passed, too. */
const SECONDS = 3;
/** Of less nobody needs to be told. */
const WORTH = 20;

/**
 * Called with each step, returns once a stage what it will take: \`Stage 1 of 2, "factor encoder": about 19 minutes.\`
 * @param now milliseconds
 */
export function stageEstimate(
  now: () => number = Date.now,
): (step: StepEvent, stage: StageEvent | undefined) => string | undefined {
  let current: { readonly stage: StageEvent; readonly since: number; steps: number } | undefined;
  let told: StageEvent | undefined;
  return (step, stage) => {
    if (!stage || told === stage) return undefined;
    if (current?.stage !== stage) current = { stage, since: now(), steps: 0 };
    current.steps++;
    const seconds = (now() - current.since) / 1000;
    if (current.steps < STEPS || seconds < SECONDS) return undefined;
    told = stage;
    if (seconds + step.etaSeconds < WORTH) return undefined;
    const what = stage.stages > 1 ? `Stage ${stage.index + 1} of ${stage.stages}, "${stage.stage}"` : 'Training';
    return `${what}: about ${aboutDuration(seconds + step.etaSeconds)}.`;
  };
}
