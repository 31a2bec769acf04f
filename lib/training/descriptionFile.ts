/** What a run says of itself: its description before the first step, and the terms of each stage as its first step met them. */
import { existsSync, readFileSync } from 'node:fs';
import { removeLeftovers, writeAtomic } from '../util/files';
import { adjustedStep, describeAdjustment } from './byHand/adjustments';
import { describeRun, describeTerms } from './describe';
import type { TermsEvent, TrainingEvent, TrainingListener } from './events';

/** Its name in the folder of a run. */
export const DESCRIPTION_FILE = 'description.txt';

/**
 * The lines that an event adds: `describeRun` and the task's remarks when a run starts (also when it goes on, with what was changed by hand until then),
 * then for each stage `First step of stage "student":` and a line a term, and a line for each change by hand; none for other events.
 */
export function describedBy(event: TrainingEvent): string[] {
  if (event.kind === 'start')
    return [...describeRun(event.facts), ...(event.remarks ?? []), ...(event.adjusted ?? []).map(describeAdjustment)];
  if (event.kind === 'terms') return [headOf(event), ...describeTerms(event.terms).map((line) => `  ${line}`)];
  if (event.kind === 'adjusted') return [describeAdjustment(event)];
  return [];
}

const headOf = ({ stage }: TermsEvent): string => `First step of stage "${stage}":`;

/** A listener that keeps the description in a file. A run that goes on keeps what it said up to there. */
export function descriptionFile(path: string): TrainingListener {
  let lines: string[] = [];
  const write = (): void => writeAtomic(path, lines.map((line) => `${line}\n`).join(''));
  return (event) => {
    if (event.kind === 'start') {
      removeLeftovers(path);
      const before = event.resumed && existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
      const until = event.resumed?.step ?? 0;
      lines = before.length > 0 ? before.filter((line) => (adjustedStep(line) ?? 0) <= until) : describedBy(event);
      write();
    } else if (event.kind === 'adjusted' || (event.kind === 'terms' && !lines.includes(headOf(event)))) {
      lines.push(...describedBy(event));
      write();
    }
  };
}
