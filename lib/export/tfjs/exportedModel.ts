/**
 * A layers model that `exportTfjs` has written with folded batch norms, as a network that says what its layers do: relevance goes back
 * through the weights that a page computes with, and there is one copy of them. A norm after a linear map is its bias there; one that
 * stands alone is a layer of its own still.
 */
import { tf } from '../../engine/tf';
import { type TensorData, Variables } from '../../engine/variables';
import { planNetwork } from '../../models';
import type { LayerOperation, LinearOperation, NetworkOperations } from '../../models/layers/operations';
import type { ForwardResult, Network, NetworkSpec } from '../../models/types';
import { refusePhrase } from '../../util/check';

/**
 * Its forward pass takes no options: it returns no features. `dispose` frees the model, too.
 * @param spec of the network that was exported @throws InputError where the model has not its weights
 */
export function exportedModel(model: tf.LayersModel, spec: NetworkSpec): Network {
  const { spec: full, features, operations } = planNetwork(spec);
  const { name, input, classes } = full as Required<NetworkSpec>;
  if (!operations) throw refusePhrase(`exportedModel: ${name}`, 'a network that says what its layers do', 'one that does not');
  const variables = new Variables();
  for (const { originalName, read } of weightsOf(model)) addWeight(variables, originalName, read());
  return {
    ...{ name, spec: full, input, classes, variables, features },
    operations: foldedOperations(operations),
    forward: (x) => forwardOf(model, x),
    dispose() {
      variables.dispose();
      model.dispose();
    },
  };
}

/** What a model makes of images: logits, and offsets where it has two outputs. */
export const forwardOf = (model: tf.LayersModel, x: tf.Tensor4D): ForwardResult =>
  tf.tidy(() => {
    const found = model.predict(x);
    const [scores, offsets] = Array.isArray(found) ? found : [found];
    const logits = tf.reshape(scores as tf.Tensor, [x.shape[0], -1]) as tf.Tensor2D;
    return { logits, features: {}, ...(offsets ? { offsets: offsets as tf.Tensor3D } : {}) };
  });

/** Without the norms that were folded; each has left a bias. */
const foldedOperations = ({ stages, heads }: NetworkOperations): NetworkOperations => ({
  stages: stages.map((stage) => ({ ...stage, operations: folded(stage.operations) })),
  heads: heads.map((head) => ({ ...head, operations: folded(head.operations) })),
});

function folded(operations: readonly LayerOperation[]): LayerOperation[] {
  const done: LayerOperation[] = [];
  for (const operation of operations) {
    const last = done.at(-1);
    if (operation.kind !== 'norm' || last?.kind !== 'linear') done.push(foldedPaths(operation));
    else done.splice(-1, 1, biased(last));
  }
  return done;
}

/** An exported layer has its bias beside its weight. */
const biased = (map: LinearOperation): LinearOperation => ({ ...map, bias: map.weight.replace(/weight$/, 'bias') });

function foldedPaths(operation: LayerOperation): LayerOperation {
  if (operation.kind === 'linear') return operation.bias === undefined ? operation : biased(operation);
  if (operation.kind === 'sum') return { ...operation, summands: operation.summands.map(folded) };
  if (operation.kind !== 'interleave') return operation;
  const [first, second] = operation.branches;
  return { ...operation, branches: [folded(first), folded(second)] };
}

interface LayerWeight {
  /** `conv1/kernel`, whatever other models there are. */
  readonly originalName: string;
  readonly read: () => tf.Tensor;
}

const weightsOf = ({ weights }: tf.LayersModel): LayerWeight[] =>
  weights.map((weight) => ({ originalName: weight.originalName, read: () => weight.read() }));

/** Keras's names of weights as those of a state dict. */
const PARTS: Readonly<Record<string, string>> = {
  ...{ kernel: 'weight', depthwise_kernel: 'weight', bias: 'bias' },
  ...{ gamma: 'weight', beta: 'bias', moving_mean: 'running_mean', moving_variance: 'running_var' },
};

function addWeight(variables: Variables, originalName: string, tensor: tf.Tensor): void {
  const slash = originalName.lastIndexOf('/');
  const [layer, part] = [originalName.slice(0, slash), originalName.slice(slash + 1)];
  const name = Object.hasOwn(PARTS, part) ? PARTS[part] : undefined;
  if (name === undefined) throw refusePhrase('exportedModel', 'weights as exportTfjs writes them', originalName);
  variables.add(`${layer}.${name}`, { shape: shapeOf(part, tensor.shape), data: Float32Array.from(tensor.dataSync()) });
}

/** [size, size, channels, 1] of a depthwise convolution is [size, size, 1, channels] here, in the same order. */
const shapeOf = (part: string, shape: readonly number[]): TensorData['shape'] =>
  part === 'depthwise_kernel' ? [...shape.slice(0, 2), 1, shape[2] as number] : shape;
