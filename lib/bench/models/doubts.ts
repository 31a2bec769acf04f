/** Why a ratio is not to be believed: the machine was not ours, or rounds differ by more than what is compared. */
import { median } from '../../util/stats';

/** What is compared, by round. */
export interface Compared {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** The name of theirs, `PyTorch channels_last`. */
  readonly peer: string;
  /** The share of our cores that other programs had; undefined where that cannot be seen. */
  readonly disturbance: number | undefined;
}

/** Rounds may differ by so much, and others may take so much. */
const [MOST_SPREAD, MOST_DISTURBANCE] = [0.1, 0.05];

/** (max − min) / median; undefined of fewer than two. */
export function spreadOf(rates: readonly number[]): number | undefined {
  return rates.length < 2 ? undefined : (Math.max(...rates) - Math.min(...rates)) / median(rates);
}

/** In words; none where the ratio holds. */
export function doubtsOf({ ours, theirs, peer, disturbance }: Compared): string[] {
  const varied = ([name, rates]: readonly [string, readonly number[]]): string[] => {
    const spread = spreadOf(rates);
    if (spread === undefined) return [`${name} ran in one round only`];
    return spread > MOST_SPREAD ? [`${name} varied by ${percent(spread)} between rounds`] : [];
  };
  const loaded = disturbance !== undefined && disturbance > MOST_DISTURBANCE;
  return [
    ...(loaded ? [`other programs took ${percent(disturbance)} of the processors`] : []),
    ...(
      [
        ['ours', ours],
        [peer, theirs],
      ] as const
    ).flatMap(varied),
  ];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
