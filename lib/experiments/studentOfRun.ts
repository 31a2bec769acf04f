/** How a student learned, and which of its channels inherit and explore, as the report of its run has it. */
import { dirname } from 'node:path';
import { type FeaturePart, featureHalves } from '../analysis/featureParts';
import { isObject } from '../util/check';
import { readReport } from './run/reportFile';

/** Of one half: its channels of a stage's map. */
export interface StudentHalf {
  readonly name: 'inheritance' | 'exploration';
  /** `stage3` */
  readonly stage: string;
  readonly channels: readonly number[];
}

/** What a run says of its student. */
export interface StudentOfRun {
  /** `ie-ft`; absent for weights outside of a complete run. */
  readonly method?: string;
  /** Of the last map that was split; empty where none was, and for weights outside of a complete run. */
  readonly halves: readonly StudentHalf[];
}

/** @param path of the weights @throws InputError for a report that is damaged */
export function studentOfRun(path: string): StudentOfRun {
  const report = readReport(dirname(path));
  if (!report) return { halves: [] };
  const { facts, config } = report;
  const channels = facts.state['channels'];
  const feature = isObject(channels) ? Object.keys(channels).at(-1) : undefined;
  const parts = feature === undefined ? [] : featureHalves(facts.state, feature);
  return { method: config.method.name, halves: parts.map(halfOf) };
}

const halfOf = ({ name, feature, channels = [] }: FeaturePart): StudentHalf => ({
  name: name?.endsWith('inheritance') ? 'inheritance' : 'exploration',
  stage: feature.replace(/\.pre$/, ''), // relevance goes through activations unchanged
  channels,
});
