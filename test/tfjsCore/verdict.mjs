// @ts-check
/** What a run of tfjs-core's suite comes to: complaints about tests that fail unexpectedly, or pass where an exception is listed. */

/**
 * @typedef {object} Outcome
 * @property {string} name full name of the test
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {string} message of what failed first; else empty
 */

/** Fewer tests than this mean that the suite was not read. */
const FEWEST_TESTS = 4000;

/** Characters of a message that are shown. */
const MOST_CHARACTERS = 300;

/**
 * @param {string} engine
 * @param {readonly Outcome[]} outcomes
 * @param {readonly import('./exceptions.mjs').Exception[]} exceptions
 * @param {number} [fewest] tests that must have run
 * @returns {string[]} complaints, one a string; none where all is as it must be
 */
export function complaints(engine, outcomes, exceptions, fewest = FEWEST_TESTS) {
  const listed = exceptions.filter(({ engines }) => engines.includes(engine));
  const ran = outcomes.filter(({ status }) => status !== 'skipped');
  const passed = new Set(ran.filter(({ status }) => status === 'passed').map(({ name }) => name));
  const known = new Set(ran.map(({ name }) => name));
  return [
    ...(ran.length < fewest ? [`expected at least ${fewest} tests, received ${ran.length}`] : []),
    ...ran
      .filter(({ name, status }) => status === 'failed' && !listed.some(({ test }) => test === name))
      .map(({ name, message }) => `fails: ${name}: ${message.replace(/\s+/g, ' ').slice(0, MOST_CHARACTERS)}`),
    ...listed.filter(({ test }) => passed.has(test)).map(({ test }) => `is listed as an exception and passes: ${test}`),
    ...listed
      .filter(({ test }) => !known.has(test))
      .map(({ test }) => `is listed as an exception and is not in the suite: ${test}`),
  ];
}
