/** A row of a table of methods: how one is made, from which options, and where it is described. */

/** Options by name, unchecked. */
export type MethodOptions = Readonly<Record<string, unknown>>;

/** The kinds of methods by what a student learns from, each with its heading; in the order in which they are listed. */
export const METHOD_KINDS = {
  label: 'Labels alone',
  logit: "A teacher's answers",
  feature: "A teacher's maps",
  relation: 'Relations between images, channels or maps',
  self: 'No other network',
  online: 'Networks that learn together',
  composed: 'Made of other methods',
} as const;

/** What a student learns from: `feature`, `relation`, … */
export type MethodKind = keyof typeof METHOD_KINDS;

/** Where a method was first described. */
export interface Paper {
  /** `Kim et al.` */
  readonly authors: string;
  readonly title: string;
  readonly year: number;
}

/** What a list says of a method beside its options. */
export interface MethodEntry {
  readonly kind: MethodKind;
  readonly summary: string;
  /** Absent: none is known, as for the labels alone. */
  readonly paper?: Paper;
}

/** How a row of a table is made, from which options. */
export interface Registered<T> extends MethodEntry {
  readonly create: (options: MethodOptions) => T;
  readonly options: readonly string[];
  /** Names of the options where they depend on the options given. */
  readonly optionsWith?: (options: MethodOptions) => readonly string[];
}
