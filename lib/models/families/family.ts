/** A family of networks: members by name, made by one rule from the numbers in it. */
import type { Blueprint } from '../network';
import type { NetworkSpec } from '../types';

export interface Family {
  /** The members that lists show. */
  readonly names: readonly string[];
  /** The rule by which names are made, where there is one: told in lists (`wrn-<6n+4>-<width>`), and what its names look like. */
  readonly pattern?: { readonly text: string; readonly form: RegExp };
  /** In a sentence, with its source and its options. */
  readonly summary: string;
  /** @throws InputError for names and options that are none */
  blueprint(spec: NetworkSpec): Blueprint;
}

/** The numbers in a name of the given form. */
export function numbersIn(name: string, form: RegExp): number[] {
  return (form.exec(name) ?? []).slice(1).map(Number);
}
