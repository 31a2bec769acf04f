/** Moving values between a golden file and the engine. */
import { tf } from '../engine/tf';
import type { TensorData, Variables } from '../engine/variables';
import type { State } from '../weights/torchState';

/** A copy of a tensor's values. */
export function valuesOf(tensor: tf.Tensor): TensorData {
  return { shape: [...tensor.shape], data: Float32Array.from(tensor.dataSync()) };
}

/** A tensor of stored values; to be disposed by the caller. */
export function upload<T extends tf.Tensor>({ shape, data }: TensorData): T {
  return tf.tensor(data.slice(), [...shape], 'float32') as T;
}

/** Gradients of a loss over all parameters, by name; a parameter that the loss does not reach has none. */
export function gradientsOf(variables: Variables, loss: () => tf.Scalar): State {
  const gradients: Record<string, TensorData> = {};
  tf.tidy(() => {
    const parameters = variables.parameters();
    const list = parameters.map(({ variable }) => variable);
    const { grads } = tf.variableGrads(loss, list);
    for (const { name, variable } of parameters) {
      const gradient = grads[variable.name];
      if (gradient) gradients[name] = valuesOf(gradient);
    }
  });
  return gradients;
}
