/** What is said of boxes that cannot be right, where they are cut to their picture: some of them one by one, all of them by their number. */
import { InputError } from '../../util/check';
import { count } from '../../util/text';
import type { DataListener } from '../types';
import type { BadBoxes } from './detectionSample';
import type { ObjectDataOptions } from './objectDataOptions';

/** Notices of single boxes; more say no more. */
const MOST_NOTICES = 20;

/** Collects while annotations are read. */
export interface BadBoxNotes {
  /** For whoever reads them. */
  readonly badBoxes: BadBoxes;
  /** `2 bad boxes: 1 cut to the picture, 1 dropped`; nothing where none was bad. */
  summary(): string;
}

/** Says what else can be done. */
function refuseBox(sentence: string): never {
  throw new InputError(`${sentence}; badBoxes=clip cuts such boxes to the picture, or drops them`);
}

/** @param item what is read, for notices */
export function badBoxNotes(item: string, chosen: ObjectDataOptions['badBoxes'], listener?: DataListener): BadBoxNotes {
  if (chosen !== 'clip') return { badBoxes: refuseBox, summary: () => '' };
  const counts = { clipped: 0, dropped: 0 };
  const notice = (text: string): void => listener?.({ stage: 'notice', item: text, done: 0, total: 0 });
  return {
    badBoxes(sentence, outcome) {
      counts[outcome]++;
      const all = counts.clipped + counts.dropped;
      if (all <= MOST_NOTICES) notice(`${sentence}; ${outcome === 'clipped' ? 'cut to the picture' : 'dropped'}`);
      else if (all === MOST_NOTICES + 1) notice(`${item}: more such boxes, which are counted only`);
    },
    summary() {
      const { clipped, dropped } = counts;
      const all = clipped + dropped;
      if (all === 0) return '';
      return `${count(all)} bad ${all === 1 ? 'box' : 'boxes'}: ${clipped} cut to the picture, ${dropped} dropped`;
    },
  };
}
