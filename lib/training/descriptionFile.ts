/** What a run says of itself: its description before the first step, and the terms of each stage as its first step met them. */
import { existsSync, readFileSync } from 'node:fs';
import { removeLeftovers, writeAtomic } from '../util/files';
import { describeRun, describeTerms } from './describe';
import type { TermsEvent, TrainingEvent, TrainingListener } from './events';

/** Its name in the folder of a run. */
export const DESCRIPTION_FILE = 'description.txt';

/**
 * The lines that an event adds: `describeRun` when a run starts (also when it goes on), then for each stage
 * `First step of stage "student":` and a line a term; none for other events.
 */
export function describedBy(event: TrainingEvent): string[] {
  if (event.kind === 'start') return describeRun(event.facts);
  if (event.kind === 'terms') return [headOf(event), ...describeTerms(event.terms).map((line) => `  ${line}`)];
  return [];
}

const headOf = ({ stage }: TermsEvent): string => `First step of stage "${stage}":`;

/** A listener that keeps the description in a file. A run that goes on keeps what it said before. */
export function descriptionFile(path: string): TrainingListener {
  let lines: string[] = [];
  const write = (): void => writeAtomic(path, lines.map((line) => `${line}\n`).join(''));
  return (event) => {
    if (event.kind === 'start') {
      removeLeftovers(path);
      const before = event.resumed && existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
      lines = before.length > 0 ? before : describedBy(event);
      write();
    } else if (event.kind === 'terms' && !lines.includes(headOf(event))) {
      lines.push(...describedBy(event));
      write();
    }
  };
}
