/** What the paper claims of its tables, as data: which row is better than which other. */

/** One row of an experiment is better than another, in every group that has both. */
export interface PaperClaim {
  /** Name of the experiment. */
  readonly experiment: string;
  /** In a sentence. */
  readonly claim: string;
  /** Labels of its rows. */
  readonly better: string;
  readonly than: string;
}

const over = (experiment: string, ...methods: readonly string[]): PaperClaim[] =>
  methods.map((name) => ({
    experiment,
    claim: `inheritance and exploration improve on ${name}`,
    better: `IE-${name}`,
    than: name,
  }));

export const PAPER_CLAIMS: readonly PaperClaim[] = [
  ...over('table1', 'AT', 'FT', 'OD'),
  ...over('cifar100', 'AT', 'FT', 'OD'),
  ...over('table4', 'DML'),
  { experiment: 'table3', claim: 'inheritance and exploration help a detector', better: 'IE-FT', than: 'alone' },
  { experiment: 'ratio', claim: 'half of the channels should inherit, not a quarter', better: '50 %', than: '25 %' },
  { experiment: 'ratio', claim: 'half of the channels should inherit, not three quarters', better: '50 %', than: '75 %' },
  { experiment: 'distance', claim: 'L1 is better than L2', better: 'L1', than: 'L2' },
  { experiment: 'weight', claim: 'weights of 50 are better than of 10', better: '50', than: '10' },
  { experiment: 'weight', claim: 'weights of 50 are better than of 100', better: '50', than: '100' },
  { experiment: 'parts', claim: 'both parts are better than inheritance alone', better: 'both', than: 'inheritance only' },
  { experiment: 'parts', claim: 'both parts are better than exploration alone', better: 'both', than: 'exploration only' },
  { experiment: 'figure1b', claim: 'a large student learns from a small teacher', better: 'FT', than: 'alone' },
  ...over('figure1b', 'FT'),
];
