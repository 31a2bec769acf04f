/**
 * Settings that a stage has only where they are given: what is not used is written down nowhere, so that records and hashes of runs
 * without them are those of before there were such settings. Adding one: a line in the table.
 */
import { integerIn, nameIn, numberIn, positive, refuse } from '../util/check';
import { checkEarlyStopping, type EarlyStopping } from './earlyStopping';

/** Settings that may be absent. */
export interface OptionalSettings {
  /** What weight decay is applied to; absent: all parameters. `weights`: those of two axes and more, hence no norms and no biases. */
  readonly decay?: 'weights';
  /** The norm of all gradients together that a step has at most (`clipGradients`); absent: they are taken as they are. */
  readonly clip?: number;
  /**
   * So many batches make a step, whose gradient is the mean over all their images: as one of a larger batch, in the memory of a
   * small one. Batch norms see each batch by itself. The last step of an epoch has the batches that are left. Absent: 1.
   */
  readonly accumulate?: number;
  /** Decay d of a moving average of the weights of the networks that are trained (`weightAverage`); absent: none is kept. */
  readonly ema?: number;
  /** Ends the student's stage where the validation part gets no better; absent: all epochs are trained. */
  readonly stopEarly?: EarlyStopping;
}

type Checked<K extends keyof OptionalSettings> = OptionalSettings[K] | undefined;

/** What each of them must be; undefined for a value that means the same as none. */
const CHECKS: { readonly [K in keyof OptionalSettings]-?: (where: string, value: unknown) => Checked<K> } = {
  decay: (where, value) => (nameIn(where, ['all', 'weights'], value) === 'weights' ? 'weights' : undefined),
  clip: positive,
  accumulate: (where, value) => (integerIn(where, value, 1) === 1 ? undefined : (value as number)),
  ema: checkEma,
  stopEarly: checkEarlyStopping,
};

/** Their names. */
export const OPTIONAL_SETTINGS = Object.keys(CHECKS) as readonly (keyof OptionalSettings)[];

/** Those that `settings` has, checked. @throws InputError naming `where` and the setting */
export function optionalSettings(where: string, settings: Readonly<Record<string, unknown>>): OptionalSettings {
  const given = OPTIONAL_SETTINGS.flatMap((name) => {
    const value = settings[name] === undefined ? undefined : CHECKS[name](`${where}: ${name}`, settings[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

/** What is said of them in the head of a run, each with a comma before it: `, gradients clipped at norm 1`. */
export function describeOptional({ clip, accumulate, ema, stopEarly }: OptionalSettings): string {
  const { patience, minDelta, metric } = stopEarly ?? {};
  const by = minDelta ? ` by more than ${minDelta}` : '';
  return [
    ...(clip === undefined ? [] : [`gradients clipped at norm ${clip}`]),
    ...(accumulate === undefined ? [] : [`${accumulate} batches a step`]),
    ...(ema === undefined ? [] : [`weights averaged with decay ${ema}`]),
    ...(stopEarly ? [`ended when ${patience} epochs do not improve ${metric ?? 'the validation part'}${by}`] : []),
  ]
    .map((text) => `, ${text}`)
    .join('');
}

function checkEma(where: string, value: unknown): number {
  const decay = numberIn(where, value, 0, 1);
  if (decay === 0 || decay === 1) throw refuse(where, 'a number between 0 and 1', value);
  return decay;
}
