/**
 * Classes of tf.layers that a topology may name, with the keys of their configurations that say something, as Keras writes them. Each is
 * a function of its inputs and its weights; what draws random numbers but dropout, what works on sequences, and what runs code of its
 * own (Lambda) is not among them. Classes of one's own are taken where `tf.serialization.registerClass` has made them known.
 */
import { tf } from '../../engine/tf';
import { refuse } from '../../util/check';
import { listed } from '../../util/names';

const CONVOLUTION = ['kernel_size', 'strides', 'padding', 'dilation_rate', 'use_bias', 'activation', 'bias_initializer'];
const POOLING = ['pool_size', 'strides', 'padding'];

const CLASSES: Readonly<Record<string, readonly string[]>> = {
  Conv2D: ['filters', ...CONVOLUTION, 'kernel_initializer'],
  DepthwiseConv2D: ['depth_multiplier', ...CONVOLUTION, 'depthwise_initializer'],
  SeparableConv2D: ['filters', 'depth_multiplier', ...CONVOLUTION, 'depthwise_initializer', 'pointwise_initializer'],
  Dense: ['units', 'use_bias', 'activation', 'kernel_initializer', 'bias_initializer'],
  BatchNormalization: [
    ...['axis', 'momentum', 'epsilon', 'center', 'scale', 'beta_initializer', 'gamma_initializer'],
    ...['moving_mean_initializer', 'moving_variance_initializer'],
  ],
  Activation: ['activation'],
  ReLU: ['max_value'],
  LeakyReLU: ['alpha'],
  PReLU: ['alpha_initializer', 'shared_axes'],
  ELU: ['alpha'],
  Softmax: ['axis'],
  MaxPooling2D: POOLING,
  AveragePooling2D: POOLING,
  GlobalAveragePooling2D: [],
  GlobalMaxPooling2D: [],
  ZeroPadding2D: ['padding', 'data_format'],
  Cropping2D: ['cropping', 'data_format'],
  UpSampling2D: ['size', 'interpolation'],
  Flatten: [],
  Reshape: ['target_shape'],
  Permute: ['dims'],
  Dropout: ['rate'],
  Add: [],
  Multiply: [],
  Average: [],
  Maximum: [],
  Minimum: [],
  Concatenate: ['axis'],
};

/** What tf.layers has beside them. A class of another name is one's own. */
const OTHERS = new Set(
  `AlphaDropout AveragePooling1D AveragePooling3D Bidirectional CategoryEncoding CenterCrop Conv1D Conv2DTranspose Conv3D Conv3DTranspose
  ConvLSTM2D ConvLSTM2DCell Dot Embedding Functional GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalMaxPooling1D
  InputLayer LSTM LSTMCell Lambda LayerNormalization Masking MaxPooling1D MaxPooling3D Model RNN RandomWidth RepeatVector Rescaling
  Resizing Sequential SimpleRNN SimpleRNNCell SpatialDropout1D StackedRNNCells ThresholdedReLU TimeDistributed`.split(/\s+/),
);

/** Functions by name that `activation` may be. */
export const ACTIVATIONS: readonly string[] = [
  ...[
    'linear',
    'relu',
    'relu6',
    'elu',
    'selu',
    'sigmoid',
    'hard_sigmoid',
    'hardSigmoid',
    'softplus',
    'softsign',
    'tanh',
    'softmax',
  ],
  ...['swish', 'mish', 'gelu', 'gelu_new'],
];

/** A layer's class, and the keys of its configuration; undefined: any, of a class of one's own. */
export interface LayerClass {
  readonly make: (config: Readonly<Record<string, unknown>>) => tf.layers.Layer;
  readonly keys: readonly string[] | undefined;
}

/** @throws InputError for what no topology of images may have, listing what it may */
export function layerClass(where: string, name: unknown): LayerClass {
  const map = tf.serialization.SerializationMap.getMap().classNameMap;
  const found = typeof name === 'string' && Object.hasOwn(map, name) ? map[name] : undefined;
  const keys = typeof name === 'string' && Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (found && (keys || !OTHERS.has(name as string))) {
    const [own, fromConfig] = found;
    const make = (config: Readonly<Record<string, unknown>>): unknown => fromConfig(own, config as tf.serialization.ConfigDict);
    if (own.prototype instanceof tf.layers.Layer) return { make: make as LayerClass['make'], keys };
  }
  const hint = 'tf.serialization.registerClass makes a class of your own known in this process';
  throw refuse(where, `a layer among ${listed(Object.keys(CLASSES))}`, name, hint);
}
