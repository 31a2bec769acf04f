/** A `tf.LayersModel` that there is, built in a notebook or loaded from a `model.json`, as a network. */
import { tf } from '../../engine/tf';
import { isObject, knownKeys, refuse, refusePhrase } from '../../util/check';
import { random } from '../../util/rng';
import type { InputNormalisation, Network } from '../types';
import { buildLayersModel, layerVariables } from './layersModelNetwork';
import { readTopology } from './topology';

/** What `fromLayersModel` takes beside the model. */
export interface LayersModelOptions {
  /** Default `layersModel`. */
  readonly name?: string;
  /** Names of layers by those of features, `{ stage1: 'conv2d_3' }`; default the last map of each height × width, see graphFeatures.ts. */
  readonly features?: Readonly<Record<string, string>>;
  /** [height, width, channels], where the model leaves them open. */
  readonly input?: readonly [number, number, number];
  /** Where it was trained on images of another normalisation than the data set's. */
  readonly normalisation?: InputNormalisation;
}

/**
 * A network with the layers of a model, and copies of its weights: the model itself stays as it is. Sequential or functional, of one
 * input of images and one output [batch, classes]; a softmax at its end is left out, since methods need the logits. What is trained,
 * stored, resumed and planned afterwards is this library's; batch norms, dropout and which layers there are: runGraph.ts, layerClasses.ts.
 * @throws InputError naming the layer that is refused
 * @example
 * ```ts
 * import { fromLayersModel, start, tf } from 'iekd';
 *
 * await start();
 * const model = tf.sequential();
 * model.add(tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }));
 * model.add(tf.layers.globalAveragePooling2d({}));
 * model.add(tf.layers.dense({ units: 10, activation: 'softmax' }));
 * const network = fromLayersModel(model); // or of await tf.loadLayersModel('file://…')
 * console.log(network.features.map(({ name }) => name)); // stage1.pre, stage1
 * network.dispose();
 * ```
 */
export function fromLayersModel(model: tf.LayersModel, options: LayersModelOptions = {}): Network {
  if (!(model instanceof tf.LayersModel))
    throw refuse('fromLayersModel', 'a tf.LayersModel', model, 'tf.sequential() or tf.model(…) makes one');
  knownKeys('fromLayersModel', options, ['name', 'features', 'input', 'normalisation']);
  const { name = 'layersModel', features, ...rest } = options;
  const topology = model.toJSON(null, false) as object;
  const { renamed } = readTopology('fromLayersModel', topology);
  const named = isObject(features)
    ? Object.fromEntries(Object.entries(features).map(([key, layer]) => [key, renamed.get(layer) ?? layer]))
    : features;
  const network = buildLayersModel({ name, topology, ...rest, ...(named === undefined ? {} : { features: named }) }, random(0));
  try {
    takeWeights(model, renamed, network);
    return network;
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** Layer by layer, in the order in which each has its weights. */
function takeWeights(model: tf.LayersModel, renamed: ReadonlyMap<string, string>, { spec, variables }: Network): void {
  const names = layerVariables(spec);
  for (const layer of model.layers) {
    const own = renamed.get(layer.name);
    if (own === undefined) continue;
    const values = layer.getWeights();
    const mine = names.get(own) ?? [];
    if (values.length !== mine.length) {
      throw refusePhrase(
        `fromLayersModel: ${layer.name}`,
        `${mine.length} weights`,
        String(values.length),
        'build the model first',
      );
    }
    for (const [i, name] of mine.entries()) variables.get(name).assign(values[i] as tf.Tensor);
  }
}
