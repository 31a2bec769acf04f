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
    engines: ['onednn', 'portable', 'tensorflow', 'webgpu'],
    reason: 'Our max pooling passes NaN on, so that a run that has diverged is seen.',
  },
  ...only('tensorflow', 'It is a refusal of what has no values; TensorFlow refuses it with another message.', [
    'avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid',
  ]),
  ...only('tensorflow', 'TensorFlow refuses a map that the convolution could not have given; tfjs computes something of it.', [
    'conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
  ]),
  ...only(
    'tensorflow',
    'TensorFlow computes what tfjs refuses: repeated axes, and an equation that names an axis of the result only.',
    ['einsum 2d matrix calculate trace: duplicate axes not implemented yet', 'einsum nonexistent dimension throws error'],
  ),
  ...only(
    'tensorflow',
    'A seed gives other numbers at the second call: TensorFlow counts calls in. Our own random streams do not use it.',
    ['multinomial creates the same data given the same seed'],
  ),
  ...only('tensorflow', 'TensorFlow passes NaN on, where tfjs has a sign of 0.', [
    'sign basic',
    'sign does not propagate NaNs',
    'sign accepts a tensor-like object',
  ]),
  ...only('tensorflow', 'It rounds the 30144.1777 otherwise in the last place.', ['tan numbers exceed float32 precision']),
  ...only('tensorflow', 'To TensorFlow one NaN is not another: each is a value of its own.', [
    'unique 1d tensor with NaN and Infinity',
  ]),
  ...only('webgpu', 'Programs on a GPU do not look whether an index is in bounds; WebGPU keeps it inside the buffer.', [
    'gather throws when index is out of bound',
  ]),
  ...only('webgpu', 'It reads the canvas of a page, and Node has none.', [
    'fromPixels, mock canvas accepts a canvas-like element',
    'fromPixels, mock canvas accepts a canvas-like element, numChannels=4',
  ]),
  ...only('webgpu', 'WGSL leaves the last places of an exponential, and the tangent of large numbers, to the driver.', [
    'exp int32',
    'tan numbers exceed float32 precision',
  ]),
];

/**
 * Those of one engine.
 * @param {string} engine
 * @param {string} reason
 * @param {readonly string[]} tests
 * @returns {Exception[]}
 */
function only(engine, reason, tests) {
  return tests.map((test) => ({ test, engines: [engine], reason }));
}
