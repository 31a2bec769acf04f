/**
 * Settings that a stage has only where they are given: what is not used is written down nowhere, so that records and hashes of runs
 * without them are those of before there were such settings. Adding one: a line in the table.
 */
import { nameIn } from '../util/check';

/** Settings that may be absent. */
export interface OptionalSettings {
  /** What weight decay is applied to; absent: all parameters. `weights`: those of two axes and more, hence no norms and no biases. */
  readonly decay?: 'weights';
}

type Checked<K extends keyof OptionalSettings> = OptionalSettings[K] | undefined;

/** What each of them must be; undefined for a value that means the same as none. */
const CHECKS: { readonly [K in keyof OptionalSettings]-?: (where: string, value: unknown) => Checked<K> } = {
  decay: (where, value) => (nameIn(where, ['all', 'weights'], value) === 'weights' ? 'weights' : undefined),
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
