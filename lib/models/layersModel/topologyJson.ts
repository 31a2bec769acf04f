/** A topology as Keras writes it. */
import type { Topology } from './topology';
import { INPUT } from './topologyOrder';

/** The functional form of it, JSON-ready: what a description holds and `tf.models.modelFromJSON` reads. */
export function topologyJson({ input, layers }: Pick<Topology, 'input' | 'layers'>): object {
  const entry = (name: string, className: string, config: object, inputs: readonly string[]): object => ({
    ...{ class_name: className, name, config: { name, ...config } },
    inbound_nodes: inputs.length > 0 ? [inputs.map((one) => [one, 0, 0, {}])] : [],
  });
  const first = entry(INPUT, 'InputLayer', { batch_input_shape: [null, ...input], dtype: 'float32' }, []);
  const rest = layers.map(({ name, className, config, inputs }) => entry(name, className, config, inputs));
  const end = layers.at(-1)?.name ?? INPUT;
  const ends = { input_layers: [[INPUT, 0, 0]], output_layers: [[end, 0, 0]] };
  return { class_name: 'Functional', config: { layers: [first, ...rest], ...ends } };
}
