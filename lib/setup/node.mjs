// @ts-check
/** The Node that the project needs. Kept to old syntax, so that an old Node can still read it and say so. */

/** The oldest Node that runs the project: `engines` of package.json. */
export const OLDEST_NODE = '20.19.0';

/**
 * Why this Node cannot run the project, with the next step; undefined when it can.
 * @param {string} version as `process.versions.node`
 * @returns {string | undefined}
 */
export function nodeObstacle(version = process.versions.node) {
  const received = version.split('.').map(Number);
  const expected = OLDEST_NODE.split('.').map(Number);
  const [at = -1] = expected.map((n, i) => (received[i] === n ? -1 : i)).filter((i) => i >= 0);
  if (at < 0 || (received[at] ?? 0) > (expected[at] ?? 0)) return undefined;
  return `expected Node ${OLDEST_NODE} or newer, received ${version} (${process.execPath}); get it from https://nodejs.org`;
}
