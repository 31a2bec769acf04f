/**
 * The topology of a layers model of TensorFlow.js (https://www.tensorflow.org/js/guide/save_load): Keras's functional models as JSON,
 * layer by layer, each with the layers that it reads.
 */
import type { TensorData } from '../../engine/variables';

/** A weight by its full name: `conv1/kernel`. */
export interface NamedWeight extends TensorData {
  readonly name: string;
}

/** One layer as JSON. */
export interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Record<string, unknown>;
  readonly inbound_nodes: readonly unknown[];
}

/** Adds layers and their weights, and names what they make. */
export interface TopologyBuilder {
  readonly layers: KerasLayer[];
  readonly weights: NamedWeight[];
  /** @param label of the layer: its name, with a number where that is taken @param weights by Keras's names (`kernel`) @returns its name */
  layer(
    className: string,
    label: string,
    inputs: readonly string[],
    config?: Readonly<Record<string, unknown>>,
    weights?: Readonly<Record<string, TensorData | undefined>>,
  ): string;
}

export function topologyBuilder(): TopologyBuilder {
  const [layers, weights]: [KerasLayer[], NamedWeight[]] = [[], []];
  const taken = new Set<string>();
  return {
    layers,
    weights,
    layer(className, label, inputs, config = {}, own = {}) {
      let name = label;
      for (let i = 1; taken.has(name); i++) name = `${label}_${i}`;
      taken.add(name);
      const nodes = inputs.length > 0 ? [inputs.map((input) => [input, 0, 0, {}])] : [];
      layers.push({ class_name: className, name, config: { name, ...config }, inbound_nodes: nodes });
      for (const [part, value] of Object.entries(own)) if (value) weights.push({ name: `${name}/${part}`, ...value });
      return name;
    },
  };
}

/** The topology of a model that reads `input` and ends in `outputs`. */
export const modelTopology = (
  name: string,
  layers: readonly KerasLayer[],
  input: string,
  outputs: readonly string[],
): object => ({
  class_name: 'Model',
  keras_version: 'tfjs-layers 4.22.0',
  backend: 'tensor_flow.js',
  config: { name, layers, input_layers: [[input, 0, 0]], output_layers: outputs.map((output) => [output, 0, 0]) },
});
