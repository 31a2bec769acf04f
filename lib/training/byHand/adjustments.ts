/**
 * Settings that somebody changes by hand while a run trains. They are looked at between steps; every change is an event, a row of the
 * log and an entry of the checkpoint, and the run is no longer one that its configuration alone says how to repeat.
 */
import type { LossTerm, Objective } from '../../optim/objective';
import { isObject, knownKeys, numberIn, refuse, unknownName } from '../../util/check';
import { counted } from '../../util/text';
import type { AdjustedEvent, Adjustment } from '../events';
import { STUDENT_STAGE } from '../planStages';

/** A number that may be another at each look: a control of a notebook, or any object with a value. */
export interface Adjustable {
  readonly value: number;
}

/**
 * What may be changed while a run trains. Until its value is changed the run's own setting holds, and the run is the same to the bit as
 * without it; from then on the value holds until the stage ends.
 * @example
 * ```ts
 * import { buildNetwork, liveTraining, loadDataset, random, slider, start, supervised, train } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 2000, test: 500 });
 * const student = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
 * const rate = slider({ min: 1e-4, max: 1, value: 0.1, scale: 'log', label: 'learning rate' });
 * const training = { epochs: 10, learningRate: 0.1 };
 * const options = { student, method: supervised(), data, training, listeners: [liveTraining()] };
 * const { adjusted } = await train({ ...options, adjust: { learningRate: rate } });
 * console.log(adjusted); // each change, with the step from which it held
 * ```
 */
export interface AdjustOptions {
  /** In the place of the schedule: at least 0. */
  readonly learningRate?: Adjustable | undefined;
  /** Weights of terms of the loss, by name, with their signs. */
  readonly weights?: Readonly<Record<string, Adjustable>> | undefined;
}

const RATE = 'learningRate';
const weightOf = (term: string): string => `weights.${term}`;

/** @throws InputError for options that are none */
export function checkAdjust(adjust: AdjustOptions): void {
  knownKeys('train: adjust', adjust, ['learningRate', 'weights']);
  const { weights = {} } = adjust;
  if (!isObject(weights)) throw refuse('train: adjust.weights', 'an object of values by term', weights);
  for (const setting of settingsOf(adjust)) setting.read();
}

interface Setting {
  readonly name: string;
  /** @throws InputError for what is no value of it */
  read(): number;
}

function settingsOf({ learningRate, weights = {} }: AdjustOptions): Setting[] {
  const setting = (name: string, from: Adjustable, min: number): Setting => ({
    name,
    read() {
      const where = `train: adjust.${name}`;
      if (!isObject(from)) throw refuse(where, 'an object with a value, as slider({ … })', from);
      return numberIn(`${where}: value`, from.value, min);
    },
  });
  const rate = learningRate ? [setting(RATE, learningRate, 0)] : [];
  return [...rate, ...Object.entries(weights).map(([term, from]) => setting(weightOf(term), from, -Infinity))];
}

/** The settings of one stage, as they hold now. */
export interface StageAdjustments {
  /** Looks for changes, which hold from the step on. */
  look(step: number): void;
  learningRate(scheduled: number): number;
  /** The same objective while no weight is changed. */
  objective(own: Objective): Objective;
  /** @throws InputError where a weight is of no term of the student's stage. @param terms of all rounds */
  check(terms: readonly { readonly name: string }[]): void;
}

/**
 * Looks after the settings of a run. What is changed before the first look counts from there.
 * @param done changes of the run so far, which `emit` adds to
 * @returns for each stage its settings; undefined where none is bound and none was changed, so that its steps do nothing for it
 */
export function adjustments(
  adjust: AdjustOptions,
  done: readonly Adjustment[],
  emit: (event: AdjustedEvent) => void,
): (stage: string) => StageAdjustments | undefined {
  const settings = settingsOf(adjust);
  const seen = new Map(settings.map((setting) => [setting, setting.read()]));
  const terms = Object.keys(adjust.weights ?? {});
  return (stage) => {
    if (settings.length === 0 && !done.some((change) => change.stage === stage)) return undefined;
    const held = (name: string): number | undefined =>
      done.filter((change) => change.stage === stage && change.setting === name).at(-1)?.value;
    const weighed = (term: LossTerm): LossTerm => ({ ...term, weight: held(weightOf(term.name)) ?? term.weight });
    return {
      look(step) {
        for (const setting of settings) {
          const value = setting.read();
          if (value === seen.get(setting)) continue;
          seen.set(setting, value);
          emit({ kind: 'adjusted', stage, step, setting: setting.name, value });
        }
      },
      learningRate: (scheduled) => held(RATE) ?? scheduled,
      objective(own) {
        if (!done.some((change) => change.stage === stage && change.setting !== RATE)) return own;
        return { ...own, terms: (...input) => own.terms(...input).map(weighed) };
      },
      check(found) {
        const names = found.map(({ name }) => name);
        const unknown = stage === STUDENT_STAGE ? terms.find((term) => !names.includes(term)) : undefined;
        if (unknown !== undefined) throw unknownName('train: adjust.weights', names, unknown);
      },
    };
  };
}

/** `Changed by hand: learningRate is 0.05 from step 130 on.` */
export const describeAdjustment = ({ setting, value, step }: Adjustment): string =>
  `Changed by hand: ${setting} is ${value} from step ${step} on.`;

/** The step of such a sentence; undefined for another line. */
export function adjustedStep(line: string): number | undefined {
  const [, step] = /^Changed by hand: .* from step (\d+) on\.$/.exec(line) ?? [];
  return step === undefined ? undefined : Number(step);
}

/** `3 changes by hand`, for errors. */
export const adjustedText = (changes: readonly Adjustment[]): string => `${counted(changes.length, 'change')} by hand`;
