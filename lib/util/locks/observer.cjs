// @ts-check
/**
 * Who of the holders of claims is alive. One on this machine lives as long as its process. One on another machine, or in another container,
 * lives as long as its counter moves: it is taken for gone once this process has seen the counter stand still for long enough, by a clock of
 * its own that never goes back. No time of day is compared with another's.
 */
'use strict';
const { isRunning } = require('../processIdentity.cjs');

/** @typedef {import('./lockSteps.cjs').End} End */

/** How long the counter of a holder elsewhere must stand still until it is taken for gone. */
const SILENT_MS = 15 * 60_000;
/** A file that is damaged and stays so is nobody's: without hard links it is so for the moment in which it is written. */
const DAMAGED_MS = 2_000;

/**
 * `silentMs`: default 15 minutes. `now`: milliseconds that never go back. `isHere`: whether a holder's process runs, undefined where that
 * cannot be seen.
 * @typedef {{ readonly silentMs?: number, readonly now?: () => number, readonly isHere?: typeof isRunning }} ObserverOptions
 */

/**
 * Remembers counters from one look to the next: to be kept for as long as a claim is waited for.
 * @typedef {(path: string, end: End) => boolean} Observer
 */

/** @param {ObserverOptions} [options] @returns {Observer} */
function observer({ silentMs = SILENT_MS, now = () => performance.now(), isHere = isRunning } = {}) {
  /** @type {Map<string, { readonly counter: string, readonly since: number }>} */
  const seen = new Map();
  return (path, { content, counter }) => {
    const running = content && isHere(content);
    if (running !== undefined) return running;
    const before = seen.get(path);
    if (before?.counter !== counter) seen.set(path, { counter, since: now() });
    const stillMs = before?.counter === counter ? now() - before.since : 0;
    return stillMs < (content ? silentMs : Math.min(silentMs, DAMAGED_MS));
  };
}

exports.observer = observer;
exports.SILENT_MS = SILENT_MS;
