/** What a form of exploring asks of the split and of the matcher, refused where it is not there. */
import { refusePhrase } from '../../util/check';
import type { Matcher } from '../matcher';
import type { BoundMatcher } from '../parts/boundMatcher';
import type { ChannelSplit } from '../parts/channelSplit';
import { explorationNamed } from './explorations';
import type { Exploring } from './exploreOption';

/** Refuses a form for which there is nothing that inherits, or whose halves differ where they share an encoder. */
export function checkHalves(where: string, { how }: Exploring, splits: readonly ChannelSplit[]): void {
  const unequal = splits.find(({ inheritance, exploration }) => inheritance.length !== exploration.length);
  const alone = splits.some(({ inheritance }) => inheritance.length === 0);
  const sizes = ({ inheritance, exploration }: ChannelSplit): string => `${inheritance.length} and ${exploration.length}`;
  if (how === 'shared' && unequal && unequal.exploration.length > 0) {
    throw refusePhrase(where, 'another form than shared, or halves of as many channels', sizes(unequal), 'give ratio 0.5');
  }
  if (how === 'cka-halves' && alone) {
    throw refusePhrase(where, 'another form than cka-halves, or channels that inherit', 'none', 'give a ratio above 0');
  }
}

/** What a form of exploring asks of the distance; `unlike` asks nothing. */
function needsOf({ how }: Exploring, { distance }: Matcher): 'repulsion' | 'bound' | undefined {
  const form = explorationNamed(how);
  if (!('needs' in form)) return undefined;
  return form.needs === 'repulsion' && typeof distance.repulsion === 'function' ? undefined : form.needs;
}

/** Refuses a matcher that cannot push away, before any network is known. */
export function checkRepulsion(name: string, matcher: Matcher, explore: Exploring): void {
  const { name: own, distance } = matcher;
  const needs = needsOf(explore, matcher);
  if (needs === undefined) return;
  if (needs === 'repulsion' && distance.repulsion === undefined) {
    throw refuseUnbounded(name, `${own}, whose distance is unbounded and which declares no repulsion`);
  }
  if (!distance.expected) throw refuseUnbounded(name, `${own}, which negates a distance without stating its bound`);
}

/** Refuses a distance that is negated and has no bound at the shapes of these networks. */
export function checkBound(name: string, matcher: Matcher, explore: Exploring, { expected, dispose }: BoundMatcher): void {
  if (needsOf(explore, matcher) === undefined || Number.isFinite(expected?.bound)) return;
  dispose();
  throw refuseUnbounded(name, `${matcher.name}, which negates a distance without a finite bound`);
}

function refuseUnbounded(name: string, received: string): Error {
  const hint = 'the loss could fall without end; declare a bounded function as its repulsion';
  return refusePhrase(name, 'a matcher that can push away within a bound', received, hint);
}
