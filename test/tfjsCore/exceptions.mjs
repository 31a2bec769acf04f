// @ts-check
/** Tests of tfjs-core's own suite that an engine of ours is not to pass, each with its reason. One that passes must leave the list. */

/**
 * @typedef {object} Exception
 * @property {string} test its full name, as the runner prints it
 * @property {readonly string[]} engines
 * @property {string} reason a sentence
 */

/** @type {readonly Exception[]} */
export const EXCEPTIONS = [
  {
    test: 'maxPool [x=[3,3,1] f=[2,2] s=1 ignores NaNs',
    engines: ['onednn', 'portable', 'webgpu'],
    reason: 'Our max pooling passes NaN on, so that a run that has diverged is seen.',
  },
];
